/** Gradient accumulation: M micro-batches make the step that their rows would make together, each under the masks of its own mask step. */
import { describe, expect, it } from 'vitest';
import { FIXTURES, fixtureFolder } from '../kernels/testing/fixtures';
import { fromMemory } from '../model/files/storedTensors';
import '../kernels/testing/matcher';
import { type Launch, pageFor } from '../kernels/testing/page';
import { readRanges } from '../gpu/readback';
import { RING_WIDTH } from '../kernels/step_metrics';
import { methodOf, type ParityCase } from '../parity/case';
import { hostBatch } from '../parity/batches';
import { readGoldenCase } from '../reference/golden';
import type { Passes } from '../model/method';
import { countedLabels } from './rowRules';
import { type HostBatch, Trainer } from './trainer';

interface Setting {
  name: string;
  profile: Launch['profile'];
  passes?: Passes;
  /** Without any rule, so that masks do not depend on how rows are put together. */
  plain?: boolean;
}

interface Outcome {
  gradients: Map<string, Float32Array>;
  /** Cross-entropy, consistency, gradient norm. */
  scalars: Float32Array;
}

const M = 3;
const rowsOf = ({ labels }: HostBatch) => countedLabels(labels, 'classification');

/** The case's first M batches, and a function that takes `step` with given batches, from the same weights every time (the rate is 0). */
async function open({ name, profile, passes, plain }: Setting) {
  const { gpu, pipelines } = await pageFor({ profile });
  const { file, checkpoint: held, init } = await readGoldenCase(fixtureFolder(name));
  const checkpoint = { ...held, tensors: fromMemory(held.tensors) };
  const description = file as unknown as ParityCase;
  const whole = methodOf(description);
  const method = plain ? { ...whole, dropout: {} } : whole;
  const config = { ...checkpoint.config, labels: file.n_labels, problem: description.task === 'lm' ? 'language_model' as const : description.task };
  const virtualRows = method.peft === 'prompt' ? (method.virtualTokens ?? 0) : 0;
  const micro = description.batches.slice(0, M).map((batch) => hostBatch(batch, virtualRows));
  const together = hostBatch({
    input_ids: description.batches.slice(0, M).flatMap(({ input_ids }) => input_ids),
    attention_mask: description.batches.slice(0, M).flatMap(({ attention_mask }) => attention_mask),
    labels: description.batches.slice(0, M).flatMap(({ labels }) => labels),
  }, virtualRows);

  async function take(batches: HostBatch[], steps: number[], accumulation: number): Promise<Outcome[]> {
    const samples = batches[0].lengths.length;
    const batch = { samples, tokens: batches[0].ids.length / samples };
    const trainer = await Trainer.create({ gpu, pipelines, checkpoint, config, method, batch, passes, accumulation });
    await trainer.reset(new Map([...init].map(([tensor, { values }]) => [tensor, values])));
    const outcomes: Outcome[] = [];
    for (const [turn, step] of steps.entries()) {
      trainer.step(accumulation > 1 ? batches : [batches[turn]], {
        seed: file.mask_seed, ringSlot: 5, step, learningRate: 0, weightDecay: 0, clip: 0, alpha: method.consistency.alpha, smoothing: file.hyper.smoothing ?? 0, l1: 0, neftune: 0, rules: method.dropout,
      });
      const [ring] = await readRanges(gpu.device, [{ buffer: trainer.state.ring, bytes: 6 * RING_WIDTH * 4 }]);
      outcomes.push({ gradients: await trainer.state.read('gradients'), scalars: ring.slice(5 * RING_WIDTH, 5 * RING_WIDTH + 3) });
    }
    trainer.destroy();
    return outcomes;
  }
  return { take, micro, together };
}

const square = (gradients: Iterable<ArrayLike<number>>) => [...gradients].reduce((sum, values) => sum + Array.from(values).reduce((total, value) => total + value * value, 0), 0);

function expectSame(actual: Outcome, expected: { gradients: Map<string, ArrayLike<number>>; scalars: ArrayLike<number> }): void {
  let largest = 0;
  for (const values of expected.gradients.values()) largest = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), largest);
  expect(largest).toBeGreaterThan(0);
  expect([...actual.gradients.keys()]).toEqual([...expected.gradients.keys()]);
  // Sums in another order. Some gradients cancel to nothing; a hundredth of the largest stands in for those. That of a key's bias is nothing at all, since
  // softmax does not see what all logits of a query have in common: what is left of it is rounding of terms as large as those of the largest gradients.
  for (const [name, values] of expected.gradients) expect(actual.gradients.get(name)!, name).toBeNear(values, 1e-5, largest / (name.endsWith('key.bias') ? 10 : 100));
  expect(actual.scalars).toBeNear(expected.scalars, 1e-5);
}

