/** What the texts that a decoder writes are worth: scored on all texts that would do, by the scores of the literature. */
import type { RunId } from './runMessages';
import type { WritingOptions } from './writingMessages';

/** What each number is, is said by `DEFINITIONS` of `metrics/textScores.ts` and docs/metrics.md. */
export interface TextScores {
  BLEU: number;
  NIST: number;
  METEOR: number;
  ROUGE_L: number;
  CIDEr: number;
  TER: number;
}

/** Where rows are of kinds that training rows have, and of others: each apart, and together. */
export const SCORE_GROUPS = ['all', 'seen', 'unseen'] as const;
export type ScoreGroup = (typeof SCORE_GROUPS)[number];

/** A prompt with all texts that would do. */
export interface Referenced {
  prompt: string;
  references: string[];
  /** Whether training rows have its kind of thing; left out where the data do not say. */
  seen?: boolean;
}

export interface ScoredTexts {
  /** Optimizer steps behind the weights. */
  step: number;
  /** One a prompt, on one line each, as they were scored. */
  texts: string[];
  /** `seen` and `unseen` only where there are rows of both. */
  scores: { all: TextScores } & Partial<Record<ScoreGroup, TextScores>>;
}

export interface WrittenScores {
  /** The first ones of the test rows; rows of one prompt are one. */
  prompts: Referenced[];
  /** Prompts that the test rows have in all. */
  of: number;
  /** How they were written, the greatest number of new tokens included. */
  options: WritingOptions;
  /** Of the weights that the run began with; left out where those are not known any more. */
  before?: ScoredTexts;
  after: ScoredTexts;
}

export type ScoreCommand =
  /**
   * Write behind test prompts and score the texts, with the weights of the best evaluation or those of now, and with those of the beginning.
   * Goes on beside whatever else happens. `rows`: how many prompts at most, 0 for all. Answers `scoring` now and then, then `scored` or `unscored`.
   */
  | { type: 'score'; runId: RunId; rows: number; options: WritingOptions; weights: 'best' | 'last' }
  | { type: 'stop_scoring' };

export type ScoreEvent =
  /** `done` of `of` texts are written. */
  | { type: 'scoring'; runId: RunId; done: number; of: number }
  | { type: 'scored'; runId: RunId; scores: WrittenScores }
  /** `sentence`: why; left out where somebody stopped it. */
  | { type: 'unscored'; runId: RunId; sentence?: string };
