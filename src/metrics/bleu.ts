/** BLEU (Papineni et al. 2002, doi 10.3115/1073083.1073135) over a corpus, in the two forms that papers report. */
import { checkSegments, greatestCounts, ngramCounts, type Segment } from './ngrams';

export interface BleuOptions {
  /** Longest run of words that is counted. */
  order?: number;
  /**
   * What a missing match counts as: `none` makes the score 0; `exp` halves, quarters … (mteval-v13a and sacreBLEU's default); `floor` takes
   * `value` matches; `add` adds `value` to counts from pairs of words on.
   */
  smoothing?: 'none' | 'exp' | 'floor' | 'add';
  value?: number;
  /** Count only as far as the text is long: for single sentences. */
  effective?: boolean;
}

export interface Bleu {
  /** 0…1. */
  score: number;
  /** Matched and all runs of 1 … `order` words. */
  matches: number[];
  totals: number[];
  /** exp(1 − references / text) where the text is shorter, else 1. */
  brevity: number;
  length: number;
  /** Sum over segments of the length of the reference whose length is closest; the shorter of two. */
  referenceLength: number;
}

function closestLength(length: number, references: readonly (readonly string[])[]): number {
  return references.map((reference) => reference.length).reduce((best, one) => {
    const [nearer, as] = [Math.abs(one - length), Math.abs(best - length)];
    return nearer < as || (nearer === as && one < best) ? one : best;
  });
}

/** @throws RangeError where there is no segment, or one without a reference */
export function bleu(segments: readonly Segment[], { order = 4, smoothing = 'exp', value, effective = false }: BleuOptions = {}): Bleu {
  checkSegments(segments);
  const matches = new Array<number>(order).fill(0);
  const totals = new Array<number>(order).fill(0);
  let [length, referenceLength] = [0, 0];
  for (const { hypothesis, references } of segments) {
    length += hypothesis.length;
    referenceLength += closestLength(hypothesis.length, references);
    for (let n = 1; n <= order; n++) {
      const greatest = greatestCounts(references, n);
      for (const [run, count] of ngramCounts(hypothesis, n)) {
        totals[n - 1] += count;
        matches[n - 1] += Math.min(count, greatest.get(run) ?? 0);
      }
    }
  }
  const brevity = length >= referenceLength ? 1 : length === 0 ? 0 : Math.exp(1 - referenceLength / length);
  return { score: brevity * meanPrecision(matches, totals, { order, smoothing, value, effective }), matches, totals, brevity, length, referenceLength };
}

/** Geometric mean of the precisions; 0 where one of them is. */
function meanPrecision(matches: number[], totals: number[], { order, smoothing, value, effective }: Required<Omit<BleuOptions, 'value'>> & { value?: number }): number {
  if (matches.every((count) => count === 0)) return 0;
  let [sum, used, halved] = [0, order, 1];
  for (let n = 0; n < order; n++) {
    let [match, total] = [matches[n], totals[n]];
    if (smoothing === 'add' && n > 0) {
      match += value ?? 1;
      total += value ?? 1;
    }
    if (total === 0) {
      if (!effective) return 0;
      used = n;
      break;
    }
    if (effective) used = n + 1;
    if (match === 0) {
      if (smoothing === 'exp') {
        halved *= 2;
        match = 1 / halved;
      } else if (smoothing === 'floor') match = value ?? 0.1;
      else return 0;
    }
    sum += Math.log(match / total);
  }
  return Math.exp(sum / used);
}
