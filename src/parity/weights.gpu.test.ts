/** How weights are held on the device changes nothing but their own rounding: golden trainings with packed weights, and with weights cut into blocks of rows. */
import { describe, expect, it } from 'vitest';
import type { WeightFormat } from '../config/weightFormats';
import { FIXTURES, fixtureFolder } from '../kernels/testing/fixtures';
import '../kernels/testing/matcher';
import { type Launch, pageFor } from '../kernels/testing/page';
import type { ModelFolder } from '../model/files/folder';
import { compareOutcomes, type Distances, LIMITS, readGoldenCase } from '../reference/golden';
import { referenceTrain } from '../reference/train';
import type { ParityCase } from './case';
import { roundedWeights, WEIGHTS_FILE } from './roundedModel';
import { type ParityOptions, type ParityResult, runCase } from './runCase';

async function run(name: string, launch: Launch, model: ModelFolder, options: ParityOptions = {}): Promise<ParityResult> {
  const { file, init } = await readGoldenCase(fixtureFolder(name));
  const { gpu, pipelines, complaints } = await pageFor(launch);
  const result = await runCase(gpu, pipelines, file as unknown as ParityCase, model, init, options);
  expect(complaints()).toEqual([]);
  return result;
}

/** The fixture's model with the values that `format` leaves of its frozen matrices. */
async function rounded(name: string, format: WeightFormat): Promise<ModelFolder> {
  const folder = fixtureFolder(name, 'model/');
  const { file } = await readGoldenCase(fixtureFolder(name));
  const { bytes, changed } = await roundedWeights(file as unknown as ParityCase, folder, format);
  expect(changed.length).toBeGreaterThan(4);
  return {
    ...folder, size: undefined,
    read: async (file_) => (file_ === WEIGHTS_FILE ? bytes : folder.read(file_)),
    range: async (file_, begin, end) => (file_ === WEIGHTS_FILE ? bytes.slice(begin, end) : folder.range(file_, begin, end)),
    stream: (file_, options) => (file_ === WEIGHTS_FILE ? (async function* () { yield bytes; })() : folder.stream(file_, options)),
  };
}

function holdWithin(limits: Distances, distances: Distances): void {
  for (const [kind, limit] of Object.entries(limits)) expect(distances[kind as keyof Distances], kind).toBeLessThan(limit);
}

const tensorsOf = ({ tensors }: ParityResult) => Object.fromEntries([...tensors].map(([name, { values }]) => [name, values]));

/** Tied heads and stored transposes, DoRA's norms, grouped heads, trained heads beside frozen ones. */
const PACKED = [['gpt2-lm-hiddenkey', 'f16'], ['gpt2-lm-hiddenkey', 'nf4'], ['bert-dora-lora-input', 'int8'], ['llama-lm-prefix-hiddenkey', 'nf4'], ['roberta-output', 'f16']] as const;

// A GPU's kernels read a packed weight by the code of the simple ones, and compile for long on a software adapter: one case of each kind there.
describe.each([['software', ['f16', 'nf4'], PACKED], ['gpu', ['nf4'], PACKED.slice(1, 2)]] as const)('weights that are rounded, %s', (profile, formats, packed) => {
  it.each(formats)('in %s train as the float64 reference does from what is left of them', async (weights) => {
    const name = 'bert-hiddenkey-kl-two-branch';
    const golden = await readGoldenCase(fixtureFolder(name));
    const { checkpoint } = await readGoldenCase({ ...fixtureFolder(name), ...await caseWith(name, weights) });
    const { steps, tensors } = await run(name, { profile }, fixtureFolder(name, 'model/'), { weights });
    const mask = golden.file.batches[0].attention_mask;
    holdWithin(LIMITS, compareOutcomes(referenceTrain(golden.file, checkpoint, golden.init), { perStep: steps, tensors }, mask));
    // Not for nothing: the golden outcome, of the weights as they were, is farther away.
    expect(compareOutcomes(golden.expected, { perStep: steps, tensors }, mask).logits).toBeGreaterThan(1e-5);
  });

  it.each(packed)('%s in %s gives the bits of float32 kernels on what is left', async (name, weights) => {
    const packed = await run(name, { profile }, fixtureFolder(name, 'model/'), { weights });
    const whole = await run(name, { profile }, await rounded(name, weights));
    expect(packed.steps).toEqual(whole.steps);
    const expected = tensorsOf(whole);
    for (const [tensor, values] of Object.entries(tensorsOf(packed))) expect(values, tensor).toBeBitEqual(expected[tensor]);
  });
});

/** The reading of a fixture's folder with its model's weights rounded. */
async function caseWith(name: string, format: WeightFormat): Promise<Pick<ModelFolder, 'read' | 'range' | 'stream'>> {
  const [folder, model] = [fixtureFolder(name), await rounded(name, format)];
  const inside = (file: string) => (file.startsWith('model/') ? file.slice('model/'.length) : undefined);
  return {
    read: async (file) => (inside(file) === undefined ? folder.read(file) : model.read(inside(file)!)),
    range: async (file, begin, end) => (inside(file) === undefined ? folder.range(file, begin, end) : model.range(inside(file)!, begin, end)),
    stream: (file, options) => (inside(file) === undefined ? folder.stream(file, options) : model.stream(inside(file)!, options)),
  };
}

describe.each(['software', 'gpu'] as const)('weights in blocks of rows, %s', (profile) => {
  // Embeddings, tied heads and fused layers of these models are larger; of the last one every matrix is.
  it.each([['gpt2-lm-hiddenkey', 8448], ['bert-dora-lora-input', 8448], ['qwen3-lm-spans', 2048]].slice(profile === 'gpu' ? 2 : 0) as [string, number][])('%s stays as near to PyTorch', async (name, largestBuffer) => {
    const { file, expected } = await readGoldenCase(fixtureFolder(name));
    const inBlocks = await run(name, { profile, largestBuffer }, fixtureFolder(name, 'model/'));
    holdWithin(LIMITS, compareOutcomes(expected, { perStep: inBlocks.steps, tensors: inBlocks.tensors }, file.batches[0].attention_mask));
    const whole = tensorsOf(await run(name, { profile }, fixtureFolder(name, 'model/')));
    // Where rows are outputs, as everywhere but in GPT-2, each output is the same sum; a GPU's plan computes with whole layers together what it computes apart with their blocks.
    if (profile === 'software' && !name.startsWith('gpt2')) expect(inBlocks.tensors.get('step0.logits')!.values).toBeBitEqual(whole['step0.logits']);
    for (const [tensor, values] of Object.entries(tensorsOf(inBlocks))) expect(values, tensor).toBeNear(whole[tensor], 1e-4);
  });
});

it('has the fixtures that it names', () => {
  expect(FIXTURES).toEqual(expect.arrayContaining(['bert-hiddenkey-kl-two-branch', 'gpt2-lm-hiddenkey', 'bert-dora-lora-input', 'llama-lm-prefix-hiddenkey', 'roberta-output', 'qwen3-lm-spans']));
});
