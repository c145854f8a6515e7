/** The engine against PyTorch: every golden fixture in both kernel profiles. */
import { describe, expect, it } from 'vitest';
import { FIXTURES, fixtureFolder } from '../kernels/testing/fixtures';
import '../kernels/testing/matcher';
import { pageFor } from '../kernels/testing/page';
import { RING_SLOTS } from '../kernels/step_metrics';
import { compareOutcomes, type Distances, LIMITS, readGoldenCase } from '../reference/golden';
import type { ModelFolder } from '../model/files/folder';
import type { ParityCase } from './case';
import { type ParityOptions, type ParityResult, runCase, runCaseFolder } from './runCase';

it('has the fixtures', () => {
  expect(FIXTURES.length).toBe(35);
});

async function run(name: string, profile: 'software' | 'gpu', options: ParityOptions = {}): Promise<ParityResult> {
  const golden = await readGoldenCase(fixtureFolder(name));
  const { gpu, pipelines, complaints } = await pageFor({ profile });
  const result = await runCase(gpu, pipelines, golden.file as unknown as ParityCase, fixtureFolder(name, 'model/'), golden.init, options);
  expect(complaints()).toEqual([]);
  const distances = compareOutcomes(golden.expected, { perStep: result.steps, tensors: result.tensors }, golden.file.batches[0].attention_mask);
  for (const [kind, limit] of Object.entries(LIMITS)) expect(distances[kind as keyof Distances], kind).toBeLessThan(limit);
  return result;
}

describe.each(['software', 'gpu'] as const)('profile %s', (profile) => {
  it.each(FIXTURES)('%s', async (name) => {
    await run(name, profile);
  });
});

/** A fixture's model folder with fields of its configuration changed. */
function configured(name: string, fields: Record<string, unknown>): ModelFolder {
  const folder = fixtureFolder(name, 'model/');
  return {
    ...folder,
    async read(file) {
      const bytes = await folder.read(file);
      if (file !== 'config.json') return bytes;
      return new TextEncoder().encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(bytes)), ...fields }));
    },
  };
}

it('uses the head of a language model that does not say what it is', async () => {
  // The same two tensors, which are apart because the file has them so, or because its configuration says so.
  const { file, init } = await readGoldenCase(fixtureFolder('tie-against-two-tensors'));
  const { gpu, pipelines } = await pageFor();
  const stepsOf = async (fields: Record<string, unknown>) => (await runCase(gpu, pipelines, file as unknown as ParityCase, configured('tie-against-two-tensors', fields), init)).steps;
  expect(await stepsOf({ architectures: undefined, tie_word_embeddings: false })).toEqual(await stepsOf({}));
});

it('refuses a label that the head has not, before a step is made', async () => {
  const { file, init } = await readGoldenCase(fixtureFolder('class-label-not-scored'));
  const { gpu, pipelines } = await pageFor();
  const batches = file.batches.map((batch, number) => (number === 2 ? { ...batch, labels: [0, 1, 3, 2] } : batch));
  await expect(runCase(gpu, pipelines, { ...file, batches } as unknown as ParityCase, fixtureFolder('class-label-not-scored', 'model/'), init)).rejects.toThrow('batch 2, row 2: the label is not a class (3)');
});

// Each with the two passes of a consistency loss: per token and per sample, with keys in front, with a second pass that is differentiated.
it.each(['gpt2-lm-hiddenkey', 'llama-lm-prefix-hiddenkey', 'llama-classification', 'distilbert-hiddenkey'])('%s, one pass after the other', async (name) => {
  const [sequential, doubled] = [await run(name, 'software', { passes: 'sequential' }), await run(name, 'software')];
  // The same masks and the same order of every sum: the same bits.
  for (const logits of ['step0.logits', 'step0.logits.branch1']) expect(sequential.tensors.get(logits)!.values).toBeBitEqual(doubled.tensors.get(logits)!.values);
});

it('brings home the scalars of more steps than the metrics ring has slots', async () => {
  const { file, init } = await readGoldenCase(fixtureFolder('bert-lora'));
  const { gpu, pipelines, complaints } = await pageFor();
  const batches = Array.from({ length: RING_SLOTS + 5 }, (_, step) => file.batches[step % file.batches.length]);
  const stepsOf = async (count: number) => (await runCase(gpu, pipelines, { ...file, batches: batches.slice(0, count) } as unknown as ParityCase, fixtureFolder('bert-lora', 'model/'), init)).steps;
  const [all, first] = [await stepsOf(batches.length), await stepsOf(6)];
  expect(complaints()).toEqual([]);
  expect(all.length).toBe(RING_SLOTS + 5);
  expect(all.slice(0, 6)).toEqual(first);
  // A slot that was never written would be 0.
  for (const { ce, grad_norm } of all) expect(Math.min(ce, grad_norm)).toBeGreaterThan(0);
});

it('fails a case while which WebGPU refused something, and only that one', async () => {
  const { gpu, pipelines, complaints } = await pageFor();
  const folder = fixtureFolder('bert-lora');
  const disturbed: typeof folder = {
    ...folder,
    async read(name) {
      // A buffer that is mapped and written to at once, which no device makes.
      if (name === 'model/config.json') gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
      return folder.read(name);
    },
  };
  await expect(runCaseFolder(gpu, pipelines, disturbed)).rejects.toThrow(/^case bert-lora: WebGPU refused a command \(.+\); its numbers are worth nothing/);
  expect(complaints().length).toBe(1);
  expect((await runCaseFolder(gpu, pipelines, folder)).tensors.length).toBeGreaterThan(0);
});
