/** Every architecture against a checkpoint that transformers saved. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { longestSequence, parseCheckpointConfig } from '../files/checkpointConfig';
import { diskSource } from '../../sources/disk';
import { type Checkpoint, loadCheckpoint } from '../files/folder';
import { heldFolder } from '../files/modelFolder';
import { readSafetensors, type TensorFile, writeSafetensors } from '../files/safetensors';
import { intoMemory } from '../files/storedTensors';
import { TARGETS } from '../../config/peft';
import { architectureOf, ARCHITECTURES } from '.';
import type { TensorShapes } from './description';
import type { ModelConfig } from '../modelConfig';

const folder = (name: string) => diskSource(fileURLToPath(new URL(`../../fixtures/golden/${name}/model`, import.meta.url)));
const configText = async (name: string) => new TextDecoder().decode(await folder(name).read('config.json'));
const held = async ({ config, tensors }: Checkpoint) => ({ config, tensors: await intoMemory(tensors) });
const storedTensors = async (name: string) => readSafetensors(await folder(name).read('model.safetensors'), name);
const shapesOf = (tensors: Map<string, TensorFile>) => new Map([...tensors].map(([tensor, { shape }]) => [tensor, shape]));
const sorted = (shapes: TensorShapes) => [...shapes].sort(([one], [other]) => (one < other ? -1 : 1));

const SIZES = { vocabulary: 97, hidden: 32, layers: 2, heads: 4, headSize: 8, inner: 64, positions: 66, padId: 1, labels: 3 };
const ENCODER = { ...SIZES, keyValueHeads: 4, normEpsilon: 1e-12, ropeTheta: 0, causal: false, tied: true, problem: 'classification' as const };
const DECODER = { ...SIZES, keyValueHeads: 2, normEpsilon: 1e-6, ropeTheta: 10000, causal: true, types: 0, problem: 'language_model' as const };
const CASES: Record<string, ModelConfig> = {
  'bert-full': { architecture: 'bert', ...ENCODER, types: 2 },
  'roberta-output': { architecture: 'roberta', ...ENCODER, types: 1 },
  'distilbert-hiddenkey': { architecture: 'distilbert', ...ENCODER, types: 0 },
  'gpt2-lm-hiddenkey': { architecture: 'gpt2', ...DECODER, keyValueHeads: 4, normEpsilon: 1e-5, ropeTheta: 0, tied: true },
  'llama-lm-prefix-hiddenkey': { architecture: 'llama', ...DECODER, tied: false },
  // The file names no labels, which are two then.
  'llama-classification': { architecture: 'llama', ...DECODER, tied: false, problem: 'classification', labels: 2 },
  'qwen2-lm': { architecture: 'qwen2', ...DECODER, tied: true },
  'qwen3-lm-spans': { architecture: 'qwen3', ...DECODER, tied: true },
};

it('the cases have every architecture', () => {
  expect([...new Set(Object.values(CASES).map(({ architecture }) => architecture))].sort()).toEqual(ARCHITECTURES.map(({ name }) => name).sort());
});

describe.each(Object.entries(CASES))('%s', (name, expected) => {
  const architecture = architectureOf(expected);
  const body = architecture.body(expected);

  it('reads its configuration', async () => {
    expect(parseCheckpointConfig(await configText(name))).toEqual(expected);
  });

  it('has the tensors of the file, no more and no fewer, in their shapes', async () => {
    const shapes = new Map([...body, ...architecture.heads(expected).flatMap((group) => [...group])]);
    expect(sorted(shapes)).toEqual(sorted(shapesOf(await storedTensors(name))));
  });

  it('loads the file without the prefix of its body, too', async () => {
    const usual = await loadCheckpoint(folder(name));
    const bare = new Map([...await storedTensors(name)].map(([tensor, file]) => [tensor.replace(architecture.prefix, ''), file]));
    // Old GPT-2 files keep their causal masks.
    bare.set('h.0.attn.bias', { shape: [1], values: new Float32Array(1) });
    const file = writeSafetensors(bare);
    const bareFolder = heldFolder(name, new Map([['config.json', await folder(name).read('config.json')], ['model.safetensors', file]]));
    expect(await held(await loadCheckpoint(bareFolder))).toEqual(await held(usual));
    expect(usual.tensors.size).toBeGreaterThan(20);
  });

  it('has every target where it says, in the size it says', () => {
    const present = TARGETS.filter((target) => architecture.targets[target]);
    for (const target of present) {
      const { module, outputs, inputs } = architecture.targets[target]!;
      for (let layer = 0; layer < expected.layers; layer++) {
        const shape = body.get(`${module(layer)}.weight`);
        const [o, i] = [outputs(expected), inputs(expected)];
        // GPT-2 stores (inputs, outputs), and q, k and v are thirds of one layer.
        if (expected.architecture !== 'gpt2') expect(shape, target).toEqual([o, i]);
        else if (['q', 'k', 'v'].includes(target)) expect([shape, o, i]).toEqual([undefined, 32, 32]);
        else expect(shape, target).toEqual([i, o]);
      }
    }
    const linear = [...body].filter(([tensor, { length }]) => /\b1\b.*\.weight$/.test(tensor) && length === 2).length;
    expect(present.filter((target) => body.has(`${architecture.targets[target]!.module(1)}.weight`)).length).toBe(linear);
  });

  it('has its sublayers, and beside them two normalisations a layer', () => {
    for (let layer = 0; layer < expected.layers; layer++) {
      const sublayers = architecture.sublayers(layer);
      expect(new Set(sublayers).size).toBe(2);
      for (const module of sublayers) expect([...body.keys()].some((tensor) => tensor.startsWith(`${module}.`)), module).toBe(true);
    }
    const norms = [...body].filter(([tensor]) => architecture.sublayerNorm.test(tensor));
    for (const [tensor, shape] of norms) expect(shape, tensor).toEqual([expected.hidden]);
    const perNorm = ['llama', 'qwen2', 'qwen3'].includes(expected.architecture) ? 1 : 2;
    expect(norms.length).toBe(2 * expected.layers * perNorm);
    // Not the one over the embeddings or behind the last layer.
    expect(norms.every(([tensor]) => /\.[01]\./.test(tensor))).toBe(true);
  });

  it('trains its head whole, but not the pooler, and has none of its own as a language model', () => {
    const heads = architecture.heads({ ...expected, problem: 'classification' }).flatMap((group) => [...group.keys()]);
    const trained = heads.filter((tensor) => architecture.trainedHeads.some((module) => tensor.startsWith(`${module}.`)));
    expect(heads.filter((tensor) => !trained.includes(tensor))).toEqual(expected.architecture === 'bert' ? ['bert.pooler.dense.weight', 'bert.pooler.dense.bias'] : []);
    expect(trained.length).toBeGreaterThan(0);
    if (!expected.causal) return;
    expect(architecture.heads({ ...expected, problem: 'language_model', tied: true })).toEqual([]);
    expect(architecture.heads({ ...expected, problem: 'language_model', tied: false })).toEqual([new Map([['lm_head.weight', [97, 32]]])]);
    expect([architecture.tie.head, body.get(architecture.tie.embedding)]).toEqual(['lm_head.weight', [97, 32]]);
  });

  it('counts positions from 0, RoBERTa from behind its padding id', () => {
    expect(architecture.firstPosition({ ...expected, padId: 4 })).toBe(expected.architecture === 'roberta' ? 5 : 0);
    expect(longestSequence(expected)).toBe(expected.architecture === 'roberta' ? 64 : 66);
  });
});

it('an architecture that nobody taught is named', () => {
  expect(() => architectureOf({ architecture: 't5' })).toThrow('model: architecture "t5" is unknown; choose one of bert, roberta, distilbert, gpt2, llama, qwen2, qwen3');
});
