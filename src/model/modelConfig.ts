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
  /** `pad_token_id`; absent where there is none. A negative one counts from the end of the table. */
  padId?: number;
  normEpsilon: number;
  /** Base of the rotary angles; 0 where positions are learned. */
  ropeTheta: number;
  /** Whether a query sees only the keys up to its own place. */
  causal: boolean;
  /** Whether the language-model head is the token embedding. As `config.json` has it, until a file has been read: what it holds decides. */
  tied: boolean;
  /** Outputs of the head: classes, 1 for a regression; unused by a language model, whose outputs are the vocabulary. */
  labels: number;
  problem: Problem;
}

/** The row of a table of `rows` that nn.Embedding takes as `padding_idx`: a negative index counts from the end. */
export const paddingRow = (padId: number | undefined, rows: number): number | undefined => (padId !== undefined && padId < 0 ? rows + padId : padId);
