/** A run as it is downloaded, dropped in again and shown recorded on first paint: one format for all three. */
import type { Change, RunConfig } from '../config/config';
import type { RunId, Scores } from './runMessages';
import type { WrittenScores } from './scoreMessages';
import type { WrittenText } from './writingMessages';

export interface WrittenAt {
  step: number;
  texts: WrittenText[];
}

export interface RunRecord {
  format: 'lora-dropout-run';
  version: 1;
  id: RunId;
  /** Made from the configuration; people may rename it. */
  name: string;
  /** ISO date of the start. */
  createdAt: string;
  /** Adapter and profile it was measured on. */
  device: string;
  /** The configuration it started with. */
  config: RunConfig;
  changes: Change[];
  points: {
    step: number[];
    /** Stochastic training cross-entropy (or squared error), without the consistency term. */
    crossEntropy: number[];
    consistency: number[];
    gradientNorm: number[];
    learningRate: number[];
    seconds: number[];
  };
  evaluations: { step: number; heldOut: Scores; train: Scores; seconds: number }[];
  test?: { step: number; scores: Scores; rows: number };
  /** What a decoder wrote behind held-out prompts at the first evaluation that somebody followed, and at the last. */
  texts?: { first: WrittenAt; latest: WrittenAt };
  /** What a decoder's texts behind test prompts are worth, with the texts. */
  scores?: WrittenScores;
}

/** What the header of a saved run's file says that it is: trained tensors and moments, with a RunRecord beside them. */
export const CHECKPOINT_FORMAT = 'lora-dropout-checkpoint';
