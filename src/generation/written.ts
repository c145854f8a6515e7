/** What comes out of writing. */
export interface Written {
  /** New tokens, the end token included. */
  ids: number[];
  finished: 'end token' | 'length';
  /** Log-probability of each new token by the model, before any penalty or temperature. */
  scores: number[];
  /** Their sum; of a beam what it was ranked by: its sum, penalties included, over its number of new tokens to the power of the length penalty. */
  score: number;
}

/** One text to write. */
export interface Prompt {
  ids: readonly number[];
  /** Most new tokens. */
  most: number;
  /** Its number among all prompts, so that what is drawn for it does not depend on what is written beside it. */
  number: number;
}
