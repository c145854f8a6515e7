/** The evaluations of a run: each goes on beside the steps, is judged when its scores are home, and is waited for before the next one. */
import { type Best, isSpent, merit } from '../config/best';
import type { RunConfig } from '../config/config';
import type { Scores } from '../protocol/runMessages';
import type { BestWeights } from './bestWeights';
import type { Dataset } from './dataset';
import type { Evaluator } from './evaluator';

export interface EvaluationEvents {
  evaluated(step: number, heldOut: Scores, train: Scores): void;
  /** Just before that: what came out for each held-out row, see `Evaluator.evaluate`. */
  read(step: number, outputs: Float32Array[]): void;
  failed(error: unknown): void;
}

export class Evaluations {
  private open: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly evaluator: Evaluator, private readonly dataset: Dataset, private readonly weights: BestWeights,
    private readonly config: Pick<RunConfig, 'data' | 'evaluation'>, private readonly events: EvaluationEvents,
  ) {}

  get best(): Best | undefined {
    return this.weights.best;
  }

  /** Whether so many evaluations in a row were no better that the run should end. */
  get isSpent(): boolean {
    return isSpent(this.weights.best, this.config.evaluation.patience);
  }

  /** Whether one is going on, whose judgement is still to come. */
  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /**
   * Evaluates the weights as they are after `step` steps, on the validation rows and on the sample of the training rows. Resolves when it is
   * submitted, which is when the one before it is home.
   * @param judged false where this moment was judged before the run was saved, or would not have been
   */
  async start(step: number, judged = true): Promise<void> {
    await this.settle();
    if (this.closed) return;
    if (judged) this.weights.note();
    const evaluation = this.evaluator.evaluate(this.dataset, [this.dataset.validation, this.dataset.sample], ([heldOut]) => this.events.read(step, heldOut)).then(([heldOut, train]) => {
      if (judged) this.weights.judge(step, merit(heldOut, this.config));
      this.events.evaluated(step, heldOut, train);
    });
    const settled = evaluation.catch((error) => this.events.failed(error)).finally(() => {
      if (this.open === settled) this.open = undefined;
    });
    this.open = settled;
  }

  /** Scores of the test rows with the weights of the best evaluation, or with those of now. @returns with the step of the weights, undefined for now's */
  async test(weights: 'best' | 'last'): Promise<{ scores: Scores; step?: number }> {
    await this.settle();
    const work = () => this.evaluator.evaluate(this.dataset, [this.dataset.test]);
    const { best } = this;
    if (weights === 'last' || !best) return { scores: (await work())[0] };
    return { scores: (await this.weights.during(work))[0], step: best.step };
  }

  /** Begins no further one: what they need may be gone soon. */
  close(): void {
    this.closed = true;
  }

  /** Resolves when none is going on; never rejects. */
  async settle(): Promise<void> {
    // Another may have begun while this one was waited for.
    while (this.open) await this.open;
  }
}
