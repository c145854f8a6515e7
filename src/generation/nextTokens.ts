/** What a strategy asks of a model: the logits of the next token of each row. Whether keys and values are kept is the model's own affair. */
export interface NextTokens {
  /** Samples of a step: B prompts × N beams. */
  readonly samples: number;
  readonly beams: number;
  readonly vocabulary: number;
  /**
   * Reads prompts, one a row, and forgets what was before. Up to B of them.
   * @returns (B, vocabulary), valid until the next call
   */
  fill(prompts: readonly ArrayLike<number>[]): Promise<Float32Array>;
  /**
   * Adds a token to each sample.
   * @param tokens (S)
   * @param parents (S) the sample whose text each of them continues; left out: its own
   * @returns (S, vocabulary), valid until the next call
   */
  step(tokens: ArrayLike<number>, parents?: ArrayLike<number>): Promise<Float32Array>;
}
