/** Masks of attention that are set by hand, by the rules of masks.md, and what is made of the outputs under them. Pure. */
import type { DeletionOrder } from '../protocol/keyMessages';
import { word } from '../random/words';

/** What is added to the logit of a dropped key: far below any logit, and finite, as WGSL wants it. Its weight is exactly 0. */
const FORCED = -1e9;

/** One row of tokens in one layer's attention. */
export interface Extent {
  heads: number;
  /** Tq of the layer: all rows, or the one that the head reads. */
  queries: number;
  /** Tokens a row is padded to, and those that are real. */
  width: number;
  tokens: number;
  /** Virtual tokens in front: as rows, and as keys. */
  virtual: { rows: number; keys: number };
  causal: boolean;
}

/** The number of the token that a query is; below 0 a virtual one. A single query is that which the head reads. */
export function queryToken({ queries, tokens, virtual, causal, width }: Extent, query: number): number {
  const all = queries === virtual.rows + width;
  if (all) return query - virtual.rows;
  return causal ? tokens - 1 : -virtual.rows;
}

/** Keys among the real tokens that a token sees: the first so many. */
const seen = ({ causal, tokens }: Extent, token: number): number => (causal ? Math.min(tokens, token + 1) : tokens);

/** Writes what is added to the logits of one sample, (H,Tq,Tk). A query that would be left without any key keeps them all. */
export function forceMask(extent: Extent, isDropped: (head: number, key: number) => boolean, into: Float32Array): void {
  const { heads, queries, virtual, width, tokens } = extent;
  const keys = virtual.keys + width;
  into.fill(0);
  for (let head = 0; head < heads; head++) {
    const gone = Array.from({ length: tokens }, (_, key) => key).filter((key) => isDropped(head, key));
    if (gone.length === 0) continue;
    for (let query = 0; query < queries; query++) {
      const token = queryToken(extent, query);
      const sees = seen(extent, token);
      if (token < 0 || token >= tokens || (virtual.keys === 0 && gone.filter((key) => key < sees).length >= sees)) continue;
      for (const key of gone) into[(head * queries + query) * keys + virtual.keys + key] = FORCED;
    }
  }
}

/** Mean weight that the real queries which see a key give it, heads × tokens, from scaled logits (H,Tq,Tk). */
export function meanWeights(extent: Extent, logits: Float32Array): number[][] {
  const { heads, queries, virtual, width, tokens } = extent;
  const keys = virtual.keys + width;
  return Array.from({ length: heads }, (_, head) => {
    const sums = new Array<number>(tokens).fill(0);
    const counts = new Array<number>(tokens).fill(0);
    for (let query = 0; query < queries; query++) {
      const token = queryToken(extent, query);
      const isReal = token >= 0 && token < tokens;
      // The only query may be a virtual one, which sees every token.
      if (!isReal && queries > 1) continue;
      const until = virtual.keys + (isReal ? seen(extent, token) : tokens);
      const row = logits.subarray((head * queries + query) * keys, (head * queries + query) * keys + until);
      const highest = row.reduce((one, other) => Math.max(one, other), -Infinity);
      const powers = Array.from(row, (logit) => Math.exp(logit - highest));
      const whole = powers.reduce((one, other) => one + other, 0);
      for (let key = 0; key < until - virtual.keys; key++) {
        sums[key] += powers[virtual.keys + key] / whole;
        counts[key] += 1;
      }
    }
    return sums.map((sum, key) => (counts[key] ? sum / counts[key] : 0));
  });
}

/** Probability of one of the outputs, and its log odds; without an `answer` both are the score itself. */
export function follow(outputs: ArrayLike<number>, answer: number | undefined): { output: number; odds: number } {
  if (answer === undefined) return { output: outputs[0], odds: outputs[0] };
  let highest = -Infinity;
  for (let index = 0; index < outputs.length; index++) if (index !== answer) highest = Math.max(highest, outputs[index]);
  let others = 0;
  for (let index = 0; index < outputs.length; index++) if (index !== answer) others += Math.exp(outputs[index] - highest);
  const odds = outputs[answer] - highest - Math.log(others);
  return { output: 1 / (1 + Math.exp(-odds)), odds };
}

/** The keys of a row in the order in which they go. @param changes by how much the loss of each alone moves the answer's log odds, or a score */
export function deletionOrder(order: DeletionOrder, { weights, changes, scored, seed }: { weights: readonly number[]; changes: readonly number[]; scored: boolean; seed: number }): number[] {
  const by: Record<DeletionOrder, (key: number) => number> = {
    weight: (key) => weights[key],
    // What costs the answer most; of a score what moves it most, wherever to.
    effect: (key) => (scored ? Math.abs(changes[key]) : -changes[key]),
    random: (key) => word(seed, 0, 0, key),
  };
  return weights.map((_, key) => key).sort((one, other) => by[order](other) - by[order](one) || one - other);
}

/** How many of a row's keys are dropped at a share; one is always left. */
export const deletedAt = (share: number, tokens: number): number => Math.min(tokens - 1, Math.round(share * tokens));
