/** A model without arithmetic: the logits of the next token are a row of a table. */
import type { NextTokens } from '../nextTokens';

export class TableModel implements NextTokens {
  readonly vocabulary: number;
  readonly samples: number;
  /** How often a token was asked for. */
  steps = 0;

  constructor(private readonly table: readonly (readonly number[])[], prompts: number, readonly beams: number) {
    this.vocabulary = table.length;
    this.samples = prompts * beams;
  }

  private rows(tokens: readonly number[]): Promise<Float32Array> {
    return Promise.resolve(Float32Array.from(tokens.flatMap((token) => this.table[token])));
  }

  fill(prompts: readonly ArrayLike<number>[]): Promise<Float32Array> {
    return this.rows(prompts.map((ids) => ids[ids.length - 1]));
  }

  step(tokens: ArrayLike<number>): Promise<Float32Array> {
    this.steps++;
    return this.rows(Array.from(tokens));
  }
}
