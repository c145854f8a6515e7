/** Small random cases in the golden format, for rules and shapes that no golden case has. The same options give the same case. */
import type { HeldCheckpoint } from '../model/files/folder';
import type { EncoderTarget } from '../config/peft';
import type { ModelConfig } from '../model/modelConfig';
import { bodyShapes, headShapes } from '../model/files/checkpointNames';
import { heldFolder, type ModelFolder } from '../model/files/modelFolder';
import { type TensorFile, writeSafetensors } from '../model/files/safetensors';
import type { CaseBatch, CaseFile } from './case';
import { headName, loraName, TARGET_MODULE } from './parameters';

/** Everything may be left out; see the defaults in `makeCase`. */
export interface CaseOptions {
  name?: string;
  architecture?: 'bert' | 'roberta';
  problem?: 'classification' | 'regression';
  labels?: number;
  hidden?: number;
  layers?: number;
  heads?: number;
  inner?: number;
  vocabulary?: number;
  /** Real tokens of each sample; the batch has one sample an entry. */
  lengths?: number[];
  /** Samples whose label is −100, by their number among all of the case. */
  unscored?: number[];
  /** Puts the padding id among the real tokens. */
  padded?: boolean;
  /** Width of the batch; at least the longest sample. */
  width?: number;
  /** Batches; with `hyper.accumulation` several make one step. */
  steps?: number;
  targets?: EncoderTarget[];
  rank?: number;
  alpha?: number;
  dropout?: CaseFile['method']['dropout'];
  consistency?: CaseFile['method']['consistency'];
  hyper?: Partial<CaseFile['hyper']>;
  /** Moves every random choice, mask seed included. */
  seed?: number;
}

export interface MadeCase {
  file: CaseFile;
  checkpoint: HeldCheckpoint;
  init: Map<string, TensorFile>;
}

const PADDING = 1;

interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Whole number from 0 to limit − 1. */
  below(limit: number): number;
  normal(): number;
}

/** mulberry32 with Box and Muller's normal numbers: enough for test data. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    below: (limit) => Math.floor(uniform() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** float32 values mean + deviation · N(0,1). */
function normalTensor(random: Random, shape: number[], deviation: number, mean = 0): TensorFile {
  const count = shape.reduce((product, extent) => product * extent, 1);
  return { shape, values: Float32Array.from({ length: count }, () => mean + deviation * random.normal()) };
}

/** Livelier than a fresh checkpoint, so that attention is far from uniform and every gradient is far from zero. */
function weightTensor(random: Random, name: string, shape: number[]): TensorFile {
  if (name.endsWith('bias')) return normalTensor(random, shape, 0.1);
  if (name.includes('LayerNorm')) return normalTensor(random, shape, 0.1, 1);
  return normalTensor(random, shape, name.includes('embeddings') ? 0.5 : 0.25);
}

function makeBatch(random: Random, config: ModelConfig, lengths: number[], width: number): CaseBatch {
  const places = Array.from({ length: width }, (_, place) => place);
  return {
    input_ids: lengths.map((length) => places.map((place) => (place < length ? 3 + random.below(config.vocabulary - 3) : PADDING))),
    attention_mask: lengths.map((length) => places.map((place) => (place < length ? 1 : 0))),
    labels: lengths.map(() => (config.problem === 'regression' ? Math.round(random.uniform() * 500) / 100 : random.below(config.labels))),
  };
}

/** The batches with some labels left out, and with padding where there was text. */
function disturbed(batches: CaseBatch[], { unscored = [], padded = false }: CaseOptions): CaseBatch[] {
  return batches.map(({ input_ids, attention_mask, labels }, number) => ({
    input_ids: padded ? input_ids.map((ids) => ids.map((id, place) => (place % 3 === 1 ? PADDING : id))) : input_ids,
    attention_mask,
    labels: labels.map((label, sample) => (unscored.includes(number * labels.length + sample) ? -100 : label)),
  }));
}

