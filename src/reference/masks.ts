/**
 * The masks of masks.md, written a second time and from the text alone: whole-number arithmetic of unlimited width, whole masks instead of single
 * elements. `src/random` is the version that twins the kernels; a test holds the two against each other.
 */
import type { CaseRule } from './case';

const ALL = 0xffffffffn;
const MULTIPLIER = 1664525n;
const INCREMENT = 1013904223n;

/** The words of elements 0 … count-1 at one site. */
export function wordsAt(seed: number, step: number, site: number, count: number): number[] {
  const words: number[] = [];
  for (let quarter = 0; words.length < count; quarter++) {
    const v = [seed, step, site, quarter].map((value) => (BigInt(value) * MULTIPLIER + INCREMENT) & ALL);
    const mix = () => {
      v[0] = (v[0] + v[1] * v[3]) & ALL;
      v[1] = (v[1] + v[2] * v[0]) & ALL;
      v[2] = (v[2] + v[0] * v[1]) & ALL;
      v[3] = (v[3] + v[1] * v[2]) & ALL;
    };
    mix();
    v.forEach((value, i) => { v[i] = value ^ (value >> 16n); });
    mix();
    words.push(...v.map(Number));
  }
  return words.slice(0, count);
}

export const POSITION_KIND = { logits: 1, weights: 2, hidden: 3, ffn_inner: 4, embedding: 5, output: 6, lora_input: 16, lora_rank: 48 } as const;
export const TARGET_NUMBER = { q: 0, k: 1, v: 2, o: 3, gate: 4, up: 5, down: 6, qkv: 7 } as const;

/** Which pass of which optimizer step a mask belongs to. */
export interface Moment {
  seed: number;
  step: number;
  branch: 0 | 1;
}

const wordsOf = (moment: Moment, kind: number, layer: number, count: number) =>
  wordsAt(moment.seed, moment.step, moment.branch * 2 ** 24 + kind * 2 ** 16 + layer, count);

const kept = (word: number, p: number) => word >= Math.floor(p * 2 ** 32);

/** For each of `words`, one span: whether each of `width` places is kept. `tokens[i]` is the number of real tokens of the i-th. */
function keptOutsideSpans(words: number[], p: number, tokens: number[], width: number): boolean[] {
  return words.flatMap((word, i) => {
    const length = Math.max(1, Math.floor(p * tokens[i] + 0.001));
    if (length > tokens[i]) return Array<boolean>(width).fill(true);
    const start = word % (tokens[i] - length + 1);
    return Array.from({ length: width }, (_, place) => place < start || place >= start + length);
  });
}

/**
 * Which entries of the attention matrices are kept, [B,H,T,T] row-major, before the rule that no query is left without keys.
 * @param tokens real tokens of each sample; @param width T
 */
export function attentionMask(rule: CaseRule, kind: number, layer: number, moment: Moment, tokens: number[], heads: number, width: number): boolean[] {
  const rows = tokens.length * heads;
  if (rule.pattern === 'element') return wordsOf(moment, kind, layer, rows * width * width).map((word) => kept(word, rule.p));
  const shared = rule.pattern === 'column'
    ? wordsOf(moment, kind, layer, rows * width).map((word) => kept(word, rule.p))
    : keptOutsideSpans(wordsOf(moment, kind, layer, rows), rule.p, tokens.flatMap((n) => Array<number>(heads).fill(n)), width);
  return Array.from({ length: rows * width * width }, (_, i) => shared[Math.floor(i / (width * width)) * width + (i % width)]);
}

/** NEFTune's noise on [B, T, channels], row-major: at each real token an even draw from (−1, 1) times α/√(L·channels). */
export function embeddingNoise(alpha: number, moment: Moment, tokens: number[], width: number, channels: number): number[] {
  return wordsOf(moment, 96, 0, tokens.length * width * channels).map((word, i) => {
    const place = Math.floor(i / channels);
    const real = tokens[Math.floor(place / width)];
    return place % width < real ? (((word + 0.5) / 2 ** 32) * 2 - 1) * (alpha / Math.sqrt(real * channels)) : 0;
  });
}

/** Factors m·ρ of an activation [B, T, channels], row-major. @param width T (1 for the output representation) */
export function activationFactors(rule: CaseRule, kind: number, layer: number, moment: Moment, tokens: number[], width: number, channels: number): number[] {
  const places = tokens.length * width;
  let keep: boolean[];
  if (rule.pattern === 'element') keep = wordsOf(moment, kind, layer, places * channels).map((word) => kept(word, rule.p));
  else {
    const whole = rule.pattern === 'column'
      ? wordsOf(moment, kind, layer, places).map((word) => kept(word, rule.p))
      : keptOutsideSpans(wordsOf(moment, kind, layer, tokens.length), rule.p, tokens, width);
    keep = Array.from({ length: places * channels }, (_, i) => whole[Math.floor(i / channels)]);
  }
  const compensation = rule.compensation ?? (rule.pattern === 'span' ? 'none' : 'rescale');
  const factor = compensation === 'rescale' ? 1 / (1 - rule.p) : 1;
  return keep.map((one) => (one ? factor : 0));
}
