/**
 * Scores what the model of a run writes on the references of its test rows: with the weights of one moment, and with those the run began with.
 * It has a copy of them, so that training, tests and exports go on meanwhile.
 */
import type { TextTokenizer } from '../data/tokenizer';
import { CachedModel, type WritingModel, type WritingShape } from '../generation/cachedModel';
import type { NextTokens } from '../generation/nextTokens';
import { optionProblems, settingsOf } from '../generation/settings';
import { writeTexts } from '../generation/write';
import { textScores } from '../metrics/textScores';
import { bytes } from '../protocol/format';
import type { Referenced, ScoreCommand, ScoredTexts, ScoreEvent, ScoreGroup, WrittenScores } from '../protocol/scoreMessages';
import type { WritingOptions } from '../protocol/writingMessages';
import type { Dataset } from './dataset';
import { onOneLine, referenced } from './references';
import type { Trainer } from './trainer';
import { ValuesCopy } from './valuesCopy';

/** What the scorer says, without the number of the run. */
type Said = ScoreEvent extends infer Event ? Event extends ScoreEvent ? Omit<Event, 'runId'> : never : never;
type Wish = Pick<Extract<ScoreCommand, { type: 'score' }>, 'rows' | 'options'>;

/** Which weights are scored: their buffer as it is now, and their step. */
export interface ScoredWeights {
  values: GPUBuffer;
  step: number;
}

class Stopped extends Error {}

interface Job {
  stopped: boolean;
  done: Promise<void>;
}

export class Scorer {
  private latest: Job | undefined;
  private destroyed = false;

  /**
   * @param budget bytes that may be taken for it beside the run
   * @param initial the values that the run began with, undefined where they are not known
   */
  constructor(
    private readonly trainer: Trainer, private readonly dataset: Pick<Dataset, 'examples' | 'conversations'>, private readonly tokenizer: TextTokenizer, private readonly budget: number,
    private readonly initial: () => Promise<Map<string, Float32Array> | undefined>, private readonly say: (event: Said) => void,
  ) {}

  /** Scores the weights as they are when what is being scored already, which is stopped, has ended. Never rejects. */
  async score(weights: () => ScoredWeights, wish: Wish): Promise<void> {
    const before = this.latest;
    if (before) before.stopped = true;
    const job: Job = { stopped: false, done: Promise.resolve() };
    this.latest = job;
    job.done = this.serve(before?.done, job, weights, wish);
    await job.done;
  }

  /** Resolves when nothing is being scored any more. */
  async stop(): Promise<void> {
    if (this.latest) this.latest.stopped = true;
    await this.latest?.done;
  }

  async destroy(): Promise<void> {
    this.destroyed = true;
    await this.stop();
  }

  private async serve(before: Promise<void> | undefined, job: Job, weights: () => ScoredWeights, wish: Wish): Promise<void> {
    await before;
    try {
      const scores = await this.work(weights(), wish, job);
      if (!this.destroyed) this.say({ type: 'scored', scores });
    } catch (error) {
      if (!this.destroyed) this.say({ type: 'unscored', ...(!(error instanceof Stopped) && { sentence: (error as Error).message }) });
    }
  }

  private async work({ values, step }: ScoredWeights, { rows, options: asked }: Wish, job: Job): Promise<WrittenScores> {
    check(job);
    const { gpu, config } = this.trainer.options;
    if (config.problem !== 'language_model') throw new Error(`this run trains a ${config.problem}, which writes nothing that could be scored`);
    const [problem] = optionProblems(asked);
    if (problem) throw new Error(problem);
    const all = referenced(this.dataset.examples.test, this.isInTemplate);
    if (all.length === 0) throw new Error('the test rows have no reference to score a text on');
    const prompts = rows === 0 ? all : all.slice(0, rows);
    const options = { ...asked, maxNewTokens: asked.maxNewTokens ?? this.longestReference(prompts) };
    const needed = ValuesCopy.bytesOf(this.trainer.state);
    if (needed > this.budget) throw new Error(`a copy of the trained weights takes ${bytes(needed)} beside the run, and ${bytes(Math.max(0, this.budget))} are free; a smaller batch size leaves more`);
    const copy = new ValuesCopy(gpu, this.trainer.state);
    copy.take(values);
    try {
      const initial = await this.initial();
      const count = prompts.length * (initial ? 2 : 1);
      const after = await this.scored(job, copy, step, prompts, options, (done) => this.say({ type: 'scoring', done, of: count }));
      if (initial) await copy.set(initial);
      const before = initial && (await this.scored(job, copy, 0, prompts, options, (done) => this.say({ type: 'scoring', done: prompts.length + done, of: count })));
      return { prompts, of: all.length, options, ...(before && { before }), after };
    } finally {
      copy.destroy();
    }
  }

  /** Whether a chat template has written the special tokens of the prompts already. */
  private get isInTemplate(): boolean {
    return this.dataset.conversations?.template === true;
  }

  /** Tokens of the longest text that would do, with an end token: no text needs more. */
  private longestReference(prompts: readonly Referenced[]): number {
    let most = 1;
    for (const { references } of prompts) for (const text of references) most = Math.max(most, this.tokenizer.promptIds(text).length + 1);
    return most;
  }

  private async scored(job: Job, state: ValuesCopy, step: number, prompts: readonly Referenced[], options: WritingOptions, progress: (done: number) => void): Promise<ScoredTexts> {
    const { tokenizer, trainer: { options: { gpu, pipelines, config, method, target } } } = this;
    const model: WritingModel = { gpu: { ...gpu, memoryBudget: this.budget - ValuesCopy.bytesOf(this.trainer.state) }, pipelines, state, config, trained: method, target };
    const settings = settingsOf(options, { endTokens: tokenizer.endId === undefined ? [] : [tokenizer.endId], defaults: {} });
    progress(0);
    const written = await writeTexts(model, prompts.map(({ prompt }) => (this.isInTemplate ? tokenizer.textIds(prompt) : tokenizer.promptIds(prompt))), settings, { strict: false, create: (of, shape) => stoppable(job, of, shape), progress });
    const texts = written.map(({ ids }) => onOneLine(tokenizer.decode(ids)));
    return { step, texts, scores: scoresOf(prompts, texts) };
  }
}

/** A model that ends at the next token where somebody stops it. */
async function stoppable(job: Job, model: WritingModel, shape: WritingShape): Promise<NextTokens & { destroy(): void }> {
  check(job);
  const cached = await CachedModel.create(model, shape);
  const { samples, beams, vocabulary } = cached;
  const unlessStopped = async <Result>(work: () => Promise<Result>) => {
    check(job);
    return work();
  };
  return { samples, beams, vocabulary, fill: (prompts) => unlessStopped(() => cached.fill(prompts)), step: (tokens, parents) => unlessStopped(() => cached.step(tokens, parents)), destroy: () => cached.destroy() };
}

function check({ stopped }: Job): void {
  if (stopped) throw new Stopped();
}

/** All texts, and where there are both those of kinds that training rows have and of others, each of these. */
function scoresOf(prompts: readonly Referenced[], texts: readonly string[]): ScoredTexts['scores'] {
  const written = prompts.map(({ references, seen }, row) => ({ hypothesis: texts[row], references, seen }));
  const groups: [ScoreGroup, typeof written][] = [['seen', written.filter(({ seen }) => seen === true)], ['unseen', written.filter(({ seen }) => seen === false)]];
  const apart = groups.every(([, rows]) => rows.length > 0) ? groups : [];
  return { all: textScores(written), ...Object.fromEntries(apart.map(([group, rows]) => [group, textScores(rows)])) };
}
