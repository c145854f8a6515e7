/** What is fuzzed: each target takes a good folder, damages one of its files, reads it as the engine does, and throws where that is refused. */
import { CONFIG_FILE } from '../../adapters/config';
import { WEIGHTS_FILE } from '../../adapters/files';
import { METHOD_FILE } from '../../adapters/methodFile';
import { openOnto } from '../../adapters/open';
import { readTokenizer } from '../../data/tokenization/files';
import { createPipeline } from '../../data/tokenization/pipeline';
import { holdCheckpoint, loadCheckpoint } from '../../model/files/folder';
import { heldFolder } from '../../model/files/modelFolder';
import { piecesOf } from '../../model/files/pieces';
import { planEvaluation } from '../../model/plans';
import { mutateSafetensors, mutateText } from './mutate';
import type { Choices } from './random';

/** Files of a folder by name. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** A damaged input was read as if it were right, though what came out is not. */
export class LetThrough extends Error {
  override name = 'LetThrough';
}

const BASE = { peft: 'lora', rank: 1, alpha: 1, targets: [] } as const;
const TEXTS = ['the plot is dull', 'Ünïcode 😀 \u0000 \t 12,345.67', '', ' a '.repeat(100), '()[]{}\\^$.|?*+'];
const ROW = 32;

/** Opens a model, brings its weights as far as the device would get them, and plans with it. */
async function readModel(files: Files): Promise<void> {
  const { config, tensors } = await loadCheckpoint(heldFolder('fuzzed', files));
  for await (const { name, values } of piecesOf(tensors)) {
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new LetThrough(`${name}: ${values[wrong]} would have reached the GPU`);
  }
  planEvaluation(config, BASE, { samples: 1, tokens: 4 }, { profile: 'gpu', subgroupSize: 0 });
}

/** Puts the adapter of a folder onto its model, and plans with both. */
async function readAdapted(files: Files): Promise<void> {
  const folder = heldFolder('fuzzed', files);
  const base = await holdCheckpoint(await loadCheckpoint(folder));
  const { adapted: { checkpoint, trained, values } } = await openOnto(base, folder);
  const reaching = [...values, ...[...checkpoint.tensors].map(([name, tensor]) => [name, tensor.values] as const)];
  for (const [name, numbers] of reaching) {
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new LetThrough(`${name}: ${numbers[wrong]} would have reached the GPU`);
  }
  planEvaluation(checkpoint.config, trained, { samples: 1, tokens: 4 }, { profile: 'gpu', subgroupSize: 0 });
}

async function readTexts(files: Files): Promise<void> {
  const folder = heldFolder('fuzzed', files);
  const { tokenizerJson } = await readTokenizer((file) => folder.read(file));
  const pipeline = createPipeline(tokenizerJson);
  for (const text of TEXTS) {
    const { ids } = pipeline.row(text, undefined, ROW);
    if (ids.length > ROW || ids.some((id) => !Number.isInteger(id) || id < 0 || id >= pipeline.idCount)) throw new LetThrough(`token ids [${ids}], of ${pipeline.idCount}, would have reached the model`);
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

export interface Target {
  name: string;
  /** The file that is damaged. */
  file: string;
  damage(content: Uint8Array, choices: Choices): Uint8Array;
  read(files: Files): Promise<void>;
}

const damageText: Target['damage'] = (content, choices) => bytes(mutateText(text(content), choices));

export const TARGETS: readonly Target[] = [
  { name: 'safetensors', file: 'model.safetensors', damage: mutateSafetensors, read: readModel },
  { name: 'configuration', file: 'config.json', damage: damageText, read: readModel },
  { name: 'index', file: 'model.safetensors.index.json', damage: damageText, read: readModel },
  { name: 'adapter configuration', file: CONFIG_FILE, damage: damageText, read: readAdapted },
  { name: 'adapter', file: WEIGHTS_FILE, damage: mutateSafetensors, read: readAdapted },
  { name: 'adapter not of peft', file: METHOD_FILE, damage: mutateSafetensors, read: readAdapted },
  { name: 'tokenizer', file: 'tokenizer.json', damage: damageText, read: readTexts },
];
