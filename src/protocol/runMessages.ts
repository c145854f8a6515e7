/** Starting, steering, testing and saving a run, and what becomes of it. */
import type { Change, RunConfig } from '../config/config';
import type { PlanSummary } from './planMessages';
import type { MetricName } from '../config/tasks';

export type RunId = string;

export interface Scores {
  /** Cross-entropy in nats (a scored token, for text) without smoothing, or mean squared error. Dropout off. */
  loss: number;
  /** What the rows are measured by first (`metricsOf`): accuracy (0…1), Matthews or Pearson correlation, or perplexity. */
  metric: number;
  /** What else they are measured by, where there is more; records from before there was have none. */
  others?: Partial<Record<MetricName, number>>;
}

export type RunCommand =
  /** Start a run; `changes` are replayed at their steps (a shared link). With `resume`, a file that `saved` brought, it goes on where that was made. `pace`: steps a second that it takes at most; left out, as many as it can. */
  | { type: 'start'; runId: RunId; config: RunConfig; changes: Change[]; pace?: number; resume?: Uint8Array }
  /**
   * Start several runs that take their steps in turn on the same batches. Each sends the events of a run; `pause`, `resume`, `step`, `pace`, `reset` and `inspect` are for all.
   * A lane that ends early, or fails, leaves the others to go on. Their `seconds` are those of all lanes together.
   */
  | { type: 'race'; lanes: { runId: RunId; config: RunConfig }[]; pace?: number }
  /** Takes at most so many steps a second from now on. Waiting is in no `seconds`. */
  | { type: 'pace'; stepsPerSecond?: number }
  | { type: 'pause' }
  | { type: 'resume' }
  /** Train `steps` more steps, then pause. */
  | { type: 'step'; steps: number }
  /** End the run and free its buffers. */
  | { type: 'reset' }
  /** Change one field of the running configuration at the next possible step: answers `changed` or `refused`. */
  | { type: 'change'; runId: RunId; field: string; to: unknown }
  /** Evaluate the test rows with the weights of the best evaluation, or those of now: answers `tested` with their step. */
  | { type: 'test'; runId: RunId; weights?: 'best' | 'last' }
  /** Make a file of the trained tensors and the optimizer's moments, with `record`, the run as the page has it, in its header: answers `saved`. */
  | { type: 'save'; runId: RunId; record: string };

export type RunEvent =
  /** `step`: 0, or where a resumed run goes on. `elsewhere`: the adapter it was saved on, where this is another one, whose last bits may differ. */
  | { type: 'started'; runId: RunId; step: number; summary: PlanSummary; elsewhere?: string }
  /** Per-step values of steps `from` … `from + length − 1`, all arrays of equal length. `consistency` is zero without a second pass. */
  | { type: 'points'; runId: RunId; from: number; crossEntropy: Float32Array; consistency: Float32Array; gradientNorm: Float32Array; learningRate: Float32Array; seconds: Float32Array }
  /** After `step` optimizer steps; both with dropout off. `train` is a fixed sample of the training rows, with the labels trained on. */
  | { type: 'evaluated'; runId: RunId; step: number; heldOut: Scores; train: Scores; seconds: number }
  | { type: 'changed'; runId: RunId; change: Change }
  | { type: 'refused'; runId: RunId; field: string; to: unknown; sentence: string }
  | { type: 'paused'; runId: RunId; step: number }
  | { type: 'resumed'; runId: RunId; step: number }
  /** `early`: its patience was spent before its last step. */
  | { type: 'finished'; runId: RunId; step: number; seconds: number; early: boolean }
  /** A file in the safetensors format; `step` optimizer steps are in it. */
  | { type: 'saved'; runId: RunId; step: number; file: Uint8Array<ArrayBuffer> }
  /** Now and then while a run goes on: what `resume` takes, `step` optimizer steps in it. All points and evaluations up to there have been told. */
  | { type: 'snapshotted'; runId: RunId; step: number; file: Uint8Array<ArrayBuffer> }
  | { type: 'tested'; runId: RunId; step: number; scores: Scores; rows: number };