/** A case with its checkpoint and trainable tensors. LoRA's B is not zero, so that every gradient is there from the first step. */
export function makeCase(options: CaseOptions = {}): MadeCase {
  const { architecture = 'bert', problem = 'classification', hidden = 16, layers = 2, targets = ['q', 'v'], rank = 3, seed = 1 } = options;
  const lengths = options.lengths ?? [9, 6, 3];
  const width = options.width ?? Math.max(...lengths);
  const random = randomFrom(seed);
  const heads = options.heads ?? 2;
  const config: ModelConfig = {
    architecture, hidden, layers, heads, keyValueHeads: heads, headSize: hidden / heads, ropeTheta: 0, causal: false, tied: true, inner: options.inner ?? 24, vocabulary: options.vocabulary ?? 37,
    positions: width + 4, types: architecture === 'bert' ? 2 : 1, padId: PADDING, normEpsilon: 1e-12,
    labels: problem === 'regression' ? 1 : (options.labels ?? 3), problem,
  };
  const tensors = new Map<string, TensorFile>();
  for (const shapes of [bodyShapes(config), ...headShapes(config)]) {
    for (const [name, shape] of shapes) tensors.set(name, weightTensor(random, name, shape));
  }
  const init = new Map<string, TensorFile>();
  for (let layer = 0; layer < layers; layer++) {
    for (const target of targets) {
      const module = `${architecture}.encoder.layer.${layer}.${TARGET_MODULE[target]}`;
      const [outputs, inputs] = tensors.get(`${module}.weight`)!.shape;
      init.set(loraName(module, 'A'), normalTensor(random, [rank, inputs], 0.2));
      init.set(loraName(module, 'B'), normalTensor(random, [outputs, rank], 0.05));
    }
  }
  for (const [name, tensor] of tensors) if (name.startsWith('classifier.')) init.set(headName(name), tensor);
  const batches = disturbed(Array.from({ length: options.steps ?? 3 }, () => makeBatch(random, config, lengths, width)), options);
  const file: CaseFile = {
    name: options.name ?? `made-${architecture}-${seed}`,
    arch: architecture, task: problem, n_labels: config.labels, mask_seed: random.below(2 ** 32),
    method: { peft: 'lora', targets, r: rank, alpha: options.alpha ?? 8, dropout: options.dropout ?? {}, ...(options.consistency && { consistency: options.consistency }) },
    hyper: { lr: 5e-3, weight_decay: 0.1, warmup: 1, total: 10, clip: 1, ...options.hyper },
    batches,
  };
  return { file, checkpoint: { config, tensors }, init };
}

/** `config.json` as transformers would write it, with the fields that are read. */
function configJson(config: ModelConfig): string {
  return JSON.stringify({
    model_type: config.architecture, hidden_act: 'gelu', vocab_size: config.vocabulary, hidden_size: config.hidden,
    num_hidden_layers: config.layers, num_attention_heads: config.heads, intermediate_size: config.inner,
    max_position_embeddings: config.positions, type_vocab_size: config.types, pad_token_id: config.padId, layer_norm_eps: config.normEpsilon,
    id2label: Object.fromEntries(Array.from({ length: config.labels }, (_, i) => [i, `LABEL_${i}`])),
    ...(config.problem === 'regression' && { problem_type: 'regression' }),
  });
}

/** The case as a folder: `case.json`, `init.safetensors`, `model/config.json`, `model/model.safetensors`. */
export function caseFolder(made: MadeCase): ModelFolder {
  const text = (content: string) => new TextEncoder().encode(content);
  return heldFolder(made.file.name, new Map<string, Uint8Array>([
    ['case.json', text(JSON.stringify(made.file))],
    ['init.safetensors', writeSafetensors(made.init)],
    ['model/config.json', text(configJson(made.checkpoint.config))],
    ['model/model.safetensors', writeSafetensors(made.checkpoint.tensors)],
  ]));
}
