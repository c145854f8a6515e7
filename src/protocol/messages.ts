/**
 * The whole conversation between the page and the engine's worker. Commands are imperative, events are past facts; every event of a
 * run carries its `runId`, so that late events of a dead run are dropped in one line.
 */
import type { Change, RunConfig } from '../config/config';
import type { Fault } from './faults';

export type RunId = string;

export type ToEngine =
  /** Plan `config` without starting it: answers `planned` or `fault`, and compiles its pipelines in the background. */
  | { type: 'prepare'; config: RunConfig }
  /** Start a run; `changes` are replayed at their steps (a shared link). With `resume`, a file that `saved` brought, it goes on where that was made. */
  | { type: 'start'; runId: RunId; config: RunConfig; changes: Change[]; resume?: Uint8Array }
  | { type: 'pause' }
  | { type: 'resume' }
  /** Train `steps` more steps, then pause. */
  | { type: 'step'; steps: number }
  /** End the run and free its buffers. */
  | { type: 'reset' }
  /** Change one field of the running configuration at the next possible step: answers `changed` or `refused`. */
  | { type: 'change'; runId: RunId; field: string; to: unknown }
  /** Keep sending attention of this place (null: stop). `row` counts the validation rows. */
  | { type: 'inspect'; at: InspectionPlace | null }
  /** Evaluate the current weights on the test rows: answers `tested`. */
  | { type: 'test'; runId: RunId }
  /** Make a file of the trained tensors and the optimizer's moments, with `record`, the run as the page has it, in its header: answers `saved`. */
  | { type: 'save'; runId: RunId; record: string }
  /** Send a few rows of a task: answers `previewed`. Needs no GPU. */
  | { type: 'preview'; task: RunConfig['data']['task']; rows: number; noise: number; seed: number };

export interface InspectionPlace {
  row: number;
  layer: number;
  head: number;
}

export interface DeviceInfo {
  /** What the adapter calls itself, for people. */
  name: string;
  vendor: string;
  architecture: string;
  profile: 'software' | 'gpu';
  features: string[];
  /** Bytes a plan may take. */
  memoryBudget: number;
  limits: Record<string, number>;
}

/** What a configuration will cost, known before anything is allocated. */
export interface PlanSummary {
  bytes: { weights: number; optimizer: number; train: number; evaluate: number; total: number };
  /** Largest buffers first, at most three. */
  largest: { label: string; bytes: number }[];
  dispatchesPerStep: number;
  parameters: { trainable: number; total: number };
  model: { layers: number; heads: number; width: number; vocabulary: number };
  /** Layers below the first dropped one: computed once for both passes, or (`cached`) once for every training row. */
  shared: { layers: number; cached: boolean };
  /** Tokens a row is padded to. */
  tokens: number;
}

export interface Scores {
  /** Cross-entropy in nats (a scored token, for text) without smoothing, or mean squared error. Dropout off. */
  loss: number;
  /** Accuracy (0…1), Pearson correlation, or perplexity. */
  metric: number;
}

export interface PreviewRow {
  text: string;
  pair?: string;
  /** What a language model is to write after `text`. */
  completion?: string;
  label: number;
}

export type FromEngine =
  | { type: 'ready'; device: DeviceInfo }
  | { type: 'planned'; config: RunConfig; summary: PlanSummary }
  | { type: 'compiling'; done: number; of: number }
  /** `step`: 0, or where a resumed run goes on. */
  | { type: 'started'; runId: RunId; step: number; summary: PlanSummary }
  /** Per-step values of steps `from` … `from + length − 1`, all arrays of equal length. `consistency` is zero without a second pass. */
  | { type: 'points'; runId: RunId; from: number; crossEntropy: Float32Array; consistency: Float32Array; gradientNorm: Float32Array; learningRate: Float32Array; seconds: Float32Array }
  /** After `step` optimizer steps; both with dropout off. `train` is a fixed sample of the training rows, with the labels trained on. */
  | { type: 'evaluated'; runId: RunId; step: number; heldOut: Scores; train: Scores; seconds: number }
  | { type: 'changed'; runId: RunId; change: Change }
  | { type: 'refused'; runId: RunId; field: string; to: unknown; sentence: string }
  | { type: 'inspected'; runId: RunId; step: number; at: InspectionPlace; attention: AttentionView }
  | { type: 'paused'; runId: RunId; step: number }
  | { type: 'resumed'; runId: RunId; step: number }
  | { type: 'finished'; runId: RunId; step: number; seconds: number }
  /** A file in the safetensors format; `step` optimizer steps are in it. */
  | { type: 'saved'; runId: RunId; step: number; file: Uint8Array<ArrayBuffer> }
  | { type: 'tested'; runId: RunId; step: number; scores: Scores; rows: number }
  | { type: 'previewed'; task: RunConfig['data']['task']; title: string; description: string; mirrors: string; citation: string; labels: string[]; training: PreviewRow[]; heldOut: PreviewRow[]; counts: { training: number; validation: number; test: number } }
  | { type: 'fault'; runId?: RunId; fault: Fault };

/** Clean attention of one sentence in one head. The page draws masks itself, from the twin of the WGSL. */
export interface AttentionView {
  /** n display strings, special tokens included. */
  tokens: string[];
  /** Scaled logits, row-major [n, n]: query down, key across. */
  logits: Float32Array;
  /**
   * What the masks of this sentence are drawn with: it counts as sample `sample` of a batch whose rows are `width` tokens wide, of which
   * `tokens` are real; `hidden` is the width of the hidden states (masks.md). In a causal model a query sees no later key.
   */
  mask: { seed: number; sample: number; heads: number; width: number; tokens: number; hidden: number; causal: boolean };
}
