/** From prompts to texts: checks what cannot be written, decides how much is written at once, and writes it. */
import { largestBuffer } from '../gpu/device';
import { longestSequence } from '../model/files/checkpointConfig';
import { cacheTensors } from '../model/keyValueCache';
import { type Trained, virtualRowsOf } from '../model/method';
import type { ModelConfig } from '../model/modelConfig';
import { writeBeams } from './beams';
import { CachedModel, cacheShapeOf, planWriting, type WritingModel, type WritingShape } from './cachedModel';
import type { NextTokens } from './nextTokens';
import type { GenerationSettings } from './settings';
import { writeSingle } from './single';
import type { Prompt, Written } from './written';

/** Samples that are written at once: more fill a GPU better, on a software adapter they only wait for each other. */
const SAMPLES = { software: 16, gpu: 64 } as const;

export interface WriteOptions {
  /** Whether `maxNewTokens` was asked for: then it is refused where positions do not reach, else lowered. */
  strict: boolean;
  /** Most samples at once; left out: as the profile has it. */
  samples?: number;
  /** Tests and measurements only: write without a cache. */
  create?: (model: WritingModel, shape: WritingShape) => Promise<NextTokens & { destroy(): void }>;
  progress?: (done: number, of: number) => void;
}

/**
 * @param prompts token ids, in order
 * @throws with the number of the prompt, counted from 1, where one cannot be written on
 */
export function promptsOf(config: ModelConfig, trained: Trained, prompts: readonly (readonly number[])[], { maxNewTokens }: Pick<GenerationSettings, 'maxNewTokens'>, strict: boolean): Prompt[] {
  const virtual = virtualRowsOf(trained).keys;
  const room = longestSequence(config) - virtual;
  const behind = virtual > 0 ? `, ${virtual} of them taken by virtual tokens` : '';
  return prompts.map((ids, number) => {
    const refuse = (sentence: string) => new Error(`prompt ${number + 1} ${sentence}`);
    if (ids.length === 0) throw refuse('has no token, so there is nothing to write behind; give it at least one');
    const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabulary);
    if (wrong !== undefined) throw refuse(`has a token that the model does not know (${String(wrong)} of ${config.vocabulary}); take ids from this model's tokenizer`);
    if (ids.length > room) throw refuse(`has ${ids.length} tokens, more than the model has positions (${longestSequence(config)}${behind}); shorten it to ${room}`);
    // What is written last is not read again, and needs no position.
    const most = room - ids.length + 1;
    if (strict && maxNewTokens > most) throw refuse(`has ${ids.length} tokens, and ${maxNewTokens} new ones do not fit into the model's positions (${longestSequence(config)}${behind}); ask for ${most} at most`);
    return { ids, number, most: Math.min(maxNewTokens, most) };
  });
}

/** What a chunk of these prompts looks like. */
const shapeOf = (prompts: readonly Prompt[], count: number, beams: number): WritingShape => ({
  prompts: count, beams,
  longestPrompt: Math.max(...prompts.map(({ ids }) => ids.length)), longestText: Math.max(...prompts.map(({ ids, most }) => ids.length + most - 1)),
});

/** As many prompts at once as there are, the profile wants, and memory holds. @throws with the bytes where not even one fits */
function chunkOf(model: WritingModel, prompts: readonly Prompt[], beams: number, samples: number): WritingShape {
  const { gpu, config, trained } = model;
  for (let count = Math.max(1, Math.min(prompts.length, Math.floor(samples / beams))); ; count = Math.ceil(count / 2)) {
    const shape = shapeOf(prompts, count, beams);
    const { fill, step, bytes } = planWriting(model, shape);
    const buffers = [...fill.placement.buffers, ...step.placement.buffers, ...cacheTensors(config, cacheShapeOf(trained, shape))];
    const largest = Math.max(...buffers.map((buffer) => buffer.bytes));
    const fits = bytes <= gpu.memoryBudget && largest <= largestBuffer(gpu);
    if (fits) return shape;
    if (count === 1) throw new Error(`writing needs ${bytes} bytes beside the weights, in buffers of up to ${largest}, more than this adapter gives (${gpu.memoryBudget}); ask for fewer new tokens${beams > 1 ? ' or beams' : ''}, or shorten the prompts`);
  }
}

/** Writes behind every prompt. @throws with a sentence, see `promptsOf` */
export async function writeTexts(model: WritingModel, given: readonly (readonly number[])[], settings: GenerationSettings, { strict, samples = SAMPLES[model.gpu.profile], create = CachedModel.create, progress }: WriteOptions): Promise<Written[]> {
  const prompts = promptsOf(model.config, model.trained, given, settings, strict);
  if (prompts.length === 0) return [];
  const shape = chunkOf(model, prompts, settings.beams, samples);
  const writer = await create(model, shape);
  try {
    const written: Written[] = [];
    for (let from = 0; from < prompts.length; from += shape.prompts) {
      const chunk = prompts.slice(from, from + shape.prompts);
      written.push(...await (settings.beams > 1 ? writeBeams : writeSingle)(writer, chunk, settings));
      progress?.(written.length, prompts.length);
    }
    return written;
  } finally {
    writer.destroy();
  }
}
