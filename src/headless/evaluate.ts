/** A model, and an adapter on it, against texts: what `npm run evaluate` writes. */
import { checkIds, readTokenizer } from '../data/tokenization/files';
import { createPipeline, type Pipeline } from '../data/tokenization/pipeline';
import type { Profile } from '../gpu/device';
import { longestSequence } from '../model/files/checkpointConfig';
import { holdCheckpoint, loadCheckpoint, type ModelFolder, storedCheckpoint } from '../model/files/folder';
import { checkpointFor } from '../model/forProblem';
import { virtualRowsOf } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { NOTHING_ADDED, openDevice, type Scored } from './device';
import { openAdapter } from './openAdapter';
import { openModel, type Openable } from './openModel';
import { type Score, scoreRows } from './scoring';
import { rowsOf } from './textRows';

export type Evaluated = { ids: number[] } & Score;

/** The base model alone: nothing is trained, so whatever its head needs must be in the file. */
async function bareModel(folder: ModelFolder): Promise<Scored> {
  const loaded = await loadCheckpoint(folder);
  const { problem, labels } = loaded.config;
  const checkpoint = checkpointFor(loaded, { problem, labels }, NOTHING_ADDED);
  const absent = parameterSpecs(checkpoint.config, NOTHING_ADDED).find(({ of }) => !checkpoint.tensors.has(of));
  if (absent) throw new Error(`model.safetensors: ${absent.of} is missing, so the model has no head to evaluate; choose a checkpoint that was fine-tuned, or give --adapter with a head`);
  return { checkpoint, trained: NOTHING_ADDED, values: new Map() };
}

/** The tokenizer of a folder; undefined where it has none at all. @throws where it has one that cannot be read */
export async function tokenizerOf(folder: ModelFolder, vocabulary: number): Promise<Pipeline | undefined> {
  // Each file is read once, though two ask for it.
  const files = new Map<string, ReturnType<ModelFolder['read']>>();
  const read = (file: string) => {
    const reading = files.get(file) ?? folder.read(file);
    files.set(file, reading);
    return reading;
  };
  const found = await Promise.all(['tokenizer.json', 'vocab.txt', 'vocab.json', 'tokenizer.model'].map((file) => read(file).then(() => true, () => false)));
  if (!found.includes(true)) return undefined;
  const { tokenizerJson } = await readTokenizer(read);
  const pipeline = createPipeline(tokenizerJson);
  checkIds(pipeline.idCount, vocabulary);
  return pipeline;
}

/** The model with an adapter on it, and what a person should know of that. */
async function adaptedModel(folder: ModelFolder, adapter: string, openable: Openable): Promise<Scored & { notes: string[] }> {
  const { adapted } = await openAdapter(await holdCheckpoint(await loadCheckpoint(folder)), adapter, openable);
  return { ...adapted, checkpoint: storedCheckpoint(adapted.checkpoint) };
}

export interface EvaluateOptions extends Openable {
  gpu: GPU;
  profile?: Profile;
  /** GiB that may be taken; left out: the usual. */
  budget?: number;
}

/** Prepares a device once. */
export async function createEvaluate({ gpu, profile, budget, ...openable }: EvaluateOptions) {
  const { device, pipelines, name } = await openDevice(gpu, profile, budget);
  return {
    device: name,
    /**
     * @param adapter its folder; left out: the base model alone
     * @param texts as parsed
     * @throws with a sentence
     */
    async evaluate({ model, adapter, texts }: { model: string; adapter?: string; texts: unknown }): Promise<{ rows: Evaluated[]; notes: string[] }> {
      const folder = await openModel(model, openable);
      const scored = adapter === undefined ? { ...(await bareModel(folder)), notes: [] } : await adaptedModel(folder, adapter, openable);
      const { config } = scored.checkpoint;
      const rows = rowsOf(texts, await tokenizerOf(folder, config.vocabulary), {
        vocabulary: config.vocabulary, longest: longestSequence(config) - virtualRowsOf(scored.trained).keys, writes: config.problem === 'language_model',
      });
      const scores = await scoreRows(device, pipelines, scored, rows);
      return { rows: rows.map((ids, index) => ({ ids, ...scores[index] })), notes: scored.notes };
    },
  };
}
