/** What turns one piece of text into ids. */
export interface Model {
  /** Number of tokens, as the library counts them. */
  readonly size: number;
  idOf(token: string): number | undefined;
  /** All tokens with their ids. */
  entries(): Iterable<readonly [string, number]>;
  /** @throws where the piece has no token and the model no unknown token */
  tokenize(text: string): number[];
}
