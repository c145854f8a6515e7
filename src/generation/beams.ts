/**
 * Beam search as transformers 5.18 does it (`_beam_search`): each step keeps the (1 + number of end tokens)·N best continuations, at least 2·N; those of the
 * first N that end are finished texts, the N best that do not end go on. Sums of scores are rounded to float32, as there.
 */
import type { NextTokens } from './nextTokens';
import { greatestOf, logProbabilities, process } from './scores';
import type { GenerationSettings } from './settings';
import type { Prompt, Written } from './written';

/** Stands for "never": what transformers puts where a score must not win. */
const NEVER = -1e9;

interface Beam {
  ids: number[];
  scores: number[];
  /** Sum of its processed log-probabilities. */
  sum: number;
  /** The beam that it continues. */
  parent: number;
}

interface Finished { beam: Beam; score: number; complete: boolean }

/** The beams of one prompt. */
export class BeamSearch {
  /** N of them. */
  running: Beam[];
  done = false;
  private finished: Finished[];
  /** Whether a running text could still be better than a finished one. */
  private improvable = true;

  constructor(private readonly prompt: Prompt, private readonly settings: GenerationSettings) {
    const { beams } = settings;
    const none = (sum: number): Beam => ({ ids: [], scores: [], sum, parent: 0 });
    // At first all beams are the prompt: only one of them may go on.
    this.running = Array.from({ length: beams }, (_, beam) => none(beam === 0 ? 0 : NEVER));
    this.finished = Array.from({ length: beams }, () => ({ beam: none(NEVER), score: NEVER, complete: false }));
  }

  /** @param logitsOf logits (vocabulary) behind a running beam */
  advance(logitsOf: (beam: number) => Float32Array): void {
    const { beams, endTokens, earlyStopping, lengthPenalty } = this.settings;
    const candidates = this.continuations(logitsOf);
    const [length] = candidates.map(({ ids }) => ids.length);
    const ends = candidates.map(({ ids }) => endTokens.includes(ids[length - 1]) || length >= this.prompt.most);

    const open = candidates.map(({ sum }, at) => Math.fround(sum + (ends[at] ? NEVER : 0)));
    this.running = greatestOf(open, beams).map((at) => ({ ...candidates[at], sum: open[at] }));

    const full = earlyStopping === true && this.finished.every(({ complete }) => complete);
    const offered = candidates.map((beam, at): Finished => {
      const complete = ends[at] && at < beams;
      const barred = Number(full) + Number(!this.improvable) + Number(!complete);
      return { beam, complete, score: Math.fround(Math.fround(beam.sum / length ** lengthPenalty) + barred * NEVER) };
    });
    const merged = [...this.finished, ...offered];
    this.finished = greatestOf(merged.map(({ score }) => score), beams).map((at) => merged[at]);

    const hoped = earlyStopping === 'never' && lengthPenalty > 0 ? this.prompt.most : length;
    const possible = Math.fround(this.running[0].sum / hoped ** lengthPenalty);
    const worst = Math.min(...this.finished.map(({ score }) => score));
    this.improvable &&= this.finished.some(({ complete }) => possible > (complete ? worst : NEVER));
    const allComplete = this.finished.every(({ complete }) => complete);
    this.done = !this.improvable || (allComplete && earlyStopping === true) || ends.every(Boolean);
  }

  /** The best continuations of all beams by one token, best first. */
  private continuations(logitsOf: (beam: number) => Float32Array): Beam[] {
    const { beams, endTokens } = this.settings;
    const models = this.running.map((_, beam) => logProbabilities(logitsOf(beam)));
    const vocabulary = models[0].length;
    const sums = new Float32Array(beams * vocabulary);
    this.running.forEach(({ ids, sum }, beam) => {
      const scores = models[beam].slice();
      process(scores, [...this.prompt.ids, ...ids], this.settings);
      scores.forEach((score, token) => { sums[beam * vocabulary + token] = Math.fround(score) + sum; });
    });
    return greatestOf(sums, Math.max(2, 1 + endTokens.length) * beams).map((at) => {
      const parent = Math.floor(at / vocabulary);
      const token = at % vocabulary;
      const { ids, scores } = this.running[parent];
      return { ids: [...ids, token], scores: [...scores, models[parent][token]], sum: sums[at], parent };
    });
  }

  /** The best finished text; of a search that is not done, the best so far, finished or not. */
  get best(): Written {
    const [first] = this.finished;
    const { ids, scores } = first.complete ? first.beam : this.running[0];
    const ended = this.settings.endTokens.includes(ids[ids.length - 1]);
    return { ids, scores, score: first.complete ? first.score : this.running[0].sum, finished: ended ? 'end token' : 'length' };
  }
}

/** @param prompts as many as the model has room for, or fewer. @param onToken called after each step */
export async function writeBeams(model: NextTokens, prompts: readonly Prompt[], settings: GenerationSettings, onToken?: (written: readonly Written[]) => void): Promise<Written[]> {
  const { beams, vocabulary, samples } = model;
  const searches = prompts.map((prompt) => new BeamSearch(prompt, settings));
  let logits = await model.fill(prompts.map(({ ids }) => ids));
  let rowOf = (search: number, _beam: number) => search;
  for (;;) {
    searches.forEach((search, number) => {
      if (search.done) return;
      search.advance((beam) => logits.subarray(rowOf(number, beam) * vocabulary, (rowOf(number, beam) + 1) * vocabulary));
    });
    onToken?.(searches.map(({ best }) => best));
    if (searches.every(({ done }) => done)) return searches.map(({ best }) => best);
    const tokens = new Uint32Array(samples);
    const parents = Uint32Array.from({ length: samples }, (_, sample) => sample);
    searches.forEach(({ done, running }, number) => running.forEach(({ ids, parent }, beam) => {
      if (done) return;
      tokens[number * beams + beam] = ids[ids.length - 1];
      parents[number * beams + beam] = number * beams + parent;
    }));
    logits = await model.step(tokens, parents);
    rowOf = (search, beam) => search * beams + beam;
  }
}
