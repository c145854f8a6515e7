import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from './modelConfig';
import { diskSource } from '../sources/disk';
import { type Checkpoint, loadCheckpoint } from './files/folder';
import { initialValues } from './initialValues';
import { PEFT_KINDS, type PeftKind, type Target } from '../config/peft';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';

const fixture = (name: string) => loadCheckpoint(diskSource(fileURLToPath(new URL(`../fixtures/golden/${name}/model`, import.meta.url))));
const bert = await fixture('bert-full');
const gpt2 = await fixture('gpt2-lm-hiddenkey');
const llama = await fixture('llama-classification');

const trainedBy = (peft: PeftKind, targets: readonly Target[] = ['k', 'down'], more: Partial<Trained> = {}): Trained => ({ peft, rank: 3, alpha: 6, targets, virtualTokens: 5, bottleneck: 7, ...more });

async function start({ config, tensors }: Checkpoint, trained: Trained, seed = 7, changed: Partial<ModelConfig> = {}) {
  const specs = parameterSpecs({ ...config, ...changed }, trained);
  const values = await initialValues({ ...config, ...changed }, trained, specs, tensors, seed);
  const ending = (end: string) => [...values].filter(([name]) => name.endsWith(end));
  return { specs, values, ending };
}

/** Five deviations of the variance of `count` normal numbers. */
function expectDeviation(values: Float32Array, deviation: number) {
  const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(meanSquare / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
}

describe.each([['bert', bert, ['k', 'down']], ['gpt2', gpt2, ['qkv', 'down']], ['llama', llama, ['k', 'down']]] as const)('%s', (name, checkpoint, targets) => {
  it.each(PEFT_KINDS)('%s: every tensor has its values, the same for the same seed', async (peft) => {
    const { specs: all, values } = await start(checkpoint, trainedBy(peft, targets));
    const again = (await start(checkpoint, trainedBy(peft, targets))).values;
    // What the checkpoint holds starts from there.
    const specs = all.filter(({ of }) => !checkpoint.tensors.has(of));
    expect([...values.keys()]).toEqual(specs.map((spec) => spec.name));
    for (const { name: tensor, shape } of specs) {
      const numbers = values.get(tensor)!;
      expect(numbers.length, tensor).toBe(shape.reduce((product, extent) => product * extent, 1));
      expect(numbers.every(Number.isFinite), tensor).toBe(true);
      expect(again.get(tensor), tensor).toEqual(numbers);
    }
  });

  it.each(['lora', 'rslora', 'loraplus', 'dora'] as const)('%s starts as the base model: A within 1/√inputs, B zero', async (peft) => {
    const { specs, values, ending } = await start(checkpoint, trainedBy(peft, targets, { rank: 32 }));
    for (const { name: tensor, shape } of specs.filter(({ of }) => of.endsWith('.lora_A'))) {
      const numbers = values.get(tensor)!;
      const bound = 1 / Math.sqrt(shape[1]);
      expect(shape[1]).toBe(/mlp|output\.dense/.test(tensor) ? checkpoint.config.inner : checkpoint.config.hidden);
      const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.98 * bound);
      // The variance of a uniform number is a third of its bound's square; five deviations.
      const meanSquare = numbers.reduce((sum, value) => sum + value * value, 0) / numbers.length;
      expect(Math.abs(meanSquare / bound ** 2 - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / numbers.length));
      // Tensors of one shape do not share their numbers, nor do seeds.
      const alike = ending('lora_A.weight').filter(([other, found]) => other !== tensor && found.length === numbers.length);
      for (const [other, found] of alike) expect(found, other).not.toEqual(numbers);
      expect((await start(checkpoint, trainedBy(peft, targets, { rank: 32 }), 8)).values.get(tensor)).not.toEqual(numbers);
    }
    const bs = ending('lora_B.weight');
    expect(bs.length).toBe(2 * checkpoint.config.layers);
    for (const [, numbers] of bs) expect(numbers.every((value) => value === 0)).toBe(true);
  });

  it('DoRA\'s magnitudes are the lengths of the weight\'s rows, one an output', async () => {
    const magnitudes = (await start(checkpoint, trainedBy('dora', targets))).ending('lora_magnitude_vector.weight');
    expect(magnitudes.length).toBe(2 * checkpoint.config.layers);
    for (const [tensor, numbers] of magnitudes) {
      const module = tensor.slice('base_model.model.'.length, -'.lora_magnitude_vector.weight'.length);
      const stored = checkpoint.tensors.get(`${module}.weight`)!;
      const [first, second] = stored.shape;
      const weight = await stored.read();
      // GPT-2 stores its weights (inputs, outputs).
      const transposed = name === 'gpt2';
      const [outputs, inputs] = transposed ? [second, first] : [first, second];
      const norms = Array.from({ length: outputs }, (_, o) => Math.hypot(...Array.from({ length: inputs }, (__, i) => weight[transposed ? i * second + o : o * second + i])));
      expect(numbers.length).toBe(outputs);
      numbers.forEach((value, o) => expect(value).toBeCloseTo(norms[o], 6));
    }
  });

  it('PiSSA\'s B is not zero, and does not depend on the seed', async () => {
    const [first, second] = await Promise.all([7, 8].map((seed) => start(checkpoint, trainedBy('pissa', targets), seed)));
    for (const [tensor, numbers] of [...first.ending('lora_A.weight'), ...first.ending('lora_B.weight')]) {
      expect(numbers.some((value) => Math.abs(value) > 1e-3), tensor).toBe(true);
      expect(second.values.get(tensor)).toEqual(numbers);
    }
  });

  it('a prompt is made of token embeddings', async () => {
    const { hidden, vocabulary } = checkpoint.config;
    const table = await [...checkpoint.tensors].find(([tensor]) => /word_embeddings|wte|embed_tokens/.test(tensor))![1].read();
    const token = (row: Float32Array) => Array.from({ length: vocabulary }, (_, t) => t).filter((t) => row.every((value, c) => value === table[t * hidden + c]));
    const drawn = await Promise.all([7, 8].map(async (seed) => {
      const prompt = (await start(checkpoint, trainedBy('prompt', [], { virtualTokens: 40 }), seed)).values.get('prompt_encoder.embedding.weight')!;
      return Array.from({ length: 40 }, (_, row) => token(prompt.subarray(row * hidden, (row + 1) * hidden))[0]);
    }));
    for (const tokens of drawn) {
      expect(tokens).not.toContain(undefined);
      // 40 of 97 at random: about 33 differ.
      expect(new Set(tokens).size).toBeGreaterThan(20);
    }
    expect(drawn[0]).not.toEqual(drawn[1]);
  });

  it('a prefix and bottlenecks are small normal numbers, biases zero', async () => {
    expectDeviation((await start(checkpoint, trainedBy('prefix', [], { virtualTokens: 64 }))).values.get('prompt_encoder.embedding.weight')!, 0.02);
    const adapter = await start(checkpoint, trainedBy('adapter', [], { bottleneck: 64 }));
    for (const part of ['adapter.down', 'adapter.up']) {
      const weights = adapter.ending(`${part}.weight`);
      expect(weights.length).toBe(2 * checkpoint.config.layers);
      for (const [, numbers] of weights) expectDeviation(numbers, 1e-3);
      for (const [, numbers] of adapter.ending(`${part}.bias`)) expect(numbers.every((value) => value === 0)).toBe(true);
    }
  });

  it.each(['bitfit', 'full', 'adapter'] as const)('%s starts from the checkpoint, whose tensors do not go through memory', async (peft) => {
    const { specs, values } = await start(checkpoint, trainedBy(peft));
    const stored = specs.filter(({ of }) => checkpoint.tensors.has(of));
    expect(stored.length).toBeGreaterThan(peft === 'bitfit' && name === 'llama' ? 0 : 4);
    for (const { name: tensor } of stored) expect(values.has(tensor), tensor).toBe(false);
    expect(stored.length === specs.length).toBe(peft !== 'adapter');
  });
});

