/** Trainers of made-up models in every architecture, for tests of how steps are planned and not of single operations. */
import { expect } from 'vitest';
import { DEFAULT_CONFIG } from '../../config/config';
import { type Launch, pageFor } from '../../kernels/testing/page';
import { normals } from '../../kernels/testing/numbers';
import type { Architecture } from '../../model/architectures/architecture';
import type { ModelConfig, Problem } from '../../model/modelConfig';
import { ARCHITECTURES } from '../../model/architectures';
import type { TensorFile } from '../../model/files/safetensors';
import { fromMemory } from '../../model/files/storedTensors';
import { initialValues } from '../../model/initialValues';
import { type Method, virtualRowsOf } from '../../model/method';
import { parameterSpecs } from '../../model/parameters';
import { tokenLabels } from '../languageModel';
import { type HostBatch, type StepInput, Trainer } from '../trainer';
import type { TrainerOptions } from '../trainerOptions';

export const ARCHITECTURE_NAMES = ARCHITECTURES.map(({ name }) => name);

/** Rows of the made training set: their real tokens. */
const LENGTHS = [9, 4, 7, 9, 1, 6];
export const TOKENS = 9;
const PADDING = 1;
export const TRAINING_ROWS = LENGTHS.length;

export function tinyConfig(architecture: Architecture, problem: Problem): ModelConfig {
  const rotary = ['llama', 'qwen2', 'qwen3'].includes(architecture.name);
  const causal = rotary || architecture.name === 'gpt2';
  return {
    architecture: architecture.name, vocabulary: 37, hidden: 16, layers: 3, heads: 2, keyValueHeads: rotary ? 1 : 2, headSize: 8, inner: 24, positions: 24,
    types: architecture.name === 'bert' ? 2 : 1, padId: PADDING, normEpsilon: 1e-5, ropeTheta: rotary ? 10000 : 0, causal, tied: true,
    labels: problem === 'classification' ? 3 : 1, problem,
  };
}

/** Livelier than fresh weights, so that attention is far from uniform and no gradient is near zero. */
function tensorsOf(architecture: Architecture, config: ModelConfig): Map<string, TensorFile> {
  const shapes = [...architecture.body(config), ...architecture.heads(config).flatMap((group) => [...group])];
  return new Map(shapes.map(([name, shape], index) => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const isNorm = /norm|ln_/i.test(name) && !name.endsWith('bias');
    return [name, { shape, values: normals(count, 100 + index).map((value) => (isNorm ? 1 + 0.1 * value : 0.25 * value)) }];
  }));
}

export interface TinyOptions extends Partial<Pick<TrainerOptions, 'passes' | 'recompute' | 'whole' | 'cached' | 'accumulation' | 'keep' | 'widths'>> {
  architecture?: string;
  problem?: Problem;
  method?: Partial<Method>;
  samples?: number;
  launch?: Launch;
}

export interface Tiny {
  trainer: Trainer;
  /** The chosen rows of the training set, as wide as the widest or as said. */
  batch(rows: number[], width?: number): HostBatch;
  /** Gradients of one step over these batches, by name. */
  gradients(batches: HostBatch[], step?: number): Promise<Map<string, Float32Array>>;
  train(batches: HostBatch[], step: number, values?: Partial<StepInput>): void;
}

export async function tinyTrainer({ architecture: name = 'bert', problem = 'classification', method: part = {}, samples = 3, launch = {}, ...options }: TinyOptions = {}): Promise<Tiny> {
  const { gpu, pipelines, complaints } = await pageFor(launch);
  const architecture = ARCHITECTURES.find((candidate) => candidate.name === name)!;
  const config = tinyConfig(architecture, problem);
  const method: Method = { peft: 'lora', rank: 3, alpha: 6, targets: architecture.targets.q ? ['q', 'v', 'down'] : ['qkv', 'down'], bottleneck: 3, virtualTokens: 2, dropout: {}, consistency: DEFAULT_CONFIG.consistency, ...part };
  const checkpoint = { config, tensors: fromMemory(tensorsOf(architecture, config)) };
  const trainer = await Trainer.create({ gpu, pipelines, checkpoint, config, method, batch: { samples, tokens: options.widths?.at(-1) ?? TOKENS }, ...options } as TrainerOptions);
  const specs = parameterSpecs(config, method);
  const values = await initialValues(config, method, specs, checkpoint.tensors, 3);
  // LoRA's B and its like start at zero, where half of the gradients vanish.
  for (const [index, { name: own, of }] of specs.entries()) {
    const start = values.get(own) ?? (await checkpoint.tensors.get(of)!.read());
    values.set(own, start.map((value, i) => value + 0.1 * normals(i + 1, 500 + index)[i]));
  }
  await trainer.reset(values);

  const batch = (rows: number[], width = TOKENS): HostBatch => {
    const ids = Uint32Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, token) => (token < LENGTHS[row] ? 3 + ((row * 11 + token * 7) % 33) : PADDING))));
    const lengths = Uint32Array.from(rows, (row) => LENGTHS[row]);
    const numbered = { ids, lengths, rows: Uint32Array.from(rows) };
    if (problem === 'language_model') return { ...numbered, labels: tokenLabels(numbered, rows.map((row) => row % 3), virtualRowsOf(method).rows) };
    return { ...numbered, labels: Float32Array.from(rows, (row) => (problem === 'regression' ? row / 2 : row % 3)) };
  };
  const train = (batches: HostBatch[], step: number, given: Partial<StepInput> = {}) => trainer.step(batches, {
    seed: 77, ringSlot: step, step, learningRate: 0.01, weightDecay: 0.1, clip: 1, alpha: 0.7, smoothing: 0.1, l1: 0.01, neftune: 5, rules: trainer.options.method.dropout, ...given,
  });
  const gradients = async (batches: HostBatch[], step = 0) => {
    train(batches, step);
    const read = await trainer.state.read('gradients');
    expect(complaints()).toEqual([]);
    return read;
  };
  return { trainer, batch, gradients, train };
}

/**
 * Largest distance between two sets of tensors, relative to the norm of each tensor. A gradient that is zero but for rounding (that of a
 * key's bias, which moves all logits of a query alike) counts as zero on both sides.
 */
export function distance(actual: Map<string, Float32Array>, expected: Map<string, Float32Array>): number {
  const largest = Math.max(...[...expected.values()].map((values) => Math.hypot(...values)));
  let most = 0;
  for (const [name, values] of expected) {
    const norm = Math.hypot(...values);
    const far = Math.hypot(...values.map((value, index) => value - actual.get(name)![index]));
    const isZero = Math.max(norm, far) < 1e-6 * largest;
    if (!isZero) most = Math.max(most, far / norm);
  }
  return most;
}
