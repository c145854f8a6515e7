/** Where a checkpoint's files come from, and how they become a configuration and tensors. */
import { architectureOf } from '../architectures';
import type { TensorShapes } from '../architectures/description';
import { parseCheckpointConfig } from './checkpointConfig';
import type { ModelConfig } from '../modelConfig';
import { bodyShapes, headShapes, namesOf } from './checkpointNames';
import { LoadError } from './loadError';
import { readSafetensors, type TensorFile } from './safetensors';
import { sameValues, settleTie } from './tiedHead';

/** A folder with the files of one checkpoint. */
export interface ModelFolder {
  /** As people know it. */
  name: string;
  /** The whole file. @throws with the file's name */
  read(file: string): Promise<ArrayBuffer>;
}

/** A checkpoint, checked: `tensors` holds exactly the tensors the engine uses, under the names transformers writes today. */
export interface Checkpoint {
  /** `tied` as file and `config.json` together settle it. */
  config: ModelConfig;
  /** Body complete; heads of classes (BERT's pooler included) and an untied head of a language model only where the file has them. */
  tensors: Map<string, TensorFile>;
}

const sameShape = (a: number[], b: number[]) => a.length === b.length && a.every((extent, i) => extent === b[i]);

/** Moves the tensors of `shapes` from `stored` to `tensors` under their usual names; returns the names that are missing. Throws LoadError for a wrong shape, and for two values of one tensor. */
function take(shapes: TensorShapes, stored: Map<string, TensorFile>, architecture: string, file: string, tensors: Map<string, TensorFile>): string[] {
  const missing: string[] = [];
  for (const [name, shape] of shapes) {
    const [found, ...others] = namesOf(name, architecture).filter((one) => stored.has(one));
    if (found === undefined) {
      missing.push(name);
      continue;
    }
    const tensor = stored.get(found)!;
    if (!sameShape(tensor.shape, shape)) {
      throw new LoadError(file, `tensor ${found}: shape [${tensor.shape}] does not fit config.json ([${shape}]); take both files from one checkpoint`);
    }
    const other = others.find((one) => !sameValues(stored.get(one)!, tensor));
    if (other) throw new LoadError(file, `${found} and ${other} are names of one tensor and hold different values; keep the one that is right`);
    tensors.set(name, tensor);
  }
  return missing;
}

function missingSentence(missing: string[]): string {
  const shown = missing.slice(0, 5).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return `tensors are missing (${shown}${more}); choose a complete checkpoint of this architecture`;
}

/**
 * Reads `config.json` and `model.safetensors`.
 * @throws LoadError that names the file and what to do next
 */
export async function loadCheckpoint(folder: ModelFolder): Promise<Checkpoint> {
  const config = parseCheckpointConfig(new TextDecoder().decode(await folder.read('config.json')));
  const file = 'model.safetensors';
  const { tie } = architectureOf(config);
  const [body, heads] = [bodyShapes(config), classHeads(config)];
  const output: TensorShapes = new Map([[tie.head, body.get(tie.embedding)!]]);
  // Of what nothing reads (the masks and position numbers of old files, the head of another task) not even the number format matters.
  const names = (shapes: TensorShapes[]) => new Set(shapes.flatMap((one) => [...one.keys()]).flatMap((name) => namesOf(name, config.architecture)));
  const [usual, outputs] = [names([body, ...heads]), names([output])];
  const embeddings = namesOf(tie.embedding, config.architecture);
  // An encoder has no use for a language-model head, unless it is where the token embedding lies.
  const needsOutput = (all: Set<string>) => config.causal || !embeddings.some((name) => all.has(name));
  const stored = readSafetensors(await folder.read(file), file, (name, all) => !(usual.has(name) || (outputs.has(name) && needsOutput(all))));

  const tensors = new Map<string, TensorFile>();
  const absent = new Set(take(body, stored, config.architecture, file, tensors));
  take(output, stored, config.architecture, file, tensors);
  const tied = settleTie(tensors, tie, config.tied);
  const missing = [...absent].filter((name) => !tensors.has(name));
  if (missing.includes(tie.embedding) && tensors.has(tie.head)) {
    throw new LoadError(file, `${tie.embedding} is missing, and ${tie.head} may not stand for it (config.json does not tie them); set tie_word_embeddings to true if both are one tensor`);
  }
  for (const group of heads) {
    const lacking = take(group, stored, config.architecture, file, tensors);
    // Half a layer is damage; a whole one that is absent is a model without a head.
    if (lacking.length < group.size) missing.push(...lacking);
  }
  if (missing.length > 0) throw new LoadError(file, missingSentence(missing));
  if (!config.causal) tensors.delete(tie.head);
  return { config: { ...config, tied }, tensors };
}

/** Pooler and classifier, which a file may have whatever `architectures` says, and whether or not it says anything. */
const classHeads = (config: ModelConfig): TensorShapes[] => headShapes(config.problem === 'language_model' ? { ...config, problem: 'classification' } : config);
