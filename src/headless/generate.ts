/** A decoder, and an adapter on it, writes behind prompts: what `npm run generate` does. */
import type { Pipeline } from '../data/tokenization/pipeline';
import { type FolderSettings, readGenerationFiles } from '../generation/files';
import { RecomputedModel } from '../generation/recomputedModel';
import { type GenerationSettings, optionProblems, settingsOf } from '../generation/settings';
import { writeTexts } from '../generation/write';
import type { Written } from '../generation/written';
import type { Gpu, Profile } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { holdCheckpoint, loadCheckpoint, type ModelFolder, storedCheckpoint } from '../model/files/folder';
import { checkpointFor } from '../model/forProblem';
import type { WritingOptions } from '../protocol/writingMessages';
import { NOTHING_ADDED, openDevice, type Scored, withModel } from './device';
import { tokenizerOf } from './evaluate';
import { openAdapter } from './openAdapter';
import { openModel, type Openable } from './openModel';
import { shown } from './textRows';

/** One prompt's answer. */
export interface Generated extends Written {
  /** The text of the new tokens, special ones left out; null where the folder has no tokenizer. */
  text: string | null;
}

export interface GenerateOptions extends Openable {
  gpu: GPU;
  profile?: Profile;
}

export interface GenerateRequest {
  model: string;
  /** Its folder; left out: the base model alone. */
  adapter?: string;
  /** As parsed. */
  prompts: unknown;
  options: WritingOptions;
  /** Without a cache, to measure what it saves. */
  recompute?: boolean;
  progress?: (done: number, of: number) => void;
}

/** Prompts as token ids. @param pipeline undefined where the folder has no tokenizer @throws with the number of the prompt, counted from 1 */
export function promptIds(prompts: unknown, pipeline: Pipeline | undefined): number[][] {
  if (!Array.isArray(prompts)) throw new Error(`the prompts are no list (${shown(prompts)}); write ["a text", …], or lists of token ids`);
  if (prompts.length === 0) throw new Error('the list of prompts is empty; give at least one');
  return prompts.map((prompt: unknown, index) => {
    const refuse = (sentence: string) => new Error(`prompt ${index + 1} ${sentence}`);
    if (Array.isArray(prompt)) {
      const wrong = (prompt as unknown[]).find((id) => typeof id !== 'number');
      if (wrong !== undefined) throw refuse(`is a list with something that is no token id (${shown(wrong)}); write a text, or whole numbers`);
      return prompt as number[];
    }
    if (typeof prompt !== 'string') throw refuse(`is no text (${shown(prompt)}); write a string, or a list of token ids`);
    if (!pipeline) throw refuse("is a text, and the model's folder has no tokenizer; add its tokenizer.json, or give lists of token ids");
    return pipeline.promptIds(prompt);
  });
}

/** The model, with the adapter on it where there is one, as a language model. */
async function decoderOf(folder: ModelFolder, adapter: string | undefined, openable: Openable): Promise<Scored & { notes: string[] }> {
  const loaded = await loadCheckpoint(folder);
  const { architecture, causal, labels } = loaded.config;
  if (!causal) throw new Error(`${folder.name} is an encoder (${architecture}), which reads whole texts and writes none; choose a decoder: gpt2, llama, qwen2 or qwen3`);
  if (adapter !== undefined) {
    const { adapted } = await openAdapter(await holdCheckpoint(loaded), adapter, openable);
    const { problem } = adapted.checkpoint.config;
    if (problem !== 'language_model') throw new Error(`--adapter ${adapter} makes a ${problem} of ${folder.name}, which writes nothing; choose an adapter of a language model (task_type CAUSAL_LM)`);
    return { ...adapted, checkpoint: storedCheckpoint(adapted.checkpoint) };
  }
  return { checkpoint: checkpointFor(loaded, { problem: 'language_model', labels }, NOTHING_ADDED), trained: NOTHING_ADDED, values: new Map(), notes: [] };
}

function write(gpu: Gpu, pipelines: Pipelines, decoder: Scored, ids: number[][], settings: GenerationSettings, request: GenerateRequest): Promise<Written[]> {
  const { checkpoint: { config }, trained } = decoder;
  const strict = request.options.maxNewTokens !== undefined;
  const create = request.recompute ? RecomputedModel.create : undefined;
  return withModel(gpu, decoder, 'the texts are worth nothing; write fewer tokens',
    (state) => writeTexts({ gpu, pipelines, state, config, trained }, ids, settings, { strict, create, progress: request.progress }));
}

/** What a person should know beside the texts. */
function notesOf({ ignored, endTokens }: FolderSettings): string[] {
  return [
    ...(ignored.length > 0 ? [`the folder's settings ask for what is not done here, and is left aside: ${ignored.join(', ')}`] : []),
    ...(endTokens.length === 0 ? ['the folder names no end token, so every text is as long as it may be'] : []),
  ];
}

/** Prepares a device once. */
export async function createGenerate({ gpu, profile, ...openable }: GenerateOptions) {
  const { device, pipelines, name } = await openDevice(gpu, profile);
  return {
    device: name,
    /** @throws with a sentence */
    async generate(request: GenerateRequest): Promise<{ texts: Generated[]; notes: string[]; seconds: number }> {
      const [problem] = optionProblems(request.options);
      if (problem) throw new Error(`--${problem}`);
      const folder = await openModel(request.model, openable);
      const decoder = await decoderOf(folder, request.adapter, openable);
      const pipeline = await tokenizerOf(folder, decoder.checkpoint.config.vocabulary);
      const ids = promptIds(request.prompts, pipeline);
      const folderSettings = await readGenerationFiles((file) => folder.read(file).then((bytes) => new TextDecoder().decode(bytes), () => undefined));
      const began = performance.now();
      const written = await write(device, pipelines, decoder, ids, settingsOf(request.options, folderSettings), request);
      const seconds = (performance.now() - began) / 1000;
      return { texts: written.map((one) => ({ text: pipeline?.decode(one.ids) ?? null, ...one })), notes: [...decoder.notes, ...notesOf(folderSettings)], seconds };
    },
  };
}
