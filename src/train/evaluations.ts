/** The evaluations of a run: they go on beside the steps, and are waited for where the run rests or ends. */
import type { Scores } from '../protocol/runMessages';
import type { Dataset } from './dataset';
import type { Evaluator } from './evaluator';

export interface EvaluationEvents {
  evaluated(step: number, heldOut: Scores, train: Scores): void;
  failed(error: unknown): void;
}

export class Evaluations {
  private readonly open = new Set<Promise<void>>();

  constructor(private readonly evaluator: Evaluator, private readonly dataset: Dataset, private readonly events: EvaluationEvents) {}

  /** Evaluates the weights as they are after `step` steps, on the validation rows and on the sample of the training rows. */
  start(step: number): void {
    const evaluation = this.evaluator.evaluate(this.dataset, [this.dataset.validation, this.dataset.sample])
      .then(([heldOut, train]) => this.events.evaluated(step, heldOut, train));
    const settled = evaluation.catch((error) => this.events.failed(error)).finally(() => this.open.delete(settled));
    this.open.add(settled);
  }

  /** Resolves when none is going on; never rejects. */
  async settle(): Promise<void> {
    await Promise.all(this.open);
  }
}
