/** TypeScript twin of `shaders/lib/masks.wgsl`: which elements a dropout site keeps. Normative text: masks.md. */
import type { Pattern, Position } from '../config/dropout';
import { word } from './words';

/** `kind` of a site; the LoRA positions add the number of their target. */
export const KIND: Record<Position, number> = { logits: 1, weights: 2, hidden: 3, ffn_inner: 4, embedding: 5, output: 6, lora_input: 16, lora_rank: 48 };

/** Number of a LoRA target within its kind. */
export const TARGET: Record<string, number> = { q: 0, k: 1, v: 2, o: 3, gate: 4, up: 5, down: 6, qkv: 7 };

/** site = branch << 24 | kind << 16 | layer. */
export function siteOf(position: Position, layer: number, branch: number, target?: string): number {
  const kind = KIND[position] + (target === undefined ? 0 : TARGET[target]);
  return ((branch << 24) | (kind << 16) | layer) >>> 0;
}

/** A word is kept when it is at least this: floor(p · 2^32), in float64. 0 keeps everything. */
export function thresholdOf(p: number): number {
  if (!(p >= 0 && p < 1)) throw new RangeError(`dropout: rate ${p} is outside 0 ≤ p < 1; choose a rate below 1`);
  return Math.floor(p * 2 ** 32);
}

/** Tokens that a span drops from a sample of n real tokens; 0 for p = 0. */
export function spanLength(p: number, n: number): number {
  return p === 0 ? 0 : Math.max(1, Math.floor(p * n + 0.001));
}

/** Where and when a mask is drawn. */
export interface MaskMoment {
  seed: number;
  step: number;
  site: number;
}

/** First dropped token of the span of row `row` (a sample, or a sample's head), given n real tokens and the span's length. */
export function spanStart(at: MaskMoment, row: number, n: number, length: number): number {
  return word(at.seed, at.step, at.site, row) % (n - length + 1);
}

/**
 * Whether one entry of an attention matrix is kept, before the rule that no query is left without keys.
 * @param index sample b, head h, query i, key j; `heads`, `queries` and `keys` are the extents of [B,H,T,S]; `n` the sample's real tokens
 */
export function keepAttention(
  at: MaskMoment, pattern: Pattern, p: number,
  index: { sample: number; head: number; query: number; key: number },
  extent: { heads: number; queries: number; keys: number; n: number },
): boolean {
  if (p === 0) return true;
  const row = index.sample * extent.heads + index.head;
  if (pattern === 'span') {
    const length = spanLength(p, extent.n);
    if (length > extent.n) return true;
    const start = spanStart(at, row, extent.n, length);
    return index.key < start || index.key >= start + length;
  }
  const position = pattern === 'column' ? row * extent.keys + index.key : (row * extent.queries + index.query) * extent.keys + index.key;
  return word(at.seed, at.step, at.site, position) >= thresholdOf(p);
}

/**
 * Whether one entry of a [B,T,width] activation is kept.
 * @param index sample b, token t, channel c; `n` is the sample's number of real tokens
 */
export function keepToken(
  at: MaskMoment, pattern: Pattern, p: number,
  index: { sample: number; token: number; channel: number },
  extent: { tokens: number; width: number; n: number },
): boolean {
  if (p === 0) return true;
  if (pattern === 'span') {
    const length = spanLength(p, extent.n);
    if (length > extent.n) return true;
    const start = spanStart(at, index.sample, extent.n, length);
    return index.token < start || index.token >= start + length;
  }
  const row = index.sample * extent.tokens + index.token;
  return word(at.seed, at.step, at.site, pattern === 'column' ? row : row * extent.width + index.channel) >= thresholdOf(p);
}
