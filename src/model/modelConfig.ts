/** The sizes of a model, whatever it is built like. */
export type Problem = 'classification' | 'regression' | 'language_model';

/** A checkpoint's sizes, in one shape for every architecture. */
export interface ModelConfig {
  architecture: string;
  /** Rows of the token embedding. */
  vocabulary: number;
  /** Width D of the residual stream. */
  hidden: number;
  layers: number;
  /** Query heads. */
  heads: number;
  /** Key/value heads; each serves heads / keyValueHeads query heads. */
  keyValueHeads: number;
  /** Width d of a head. */
  headSize: number;
  /** Width of the feed-forward block. */
  inner: number;
  /** Rows of the position embedding, or the longest sequence of rotary positions. */
  positions: number;
  /** Rows of the token type embedding, of which only row 0 is used; 0 where there is none. */
  types: number;
  padId: number;
  normEpsilon: number;
  /** Base of the rotary angles; 0 where positions are learned. */
  ropeTheta: number;
  /** Whether a query sees only the keys up to its own place. */
  causal: boolean;
  /** Whether the language-model head is the token embedding. */
  tied: boolean;
  /** Outputs of the head: classes, 1 for a regression; unused by a language model, whose outputs are the vocabulary. */
  labels: number;
  problem: Problem;
}
