/** What it changes in a model's output when keys are dropped from its attention: asked for while a run stands still. */
import type { InspectionPlace } from './inspectionMessages';
import type { RunId } from './runMessages';

/** Where each key of a row was dropped by itself. Arrays have an entry a token. */
export interface KeyPlace {
  /** Left out: all layers. */
  layer?: number;
  /** Left out: all heads. */
  head?: number;
  /** Mean weight (0…1) that the queries which see the key give it there, with every key in place. */
  weights: number[];
  /** The followed probability (0…1), or score of a regression, without the key. */
  outputs: number[];
  /** How far that moved the log odds of the answer, or the score. */
  changes: number[];
}

/** Of one held-out row; of a language model its prompt. */
export interface KeyEffects {
  tokens: string[];
  /** What the model answers with every key in place, a class or the next token: its probability is followed. Left out for a regression. */
  answer?: string;
  /** Its probability, or the score. */
  clean: number;
  /** Every head of the layer asked for, then the whole layer, then all layers. */
  places: KeyPlace[];
}

export const DELETION_ORDERS = ['effect', 'weight', 'random'] as const;
/** Which keys go first: those whose loss alone costs the answer most, those that get the largest weights, or any. */
export type DeletionOrder = (typeof DELETION_ORDERS)[number];

/** More and more keys dropped from all layers and heads, means over held-out rows. */
export interface DeletionCurve {
  rows: number;
  /** Share of a row's keys that are dropped, from 0. */
  shares: number[];
  /** Mean probability of each row's own answer, or of a regression the mean distance from the score with every key. */
  means: Record<DeletionOrder, number[]>;
  followed: 'probability' | 'distance';
}

export type KeyCommand =
  /** Drops each key of a row by itself. Answers `keys_dropped`, or `keys_kept` with the reason. */
  | { type: 'drop_keys'; runId: RunId; request: number; at: InspectionPlace }
  /** Drops more and more keys of the first `rows` held-out rows. Answers `keys_deleted`, or `keys_kept`. */
  | { type: 'delete_keys'; runId: RunId; request: number; rows: number };

export type KeyEvent =
  | { type: 'keys_dropped'; runId: RunId; request: number; step: number; at: InspectionPlace; effects: KeyEffects }
  | { type: 'keys_deleted'; runId: RunId; request: number; step: number; curve: DeletionCurve }
  | { type: 'keys_kept'; runId: RunId; request: number; sentence: string };
