/** What a run says of itself while it goes on. */
import type { Change } from '../config/config';
import type { Scores } from '../protocol/runMessages';
import type { StepScalars } from './metricsRing';

export interface RunEvents {
  points(scalars: StepScalars & { learningRate: Float32Array; seconds: Float32Array }): void;
  evaluated(step: number, heldOut: Scores, train: Scores, seconds: number): void;
  /** What an evaluation found of each held-out row, see `Evaluator.evaluate`. */
  read(step: number, outputs: Float32Array[]): void;
  changed(change: Change): void;
  refused(field: string, to: unknown, sentence: string): void;
  paused(step: number): void;
  resumed(step: number): void;
  finished(step: number, seconds: number, early: boolean): void;
  diverged(step: number, loss: number, learningRate: number): void;
  failed(error: unknown): void;
  /** An evaluation was submitted, and no later step is yet. */
  evaluating(step: number): void;
  /** Resolves when nobody needs the weights to stay as they are; asked before each step. */
  free(): Promise<void>;
  /** Called now and then between steps, for whoever looks at the weights meanwhile. */
  idle(step: number): void;
}