describe('a head', () => {
  it('is left to the checkpoint where it has one', async () => {
    for (const checkpoint of [bert, llama]) {
      const { specs, values } = await start(checkpoint, trainedBy('lora'));
      const heads = specs.filter(({ name }) => name.includes('modules_to_save'));
      expect(heads.length).toBeGreaterThan(0);
      for (const { name, of } of heads) expect([checkpoint.tensors.has(of), values.has(name)]).toEqual([true, false]);
    }
  });

  it('is normal with deviation 0.02 where the checkpoint has none, its biases zero', async () => {
    // A checkpoint of a language model, and an encoder without its classifier.
    const { values } = await start(gpt2, trainedBy('lora', ['o']), 7, { problem: 'classification', labels: 128 });
    expectDeviation(values.get('base_model.model.score.modules_to_save.weight')!, 0.02);
    const headless = { ...bert, tensors: new Map([...bert.tensors].filter(([name]) => !name.startsWith('classifier'))) };
    const made = (await start(headless, trainedBy('lora'), 7, { labels: 128 })).values;
    expectDeviation(made.get('base_model.model.classifier.modules_to_save.weight')!, 0.02);
    expect(made.get('base_model.model.classifier.modules_to_save.bias')!.every((value) => value === 0)).toBe(true);
  });
});

describe('what cannot start', () => {
  it.each(['dora', 'pissa'] as const)('%s of a slice of GPT-2\'s fused layer', async (peft) => {
    await expect(start(gpt2, trainedBy(peft, ['q']))).rejects.toThrow('initial values: the checkpoint has no transformer.h.0.attn.c_attn.q.weight; choose a layer of the model as target');
  });

  it('a prompt without token embeddings', async () => {
    await expect(start({ ...bert, tensors: new Map() }, trainedBy('prompt'))).rejects.toThrow('initial values: the checkpoint has no token embedding; choose a complete checkpoint');
  });
});
