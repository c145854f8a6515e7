/** Pure: the masks and attention pictures of one sentence, from the TypeScript twin of the kernels. No GPU is asked. */
import { type Compensation, defaultCompensation, type DropoutRule, type Position } from '../config/dropout';
import { keepAttention, keepToken, siteOf } from '../random/masks';

/** Which draw: the run's seed, the optimizer step, the layer; the first pass unless told. */
export interface Draw {
  seed: number;
  step: number;
  layer: number;
  branch?: number;
}

export interface AttentionPlace {
  /** Index of the sentence in its batch. */
  sample: number;
  head: number;
  heads: number;
  /** Width of the batch: what indices are counted in. */
  tokens: number;
  /** Real tokens of the sentence. */
  n: number;
  /** Whether a query sees no later key. */
  causal?: boolean;
  /** Whether virtual tokens stand in front: their keys are never dropped, so no query can lose all. */
  virtual?: boolean;
}

export interface AttentionMask {
  /** [n, n], query down, key across: 1 kept (or never seen), 0 dropped. */
  keep: Uint8Array;
  /** Queries that would have lost every key, so that the mask is not applied to them. */
  spared: boolean[];
}

const isActive = (rule: DropoutRule | undefined, layer: number): rule is DropoutRule => rule !== undefined && rule.p > 0 && layer >= (rule.fromLayer ?? 0);

/** [n, n], query down, key across: 1 where the query sees the key, dropout aside. */
export function allowedKeys(n: number, causal: boolean): Uint8Array {
  return new Uint8Array(n * n).map((_, index) => (causal && index % n > Math.floor(index / n) ? 0 : 1));
}

/** Where both say 1. */
export const both = (a: Uint8Array, b: Uint8Array) => a.map((value, index) => value & b[index]);

/**
 * The mask at the logits or the weights, with the rule that a query is never left without keys.
 * @param left at the weights: the keys that the logits mask has left
 */
export function attentionMask(position: 'logits' | 'weights', rule: DropoutRule | undefined, draw: Draw, place: AttentionPlace, left?: AttentionMask): AttentionMask {
  const { n } = place;
  const keep = new Uint8Array(n * n).fill(1);
  const spared = Array<boolean>(n).fill(false);
  if (!isActive(rule, draw.layer)) return { keep, spared };
  const at = { seed: draw.seed, step: draw.step, site: siteOf(position, draw.layer, draw.branch ?? 0) };
  const extent = { heads: place.heads, queries: place.tokens, keys: place.tokens, n };
  for (let query = 0; query < n; query++) {
    let survivors = 0;
    for (let key = 0; key < (place.causal ? query + 1 : n); key++) {
      const kept = keepAttention(at, rule.pattern, rule.p, { sample: place.sample, head: place.head, query, key }, extent);
      keep[query * n + key] = kept ? 1 : 0;
      if (kept && (!left || left.keep[query * n + key])) survivors += 1;
    }
    if (survivors === 0 && !place.virtual) {
      spared[query] = true;
      keep.fill(1, query * n, (query + 1) * n);
    }
  }
  return { keep, spared };
}

/** Row-wise softmax over the kept entries of an [n, n] matrix; dropped entries are 0. */
export function softmaxKept(logits: ArrayLike<number>, keep: Uint8Array, n: number): Float64Array {
  const weights = new Float64Array(n * n);
  for (let query = 0; query < n; query++) {
    const start = query * n;
    let largest = -Infinity;
    for (let key = 0; key < n; key++) if (keep[start + key]) largest = Math.max(largest, logits[start + key]);
    let sum = 0;
    for (let key = 0; key < n; key++) {
      if (!keep[start + key]) continue;
      weights[start + key] = Math.exp(logits[start + key] - largest);
      sum += weights[start + key];
    }
    // With every key gone, all weight is on virtual keys, which are not shown.
    for (let key = 0; key < n && sum > 0; key++) weights[start + key] /= sum;
  }
  return weights;
}

/** What a mask after the softmax makes of the weights. */
export function maskWeights(weights: Float64Array, mask: AttentionMask, rule: DropoutRule, n: number): Float64Array {
  const compensation: Compensation = rule.compensation ?? defaultCompensation('weights', rule.pattern);
  const result = new Float64Array(n * n);
  for (let query = 0; query < n; query++) {
    const start = query * n;
    let sum = 0;
    for (let key = 0; key < n; key++) sum += mask.keep[start + key] ? weights[start + key] : 0;
    const factor = mask.spared[query] || compensation === 'none' ? 1 : compensation === 'rescale' ? 1 / (1 - rule.p) : sum > 0 ? 1 / sum : 0;
    for (let key = 0; key < n; key++) result[start + key] = mask.keep[start + key] ? weights[start + key] * factor : 0;
  }
  return result;
}

/** [n, channels] of a [tokens, width] activation: 1 kept, 0 dropped. `channels` may show fewer than there are. */
export function tokenMask(
  position: Position, rule: DropoutRule | undefined, draw: Draw,
  place: { sample: number; tokens: number; width: number; n: number }, channels: number, target?: string,
): Uint8Array {
  const { n } = place;
  const keep = new Uint8Array(n * channels).fill(1);
  if (!isActive(rule, draw.layer)) return keep;
  const at = { seed: draw.seed, step: draw.step, site: siteOf(position, draw.layer, draw.branch ?? 0, target) };
  for (let token = 0; token < n; token++) {
    for (let channel = 0; channel < channels; channel++) {
      keep[token * channels + channel] = keepToken(at, rule.pattern, rule.p, { sample: place.sample, token, channel }, place) ? 1 : 0;
    }
  }
  return keep;
}

/** Tokens that are wholly dropped: as a key for every query that sees it (`allowed`), or in all their channels. */
export function droppedTokens(keep: Uint8Array, n: number, by: 'key' | 'row', allowed?: Uint8Array): boolean[] {
  const other = keep.length / n;
  return Array.from({ length: n }, (_, token) => {
    for (let index = 0; index < other; index++) {
      const at = by === 'key' ? index * n + token : token * other + index;
      if (keep[at] && allowed?.[at] !== 0) return false;
    }
    return true;
  });
}
