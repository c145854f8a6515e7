/** What a classifier or a regression makes of single rows: of the held-out ones at evaluations, and of a person's own. */
import type { RunId } from './runMessages';

export interface PredictedRow {
  text: string;
  pair?: string;
  /** Class, or score of a regression; undefined where nobody has said. */
  truth?: number;
  /** Probabilities of the classes; of a regression its one score. */
  outputs: number[];
}

/** How sure a classifier is beside how often it is right: expected calibration error (0…1), and intervals of equal width of confidence. */
export interface Calibration {
  error: number;
  rows: number;
  bins: { rows: number; confidence: number; accuracy: number }[];
}

export type PredictionCommand =
  /** Reads a text with the weights as they are now. Answers `predicted`, or `unwritten` with the reason. Rows of evaluations come where somebody follows them. */
  { type: 'classify'; runId: RunId; request: number; text: string; pair?: string };

export type PredictionEvent =
  /** With the weights after `step` optimizer steps. `request` as asked; undefined for the held-out rows of an evaluation. `labels` names the classes. `calibration`: of the held-out rows of a classifier. */
  { type: 'predicted'; runId: RunId; step: number; request?: number; labels: string[]; rows: PredictedRow[]; calibration?: Calibration };
