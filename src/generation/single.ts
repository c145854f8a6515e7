/** One text a prompt, token by token: the most probable one, or one that is drawn. */
import { word } from '../random/words';
import type { NextTokens } from './nextTokens';
import { draw, greatest, logProbabilities, process } from './scores';
import type { GenerationSettings } from './settings';
import type { Prompt, Written } from './written';

/** Keeps draws apart from masks, shuffles and first values, which hash other sites. */
const SITE = 0x7e47;

/** @param prompts as many as the model has samples, or fewer. @param onToken called when every row has its next token */
export async function writeSingle(model: NextTokens, prompts: readonly Prompt[], settings: GenerationSettings, onToken?: (written: readonly Written[]) => void): Promise<Written[]> {
  const { sampling, endTokens } = settings;
  const { vocabulary } = model;
  const written = prompts.map((): Written => ({ ids: [], finished: 'length', scores: [], score: 0 }));
  const done = prompts.map(() => false);
  const tokens = new Uint32Array(model.samples);
  let logits = await model.fill(prompts.map(({ ids }) => ids));
  for (let step = 0; ; step++) {
    for (const [row, prompt] of prompts.entries()) {
      if (done[row]) continue;
      const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
      const text = written[row];
      const scores = Float64Array.from(own);
      process(scores, [...prompt.ids, ...text.ids], settings);
      const token = sampling ? draw(scores, sampling, (word(sampling.seed, step, SITE, prompt.number) + 0.5) / 2 ** 32) : greatest(scores);
      const logProbability = logProbabilities(own)[token];
      text.ids.push(token);
      text.scores.push(logProbability);
      text.score += logProbability;
      if (endTokens.includes(token)) text.finished = 'end token';
      done[row] = text.finished === 'end token' || text.ids.length >= prompt.most;
      tokens[row] = token;
    }
    onToken?.(written);
    if (done.every(Boolean)) return written;
    logits = await model.step(tokens);
  }
}
