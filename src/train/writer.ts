/** Writes with the model of a run, between its steps: all tokens of a text are of the same weights, so training waits meanwhile. */
import type { TextTokenizer } from '../data/tokenizer';
import { CachedModel, type WritingModel, type WritingShape } from '../generation/cachedModel';
import type { NextTokens } from '../generation/nextTokens';
import { optionProblems, settingsOf } from '../generation/settings';
import { writeTexts } from '../generation/write';
import type { Written } from '../generation/written';
import type { WritingEvent, WritingOptions, WrittenText, WrittenToken } from '../protocol/writingMessages';
import type { Dataset } from './dataset';
import type { Trainer } from './trainer';

/** What is followed at evaluations. */
export interface Following {
  rows: number;
  options: WritingOptions;
}

/** What the writer says, without the number of the run. */
type Said = WritingEvent extends infer Event ? Event extends WritingEvent ? Omit<Event, 'runId'> : never : never;

export class Writer {
  following: Following | null = null;
  private last: Promise<void> = Promise.resolve();
  private destroyed = false;
  private kept: { key: string; model: Promise<CachedModel> } | undefined;

  /** @param budget bytes that may be taken for it beside the run */
  constructor(private readonly trainer: Trainer, private readonly dataset: Dataset, private readonly tokenizer: TextTokenizer, private readonly budget: number, private readonly say: (event: Said) => void) {}

  /** Writes with the weights as they are after what was submitted so far, `step` steps. Never rejects. */
  write(step: number, prompts: readonly string[], options: WritingOptions, request?: number, references: readonly (string | undefined)[] = [], isRow = false): Promise<void> {
    const work = async () => {
      if (this.destroyed) return;
      try {
        const texts = (await this.texts(prompts, options, isRow)).map((text, index) => ({ ...text, ...(references[index] !== undefined && { reference: references[index] }) }));
        if (!this.destroyed) this.say({ type: 'wrote', step, request, texts });
      } catch (error) {
        if (!this.destroyed) this.say({ type: 'unwritten', request, sentence: (error as Error).message });
      }
    };
    this.last = this.last.then(work);
    return this.last;
  }

  /** Writes what is followed, if anything is. */
  async follow(step: number): Promise<void> {
    const { following, dataset: { examples } } = this;
    if (!following || this.trainer.options.config.problem !== 'language_model') return;
    const rows = examples.validation.slice(0, following.rows);
    await this.write(step, rows.map(({ text }) => text), following.options, undefined, rows.map(({ completion }) => completion), true);
  }

  /** Resolves when nothing is being written: the weights may change again. Never rejects. */
  async settle(): Promise<void> {
    // Somebody may have asked for more while this was waited for.
    let seen: Promise<void> | undefined;
    while (seen !== this.last) await (seen = this.last);
  }

  /** @param isRow rows of the data, in which a chat template may have written the special tokens already */
  private async texts(prompts: readonly string[], options: WritingOptions, isRow: boolean): Promise<WrittenText[]> {
    const { gpu, pipelines, config, method, target } = this.trainer.options;
    if (config.problem !== 'language_model') throw new Error(`this run trains a ${config.problem}, which writes nothing; choose a task of a language model`);
    const [problem] = optionProblems(options);
    if (problem) throw new Error(problem);
    const { tokenizer } = this;
    const settings = settingsOf(options, { endTokens: tokenizer.endId === undefined ? [] : [tokenizer.endId], defaults: {} });
    const model: WritingModel = { gpu: { ...gpu, memoryBudget: this.budget }, pipelines, state: this.trainer.state, config, trained: method, target };
    const ids = prompts.map((prompt) => (isRow && this.dataset.conversations?.template ? tokenizer.textIds(prompt) : tokenizer.promptIds(prompt)));
    const written = await writeTexts(model, ids, settings, { strict: options.maxNewTokens !== undefined, create: (of, shape) => this.create(of, shape) });
    return written.map((one, index) => ({ prompt: prompts[index], text: tokenizer.decode(one.ids), tokens: tokensOf(one, tokenizer), finished: one.finished }));
  }

  /** The model for this shape, which the same question at the next evaluation finds again. */
  private async create(model: WritingModel, shape: WritingShape): Promise<NextTokens & { destroy(): void }> {
    const key = JSON.stringify(shape);
    if (this.kept?.key !== key) {
      this.release();
      const making = CachedModel.create(model, shape);
      this.kept = { key, model: making };
      making.catch(() => { this.kept = undefined; });
    }
    const kept = await this.kept!.model;
    const { samples, beams, vocabulary } = kept;
    return { samples, beams, vocabulary, fill: (prompts) => kept.fill(prompts), step: (tokens, parents) => kept.step(tokens, parents), destroy: () => undefined };
  }

  private release(): void {
    void this.kept?.model.then((model) => model.destroy(), () => undefined);
    this.kept = undefined;
  }

  /** Waits for what is being written, and frees its buffers. */
  async destroy(): Promise<void> {
    this.destroyed = true;
    await this.last;
    this.release();
  }
}

/** What each token adds to the text: one that ends in the middle of a character adds nothing yet. */
function tokensOf({ ids, scores }: Written, tokenizer: TextTokenizer): WrittenToken[] {
  let shown = '';
  return ids.map((_, index) => {
    const now = tokenizer.decode(ids.slice(0, index + 1));
    const whole = index === ids.length - 1 || !now.endsWith('\uFFFD');
    const text = whole ? now.slice(shown.length) : '';
    if (whole) shown = now;
    return { text, probability: Math.exp(scores[index]) };
  });
}
