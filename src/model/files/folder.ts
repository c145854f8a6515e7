/** Where a checkpoint's files come from, and how they become a configuration and tensors. */
import type { TensorShapes } from '../architectures/description';
import { parseCheckpointConfig } from './checkpointConfig';
import type { ModelConfig } from '../modelConfig';
import { bodyShapes, headShapes, namesOf } from './checkpointNames';
import { LoadError } from './loadError';
import { readSafetensors, type TensorFile } from './safetensors';

/** A folder with the files of one checkpoint. */
export interface ModelFolder {
  /** As people know it. */
  name: string;
  /** The whole file. @throws LoadError that names the file */
  read(file: string): Promise<ArrayBuffer>;
}

/** A checkpoint, checked: `tensors` holds exactly the tensors the engine uses, under the names transformers writes today. */
export interface Checkpoint {
  config: ModelConfig;
  /** Body complete; the head's tensors (BERT's pooler included) only where the file has them. */
  tensors: Map<string, TensorFile>;
}

/** A folder that is fetched, below `baseUrl` (absolute, or relative to the page). */
export function httpFolder(baseUrl: string): ModelFolder {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    name: base.split('/').pop() ?? base,
    async read(file) {
      let response: Response;
      try {
        response = await fetch(`${base}/${file}`);
      } catch (error) {
        throw new LoadError(file, `could not be fetched (${(error as Error).message}); check the connection and load again`);
      }
      if (!response.ok) throw new LoadError(file, `could not be fetched (status ${response.status}); check that the folder ${base} is served`);
      // Servers of single-page applications answer every unknown address with their page.
      if (response.headers.get('content-type')?.includes('text/html')) {
        throw new LoadError(file, `the server answered with a page (status ${response.status}, text/html); check that the folder ${base} holds the file`);
      }
      return response.arrayBuffer();
    },
  };
}

const sameShape = (a: number[], b: number[]) => a.length === b.length && a.every((extent, i) => extent === b[i]);

/** Moves the tensors of `shapes` from `stored` to `tensors` under their usual names; returns the names that are missing. Throws LoadError for a wrong shape. */
function take(shapes: TensorShapes, stored: Map<string, TensorFile>, architecture: string, file: string, tensors: Map<string, TensorFile>): string[] {
  const missing: string[] = [];
  for (const [name, shape] of shapes) {
    const found = namesOf(name, architecture).find((one) => stored.has(one));
    if (found === undefined) {
      missing.push(name);
      continue;
    }
    const tensor = stored.get(found)!;
    if (!sameShape(tensor.shape, shape)) {
      throw new LoadError(file, `tensor ${found}: shape [${tensor.shape}] does not fit config.json ([${shape}]); take both files from one checkpoint`);
    }
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
  const [body, heads] = [bodyShapes(config), headShapes(config)];
  // Of what nothing reads (the masks and position numbers of old files, the head of another task) not even the number format matters.
  const wanted = new Set([body, ...heads].flatMap((shapes) => [...shapes.keys()]).flatMap((name) => namesOf(name, config.architecture)));
  const stored = readSafetensors(await folder.read(file), file, (name) => !wanted.has(name));
  const tensors = new Map<string, TensorFile>();
  const missing = take(body, stored, config.architecture, file, tensors);
  for (const group of heads) {
    const absent = take(group, stored, config.architecture, file, tensors);
    // Half a layer is damage; a whole one that is absent is a model without a head.
    if (absent.length < group.size) missing.push(...absent);
  }
  if (missing.length > 0) throw new LoadError(file, missingSentence(missing));
  return { config, tensors };
}
