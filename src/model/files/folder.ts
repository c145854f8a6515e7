/** How the files of a folder become a configuration and the places of its tensors. */
import { architectureOf } from '../architectures';
import type { TensorShapes } from '../architectures/description';
import { parseCheckpointConfig } from './checkpointConfig';
import type { ModelConfig } from '../modelConfig';
import { bodyShapes, headShapes, namesOf } from './checkpointNames';
import { LoadError } from './loadError';
import type { ModelFolder } from './modelFolder';
import { openWeights, type TensorIndex } from './shards';
import type { TensorFile } from './safetensors';
import { fromMemory, intoMemory, type StoredTensor } from './storedTensors';
import { settleTie } from './tiedHead';

export type { ModelFolder } from './modelFolder';

/** A checkpoint, checked: `tensors` holds exactly the tensors the engine uses, under the names transformers writes today. */
export interface CheckpointOf<T> {
  /** `tied` as file and `config.json` together settle it. */
  config: ModelConfig;
  /** Body complete; heads of classes (BERT's pooler included) and an untied head of a language model only where the file has them. */
  tensors: Map<string, T>;
}

/** One whose values are still in the files. */
export type Checkpoint = CheckpointOf<StoredTensor>;

/** One whose values are in memory: for referees, and for whoever changes weights on the host. */
export type HeldCheckpoint = CheckpointOf<TensorFile>;

export const holdCheckpoint = async ({ config, tensors }: Checkpoint): Promise<HeldCheckpoint> => ({ config, tensors: await intoMemory(tensors) });

/** A checkpoint in memory as if it lay in files. */
export const storedCheckpoint = ({ config, tensors }: HeldCheckpoint): Checkpoint => ({ config, tensors: fromMemory(tensors) });

const sameShape = (a: number[], b: number[]) => a.length === b.length && a.every((extent, i) => extent === b[i]);

/** Takes the tensors of `shapes` from the files into `tensors` under their usual names; returns the names that are missing. Throws LoadError for a wrong shape, and for two values of one tensor. */
async function take(shapes: TensorShapes, stored: TensorIndex, architecture: string, tensors: Map<string, StoredTensor>): Promise<string[]> {
  const missing: string[] = [];
  for (const [name, shape] of shapes) {
    const [found, ...others] = namesOf(name, architecture).filter((one) => stored.has(one));
    if (found === undefined) {
      missing.push(name);
      continue;
    }
    const tensor = stored.get(found)!;
    if (!sameShape(tensor.shape, shape)) {
      throw new LoadError(tensor.file.name, `tensor ${found}: shape [${tensor.shape}] does not fit config.json ([${shape}]); take both files from one checkpoint`);
    }
    for (const other of others) {
      if (!(await stored.get(other)!.equals(tensor))) throw new LoadError(stored.file, `${found} and ${other} are names of one tensor and hold different values; keep the one that is right`);
    }
    tensors.set(name, tensor);
  }
  return missing;
}

/** That a checkpoint lacks tensors. */
export function missingSentence(missing: string[]): string {
  const shown = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return `tensors are missing (${shown}${more}); choose a complete checkpoint of this architecture`;
}

/**
 * Reads `config.json` and the headers of the weights, `model.safetensors` or shards with an index. No weight is read, but where a file holds
 * one tensor twice.
 * @throws LoadError that names the file and what to do next
 */
export async function loadCheckpoint(folder: ModelFolder): Promise<Checkpoint> {
  const config = parseCheckpointConfig(new TextDecoder().decode(await folder.read('config.json')));
  const { tie } = architectureOf(config);
  const [body, heads] = [bodyShapes(config), classHeads(config)];
  const output: TensorShapes = new Map([[tie.head, body.get(tie.embedding)!]]);
  const stored = await openWeights(folder);

  const tensors = new Map<string, StoredTensor>();
  const absent = new Set(await take(body, stored, config.architecture, tensors));
  // An encoder has no use for a language-model head, unless it is where the token embedding lies.
  if (config.causal || absent.has(tie.embedding)) await take(output, stored, config.architecture, tensors);
  const tied = await settleTie(tensors, tie, config.tied);
  const missing = [...absent].filter((name) => !tensors.has(name));
  if (missing.includes(tie.embedding) && tensors.has(tie.head)) {
    throw new LoadError(stored.file, `${tie.embedding} is missing, and ${tie.head} may not stand for it (config.json does not tie them); set tie_word_embeddings to true if both are one tensor`);
  }
  for (const group of heads) {
    const lacking = await take(group, stored, config.architecture, tensors);
    // Half a layer is damage; a whole one that is absent is a model without a head.
    if (lacking.length < group.size) missing.push(...lacking);
  }
  if (missing.length > 0) throw new LoadError(stored.file, missingSentence(missing));
  if (!config.causal) tensors.delete(tie.head);
  return { config: { ...config, tied }, tensors };
}

/** Pooler and classifier, which a file may have whatever `architectures` says, and whether or not it says anything. */
const classHeads = (config: ModelConfig): TensorShapes[] => headShapes(config.problem === 'language_model' ? { ...config, problem: 'classification' } : config);
