/** Self-attention with masks before the softmax (DropKey) and after it (DropAttention). */
import type { CaseRule } from './case';
import { assemble, cut, detach, divide, type Matrix, matrix, multiply, product, scale, sumOfRows, transpose } from './autograd';
import { softmax } from './functions';

/** Row i of a [T,T] mask left without any true entry. */
const isEmpty = (mask: boolean[], row: number, width: number) => !mask.slice(row * width, (row + 1) * width).some(Boolean);

/**
 * One head: [T,d] each → [T,d].
 * @param allowed which keys exist, [T]: where there is none, each query sees itself; @param logits, weights the drawn keep masks [T,T], absent where nothing is dropped
 */
function attendOneHead(
  query: Matrix, key: Matrix, value: Matrix, allowed: boolean[], logits: boolean[] | undefined, weights: { keep: boolean[]; rule: CaseRule } | undefined,
): Matrix {
  const width = query.rows;
  const scaled = scale(product(query, transpose(key)), 1 / Math.sqrt(query.columns));
  const some = allowed.some(Boolean);
  const permitted = Array.from({ length: width * width }, (_, i) => (some ? allowed[i % width] : i % width === Math.floor(i / width)));
  const both = permitted.map((one, i) => one && (logits?.[i] ?? true));
  // A mask that leaves a query no key is not applied to that query.
  const left = both.map((one, i) => (isEmpty(both, Math.floor(i / width), width) ? permitted[i] : one));
  const attention = softmax(scaled, left);
  if (!weights) return product(attention, value);

  const { keep, rule } = weights;
  const drawn = left.map((one, i) => one && keep[i]);
  const whole = Array.from({ length: width }, (_, row) => isEmpty(drawn, row, width));
  const mask = matrix(width, width, keep.map((one, i) => (one || whole[Math.floor(i / width)] ? 1 : 0)));
  const masked = multiply(attention, mask);
  const compensation = rule.compensation ?? 'normalize_stopgrad';
  if (compensation === 'none') return product(masked, value);
  if (compensation === 'rescale') {
    const factors = matrix(width, 1, whole.map((one) => (one ? 1 : 1 / (1 - rule.p))));
    return product(multiply(masked, factors), value);
  }
  const sum = sumOfRows(masked);
  return product(divide(masked, compensation === 'normalize' ? sum : detach(sum)), value);
}

/** Masks [B,H,T,T] of a layer, absent where nothing is dropped there. */
export interface AttentionMasks {
  logits?: boolean[];
  weights?: { keep: boolean[]; rule: CaseRule };
}

/**
 * query, key, value [B·T, D] → [B·T, D].
 * @param tokens real tokens of each sample: the keys that may be seen
 */
export function attend(query: Matrix, key: Matrix, value: Matrix, tokens: number[], heads: number, masks: AttentionMasks): Matrix {
  const width = query.rows / tokens.length;
  const channels = query.columns / heads;
  const pieces = tokens.flatMap((count, sample) => Array.from({ length: heads }, (_, head) => {
    const corner = { row: sample * width, column: head * channels };
    const from = (sample * heads + head) * width * width;
    const ownPart = (mask: boolean[]) => mask.slice(from, from + width * width);
    const piece = attendOneHead(
      cut(query, corner, width, channels), cut(key, corner, width, channels), cut(value, corner, width, channels),
      Array.from({ length: width }, (_, place) => place < count),
      masks.logits && ownPart(masks.logits), masks.weights && { ...masks.weights, keep: ownPart(masks.weights.keep) },
    );
    return { piece, corner };
  }));
  return assemble(query.rows, query.columns, pieces);
}
