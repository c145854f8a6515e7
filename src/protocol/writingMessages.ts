/** Texts that a decoder writes while it learns: behind held-out prompts, and behind a person's own. */
import type { RunId } from './runMessages';

/** How a text is written, as `generate` of transformers has it; what is left out is the model's, or transformers' own. */
export interface WritingOptions {
  maxNewTokens?: number;
  /** N; 1: no beam search. */
  beams?: number;
  /** A beam's score is the sum of its log-probabilities over its number of new tokens to this power. */
  lengthPenalty?: number;
  earlyStopping?: boolean | 'never';
  /** No n tokens in a row may come twice, those of the prompt counted; 0: no such rule. */
  noRepeatNgram?: number;
  /** Scores of tokens that are there already are divided, negative ones multiplied, by this; 1: not at all. */
  repetitionPenalty?: number;
  /** Any of these four asks for a draw. */
  temperature?: number;
  /** Only the k most probable tokens; 0: all. */
  topK?: number;
  /** Only the most probable tokens whose probabilities add up to p; 1: all. */
  topP?: number;
  seed?: number;
}

export interface WrittenToken {
  /** What it adds to the text; empty for a special token, and for all but the last of those that are one character together. */
  text: string;
  /** What the model gave it, 0…1, before any penalty or temperature. */
  probability: number;
}

export interface WrittenText {
  prompt: string;
  /** What a person wrote there; known of held-out rows. */
  reference?: string;
  text: string;
  tokens: WrittenToken[];
  finished: 'end token' | 'length';
}

export type WritingCommand =
  /** Write behind these prompts with the weights as they are now; training waits meanwhile. Answers `wrote`, or `unwritten` with the reason. */
  | { type: 'write'; runId: RunId; request: number; prompts: string[]; options: WritingOptions }
  /**
   * From now on, and now: at every evaluation write behind the first `rows` held-out prompts, or, of a model that does not write, say what it makes
   * of the held-out rows (`predicted`). Null: stop. Holds for runs to come too.
   */
  | { type: 'follow'; rows: number | null; options: WritingOptions };

export type WritingEvent =
  /** With the weights after `step` optimizer steps. `request` as asked; undefined where held-out prompts are followed. */
  | { type: 'wrote'; runId: RunId; step: number; request?: number; texts: WrittenText[] }
  | { type: 'unwritten'; runId: RunId; request?: number; sentence: string };
