/** Says what a classifier or a regression makes of single rows: what evaluations compute anyway, and a person's own text. */
import type { Example } from '../data/tasks/task';
import { encodeRows } from '../data/batches';
import type { TextTokenizer } from '../data/tokenizer';
import { calibrationOf } from '../metrics/calibration';
import type { ModelConfig } from '../model/modelConfig';
import type { PredictedRow, PredictionEvent } from '../protocol/predictionMessages';
import type { WritingEvent } from '../protocol/writingMessages';
import type { Dataset } from './dataset';
import type { Evaluator } from './evaluator';

type Unwritten = Extract<WritingEvent, { type: 'unwritten' }>;
type Said = Omit<PredictionEvent, 'runId'> | Omit<Unwritten, 'runId'>;

interface Evaluated {
  step: number;
  outputs: Float32Array[];
}

export class Predictor {
  /** Whether somebody looks at the rows of evaluations. */
  following = false;
  /** What the first and the last evaluation found, for whoever looks from now on. */
  private first: Evaluated | undefined;
  private last: Evaluated | undefined;

  constructor(
    private readonly evaluator: Pick<Evaluator, 'evaluate'>, private readonly dataset: Dataset, private readonly tokenizer: TextTokenizer,
    private readonly config: Pick<ModelConfig, 'problem'>, private readonly say: (event: Said) => void,
  ) {}

  follow(following: boolean): void {
    this.following = following;
    if (this.first !== this.last) this.show(this.first);
    this.show(this.last);
  }

  /** @param outputs logits of the held-out rows, in their order */
  evaluated(step: number, outputs: Float32Array[]): void {
    if (this.config.problem === 'language_model') return;
    this.last = { step, outputs };
    this.first ??= this.last;
    this.show(this.last);
  }

  /** Reads `text`, and `pair` where the task has pairs. Never rejects. */
  async classify(step: number, request: number, text: string, pair?: string): Promise<void> {
    try {
      this.say({ type: 'predicted', step, request, labels: [...this.dataset.facts.labels], rows: [await this.read(text, pair)] });
    } catch (error) {
      this.say({ type: 'unwritten', request, sentence: (error as Error).message });
    }
  }

  private show(evaluated: Evaluated | undefined): void {
    if (!this.following || !evaluated) return;
    const { step, outputs } = evaluated;
    const { facts: { labels }, examples, heldOut, validation } = this.dataset;
    // An evaluation scores some of the held-out rows; their tokens are the same objects.
    const numbers = new Map(heldOut.ids.map((ids, row) => [ids, row]));
    const rows = outputs.map((logits, place) => {
      const example = examples.validation[numbers.get(validation.ids[place])!];
      return { ...textOf(example), truth: example.label, outputs: this.outputsOf(logits) };
    });
    const calibration = this.config.problem === 'classification' ? calibrationOf(rows.map((row) => row.outputs), rows.map(({ truth }) => truth)) : undefined;
    this.say({ type: 'predicted', step, labels: [...labels], rows, ...(calibration && { calibration }) });
  }

  private async read(text: string, pair: string | undefined): Promise<PredictedRow> {
    const { dataset } = this;
    if (this.config.problem === 'language_model') throw new Error('this run trains a model that writes; ask it to write');
    if (text.trim() === '') throw new Error('there is no text to read; type a sentence');
    const paired = dataset.examples.validation.some((row) => row.pair !== undefined);
    if (paired && !pair?.trim()) throw new Error('this task reads pairs of texts; type the second one too');
    const rows = encodeRows(this.tokenizer, [{ text, ...(paired && { pair }), label: 0 }], dataset.width);
    let found: Float32Array | undefined;
    await this.evaluator.evaluate(dataset, [rows], ([[logits]]) => { found = logits; });
    return { text, ...(paired && { pair }), outputs: this.outputsOf(found!) };
  }

  private outputsOf(logits: Float32Array): number[] {
    if (this.config.problem === 'regression') return [logits[0]];
    const highest = logits.reduce((one, other) => Math.max(one, other), -Infinity);
    const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
    const sum = powers.reduce((one, other) => one + other, 0);
    return powers.map((power) => power / sum);
  }
}

const textOf = ({ text, pair }: Example) => ({ text, ...(pair !== undefined && { pair }) });
