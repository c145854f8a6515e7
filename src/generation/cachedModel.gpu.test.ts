/** The cache against the whole text computed anew, and a batch of ragged prompts against each alone: logits of every architecture that writes, and of methods with virtual tokens. */
import { describe, expect, it } from 'vitest';
import '../kernels/testing/matcher';
import { type Launch, launchName, pageFor } from '../kernels/testing/page';
import type { Method } from '../model/method';
import { tinyTrainer } from '../train/testing/tinyTrainer';
import { CachedModel, type WritingModel, type WritingShape } from './cachedModel';
import type { NextTokens } from './nextTokens';
import { RecomputedModel } from './recomputedModel';

const PROMPTS = [[3, 9, 30, 12, 7], [5], [21, 22, 23]];
const CASES: [string, Partial<Method>, Launch?][] = [
  ['llama', { peft: 'lora' }], ['qwen2', { peft: 'dora' }], ['qwen3', { peft: 'adapter' }], ['gpt2', { peft: 'lora' }],
  ['llama', { peft: 'prefix' }], ['llama', { peft: 'prompt' }], ['gpt2', { peft: 'prefix' }], ['gpt2', { peft: 'prompt' }],
  ['llama', { peft: 'prefix' }, { profile: 'gpu', minimal: true }],
];

/** Logits after the prompts and after each of four steps; with beams, whose texts change places and share their beginnings. */
async function logitsOf(model: NextTokens & { destroy(): void }, prompts: number[][]): Promise<number[]> {
  const { samples, beams } = model;
  const found = [...await model.fill(prompts)];
  for (let step = 0; step < 4; step++) {
    const tokens = Array.from({ length: samples }, (_, sample) => 3 + ((sample * 7 + step * 5) % 30));
    const parents = step === 0 ? undefined : Array.from({ length: samples }, (_, sample) => sample - (sample % beams) + ((sample + step) % 2 === 0 ? beams - 1 : 0));
    found.push(...await model.step(tokens, parents));
  }
  model.destroy();
  return found;
}

describe('cache', () => {
  it.each(CASES.map(([architecture, method, launch = {}]) => [architecture, method, launchName(launch), launch] as const))('%s, %o, %s', async (architecture, method, _, launch) => {
    const { trainer } = await tinyTrainer({ architecture, problem: 'language_model', method, launch });
    const { gpu, pipelines, config } = trainer.options;
    const model: WritingModel = { gpu, pipelines, config, trained: trainer.options.method, state: trainer.state };
    const shape = (prompts: number, beams: number, longestPrompt: number): WritingShape => ({ prompts, beams, longestPrompt, longestText: longestPrompt + 4 });
    const [cached, anew] = [await CachedModel.create(model, shape(3, 1, 5)), await RecomputedModel.create(model, shape(3, 1, 5))];
    const together = await logitsOf(cached, PROMPTS);
    expect(together).toBeNear(await logitsOf(anew, PROMPTS), 1e-5);
    // The first row again, alone: the prompt's length is the plan's width.
    const alone = await logitsOf(await CachedModel.create(model, shape(1, 1, 5)), [PROMPTS[0]]);
    expect(together.filter((_value, index) => Math.floor(index / config.vocabulary) % 3 === 0)).toBeNear(alone, 1e-5);
    const beams = [await CachedModel.create(model, shape(2, 3, 5)), await RecomputedModel.create(model, shape(2, 3, 5))];
    expect(await logitsOf(beams[0], PROMPTS.slice(0, 2))).toBeNear(await logitsOf(beams[1], PROMPTS.slice(0, 2)), 1e-5);
    trainer.destroy();
    expect((await pageFor(launch)).complaints()).toEqual([]);
  });
});
