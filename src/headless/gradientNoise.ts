/** Gradients of DropAttention and DropKey under one mask, as the engine computes them. */
import type { DropoutRules } from '../config/dropout';
import { gradientOf } from '../model/plans';
import { keepAttention, siteOf } from '../random/masks';
import { cosineOf, type MeasuredRow, type TheoryPoint, TheorySums } from '../studies/theory';
import type { HostBatch, Trainer } from '../train/trainer';

export const rulesAt = (p: number, compensation: 'normalize_stopgrad' | 'normalize', fromLayer = 0): DropoutRules => ({ weights: { p, pattern: 'column', compensation, ...(fromLayer > 0 && { fromLayer }) } });

/** A pair of trainers of one model that differ in the gradient of the sum alone. */
export interface Pair { attention: Trainer; key: Trainer }

/** What a measurement needs beside its trainers. */
export interface Measurement { batch: HostBatch; seed: number; draws: number }

/** Nothing is learned: with a rate of 0 the values stay as they are. */
const step = (trainer: Trainer, { batch, seed }: Measurement, number: number, rules: DropoutRules) => trainer.step([batch], {
  seed, ringSlot: 0, step: number, learningRate: 0, weightDecay: 0, clip: 0, alpha: 0, smoothing: 0, l1: 0, neftune: 0, rules,
});

export const namesOf = (layer: number): string[] => [`logits ${layer}`, `mixed ${layer}`, gradientOf(`logits ${layer}`), gradientOf(`mixed ${layer}`)];

/**
 * Gradients at the logits of the last layer, which alone is masked: only there do both methods have the same gradient above them. Its one query a sample is the row that an encoder's head reads.
 * @param pair trainers whose plans mask the last layer and keep `namesOf` it
 */
export async function measureLogits({ attention, key }: Pair, p: number, how: Measurement): Promise<ReturnType<TheorySums['result']>> {
  const { config } = key.options;
  const { heads, headSize, layers } = config;
  const layer = layers - 1;
  const { batch: { lengths, ids }, seed, draws } = how;
  const width = ids.length / lengths.length;
  const names = namesOf(layer);
  const carriedOf = (mixed: Float32Array, gradient: Float32Array, head: number) => {
    let sum = 0;
    for (let channel = head * headSize; channel < (head + 1) * headSize; channel++) sum += mixed[channel] * gradient[channel];
    return sum;
  };
  step(key, how, 0, rulesAt(0, 'normalize', layer));
  const [logits, cleanMixed, , cleanGradient] = await key.read(names);
  const sums = new TheorySums(p);
  for (let draw = 0; draw < draws; draw++) {
    step(attention, how, draw, rulesAt(p, 'normalize_stopgrad', layer));
    step(key, how, draw, rulesAt(p, 'normalize', layer));
    const [[, mixed, slope, above], [, , keySlope]] = [await attention.read(names), await key.read(names)];
    sums.draw(Array.from(lengths, (tokens, sample) => Array.from({ length: heads }, (_, head): MeasuredRow => {
      const from = (sample * heads + head) * width;
      const row = (values: Float32Array) => values.subarray(from, from + tokens);
      const channels = (values: Float32Array) => values.subarray(sample * heads * headSize, (sample + 1) * heads * headSize);
      return {
        weights: softmax(row(logits)), attention: row(slope), key: row(keySlope),
        carried: carriedOf(channels(mixed), channels(above), head), cleanCarried: carriedOf(channels(cleanMixed), channels(cleanGradient), head),
        keep: Array.from({ length: tokens }, (__, place) => keepAttention({ seed, step: draw, site: siteOf('weights', layer, 0) }, 'column', p, { sample, head, query: 0, key: place }, { heads, queries: width, keys: width, n: tokens })),
      };
    })).flat());
  }
  return sums.result();
}

/** Cosines of the whole gradients of A and B with every layer masked, means over the draws. @param pair trainers whose plans mask every layer */
export async function measureTrained({ attention, key }: Pair, p: number, how: Measurement): Promise<TheoryPoint['trained']> {
  const gradients = async (trainer: Trainer, number: number, rules: DropoutRules) => {
    step(trainer, how, number, rules);
    return [...await trainer.state.read('gradients')].filter(([name]) => name.includes('lora_')).map(([, values]) => values);
  };
  const clean = await gradients(key, 0, rulesAt(0, 'normalize'));
  const means = { cosine: 0, attention: 0, key: 0 };
  for (let draw = 0; draw < how.draws; draw++) {
    const [one, other] = [await gradients(attention, draw, rulesAt(p, 'normalize_stopgrad')), await gradients(key, draw, rulesAt(p, 'normalize'))];
    means.cosine += cosineOf(one, other) / how.draws;
    means.attention += cosineOf(one, clean) / how.draws;
    means.key += cosineOf(other, clean) / how.draws;
  }
  return means;
}

function softmax(logits: Float32Array): number[] {
  const highest = logits.reduce((one, other) => Math.max(one, other), -Infinity);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  const sum = powers.reduce((one, other) => one + other, 0);
  return powers.map((power) => power / sum);
}