/** One of each: what is trained, what is scored, the two forms of a second pass. */
const CASES = [
  'bert-lora', 'bert-full', 'bert-adapter', 'bert-dora-lora-input', 'roberta-regression-mse', 'bert-hiddenkey-kl-two-branch', 'bert-hiddenkey-jsd', 'distilbert-hiddenkey',
  'gpt2-lm-hiddenkey', 'gpt2-lm-prompt-hiddenkey', 'llama-lm-prefix-hiddenkey', 'qwen2-lm',
];
const SEQUENTIAL = ['bert-hiddenkey-kl-two-branch', 'gpt2-lm-hiddenkey', 'llama-lm-prefix-hiddenkey'];
const SETTINGS: Setting[] = [
  ...CASES.map((name) => ({ name, profile: 'software' as const })),
  ...SEQUENTIAL.map((name) => ({ name, profile: 'software' as const, passes: 'sequential' as const })),
  ...['bert-full', 'gpt2-lm-hiddenkey'].map((name) => ({ name, profile: 'gpu' as const })),
];

it('has these fixtures', () => {
  for (const name of CASES) expect(FIXTURES).toContain(name);
});

describe.each(SETTINGS)('$name, $profile, $passes', (setting) => {
  it('makes the step of all its rows together, where nothing is random', async () => {
    const { take, micro, together } = await open({ ...setting, plain: true });
    const [expected] = await take([together], [0], 1);
    expectSame((await take(micro, [0], M))[0], expected);
  });

  it('draws the masks of step · M + m, and averages over the counted rows of all micro-batches', async () => {
    const { take, micro } = await open(setting);
    const step = 2;
    const apart = await take(micro, micro.map((_, m) => step * M + m), 1);
    const total = micro.reduce((sum, batch) => sum + rowsOf(batch), 0);
    const mean = (of: (outcome: Outcome) => ArrayLike<number>) => Float64Array.from(of(apart[0]), (_, i) => apart.reduce((sum, outcome, m) => sum + (rowsOf(micro[m]) / total) * of(outcome)[i], 0));
    const gradients = new Map([...apart[0].gradients.keys()].map((name) => [name, mean((outcome) => outcome.gradients.get(name)!)]));
    const [crossEntropy, consistency] = mean(({ scalars }) => scalars);
    // Twice: nothing is left over from the step before.
    for (const taken of await take(micro, [step, step], M)) expectSame(taken, { gradients, scalars: [crossEntropy, consistency, Math.sqrt(square(gradients.values()))] });
  });
});

it('counts rows that differ from micro-batch to micro-batch', async () => {
  const { micro } = await open({ name: 'gpt2-lm-hiddenkey', profile: 'software' });
  expect(new Set(micro.map(rowsOf)).size).toBe(M);
});

it('takes a single batch as a plan without accumulation does, with the masks of a step that has them all', async () => {
  const { take, micro } = await open({ name: 'bert-all-positions', profile: 'software' });
  const [plain] = await take(micro.slice(0, 1), [8], 1);
  const [accumulated] = await take(micro.slice(0, 1), [4], 2);
  expect(accumulated.scalars).toBeBitEqual(plain.scalars);
  for (const [name, values] of plain.gradients) expect(accumulated.gradients.get(name)!, name).toBeNear(values, 1e-7);
});

it('refuses more batches than the plan is for', async () => {
  const { gpu, pipelines } = await pageFor();
  const { file, checkpoint: held } = await readGoldenCase(fixtureFolder('bert-lora'));
  const checkpoint = { ...held, tensors: fromMemory(held.tensors) };
  const description = file as unknown as ParityCase;
  const batch = hostBatch(description.batches[0], 0);
  const samples = batch.lengths.length;
  const trainer = await Trainer.create({ gpu, pipelines, checkpoint, config: checkpoint.config, method: methodOf(description), batch: { samples, tokens: batch.ids.length / samples } });
  const values = { seed: 0, ringSlot: 0, step: 0, learningRate: 0, weightDecay: 0, clip: 0, alpha: 0, smoothing: 0, l1: 0, neftune: 0, rules: {} };
  expect(() => trainer.step([batch, batch], values)).toThrow('trainer: 2 batches in a step of a plan for 1; set accumulation to 2');
  expect(() => trainer.step([], values)).toThrow('trainer: 0 batches in a step of a plan for 1');
  trainer.destroy();
});
