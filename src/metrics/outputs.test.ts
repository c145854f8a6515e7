import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accuracy, crossEntropy, f1, languageModelLoss, matthews, pearson, perplexity, predictedClasses, ranks, spearman, squaredError } from './outputs';

describe('losses', () => {
  it('is ln of the number of classes where nothing is known', () => {
    expect(crossEntropy(new Float32Array(6), [0, 2], 3)).toBeCloseTo(Math.log(3), 14);
  });

  it('is exact for large logits', () => {
    expect(crossEntropy([1000, 0, 0, 1000], [0, 1], 2)).toBe(0);
    expect(crossEntropy([1000, 0], [1], 2)).toBe(1000);
    expect(crossEntropy([-1000, -1001], [0], 2)).toBeCloseTo(Math.log(1 + Math.exp(-1)), 12);
  });

  it('averages squares', () => {
    expect(squaredError([1, 2, 3], [1, 4, 0])).toBeCloseTo(13 / 3, 14);
  });
});

describe('language models', () => {
  it('sums over scored tokens alone', () => {
    // Row 1: ln(1 + 2 + 5) − ln 5; row 2 not scored; row 3: ln(1 + 1 + 2) − ln 1.
    const logits = Float32Array.from([0, Math.log(2), Math.log(5), 9, 9, -9, 0, 0, Math.log(2)]);
    const { sum, count } = languageModelLoss(logits, [2, -100, 0], 3);
    expect(count).toBe(2);
    expect(sum).toBeCloseTo(Math.log(8 / 5) + Math.log(4), 6);
  });

  it('is ln of the vocabulary where nothing is known, and its perplexity the vocabulary', () => {
    const { sum, count } = languageModelLoss(new Float32Array(8), Int32Array.of(3, 0), 4);
    expect(perplexity(sum / count)).toBeCloseTo(4, 12);
    expect(perplexity(0)).toBe(1);
    expect(perplexity(1)).toBeCloseTo(2.718281828459045, 14);
  });

  it('is exact for large logits', () => {
    expect(languageModelLoss(Float32Array.of(1000, 0, -1000, 0), [0, 0], 2)).toEqual({ sum: 1000, count: 2 });
  });

  it('counts nothing where nothing is scored, and refuses a label that is no token', () => {
    expect(languageModelLoss(new Float32Array(4), [-100, -100], 2)).toEqual({ sum: 0, count: 0 });
    expect(() => languageModelLoss(new Float32Array(4), [0, 2], 2)).toThrow(/row 1 has a label outside the vocabulary \(2 of 2\)/);
    expect(() => languageModelLoss(new Float32Array(4), [0, -1], 2)).toThrow(/outside the vocabulary/);
    expect(() => languageModelLoss(new Float32Array(5), [0, 1], 2)).toThrow(/not rows of 2/);
  });
});

describe('classification', () => {
  it('takes the largest logit, the first of equals', () => {
    expect(predictedClasses([1, 3, 2, 0, 0, 0, -1, -3, -0.5], 3)).toEqual([1, 0, 2]);
  });

  it('counts', () => {
    expect(accuracy([1, 0, 2, 2], [1, 1, 2, 0])).toBe(0.5);
    // One hit, one false alarm, two misses.
    expect(f1([1, 1, 0, 0, 0], [1, 0, 1, 1, 0])).toBeCloseTo(2 / 5, 14);
    expect(f1([1, 1, 0, 0, 0], [1, 0, 1, 1, 0], 0)).toBeCloseTo(2 / 5, 14);
    expect(matthews([1, 1, 1, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 1, 1])).toBeCloseTo((3 * 3 - 1 * 1) / 16, 14);
  });

  it('gives Matthews its limits and three classes', () => {
    expect(matthews([0, 1, 2, 1], [0, 1, 2, 1])).toBeCloseTo(1, 14);
    expect(matthews([0, 1, 0, 1], [1, 0, 1, 0])).toBeCloseTo(-1, 14);
    // Right 4 of 5; guesses 2 1 2, labels 2 2 1: (4·5 − 8) / √((25 − 9)(25 − 9)).
    expect(matthews([0, 0, 1, 2, 2], [0, 0, 1, 1, 2])).toBeCloseTo((4 * 5 - 8) / 16, 14);
  });

  it('is defined where all predictions, or all labels, are one class', () => {
    expect(matthews([1, 1, 1], [0, 1, 1])).toBe(0);
    expect(matthews([0, 1, 1], [1, 1, 1])).toBe(0);
    expect(matthews([1, 1], [1, 1])).toBe(0);
    expect(f1([0, 0], [0, 0])).toBe(0);
    expect(f1([0, 0], [1, 0])).toBe(0);
    expect(accuracy([1, 1], [1, 0])).toBe(0.5);
  });
});

describe('regression', () => {
  it('correlates', () => {
    expect(pearson([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 14);
    expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 14);
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 14);
    expect(spearman([1, 2, 3, 4], [1, 8, 27, 64])).toBeCloseTo(1, 14);
    expect(spearman([1, 2, 3, 4], [1, 8, 27, 9])).toBeCloseTo(0.8, 14);
  });

  it('lets equal values share ranks', () => {
    expect(ranks([5, 1, 5, 3, 5])).toEqual([4, 1, 4, 2, 4]);
    expect(spearman([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(3) / 2, 14);
  });

  it('is 0 where one side is constant', () => {
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBe(0);
    expect(pearson([1, 2, 3], [0.7, 0.7, 0.7])).toBe(0);
    expect(spearman([2, 2], [1, 2])).toBe(0);
    expect(pearson([4], [4])).toBe(0);
  });

  it('stays within −1 and 1, and finite for tiny spreads', () => {
    const values = Array.from({ length: 50 }, (_, i) => 1e8 + i * 0.1);
    expect(pearson(values, values)).toBeLessThanOrEqual(1);
    expect(pearson([0, 1e-200], [1, 2])).toBe(0);
  });
});

describe('rows', () => {
  it.each([
    ['no row', () => accuracy([], [])],
    ['too few labels', () => pearson([1, 2], [1])],
    ['outputs that fill no row', () => crossEntropy([1, 2, 3], [0], 2)],
    ['too many labels', () => crossEntropy([1, 2], [0, 1], 2)],
    ['no output', () => squaredError([], [])],
  ])('refuses %s', (_, act) => {
    expect(act).toThrow(RangeError);
  });
});

const cases = join(process.env.REFERENCE_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data'), 'metrics', 'glue_metric_cases.json');

/** Real data that is no part of this project; left out where it is not on the machine. */
describe.skipIf(!existsSync(cases))('against scikit-learn and scipy', () => {
  interface Case { name: string; labels: number[]; preds: number[]; accuracy?: number; f1_binary?: number | null; mcc?: number; pearson?: number; spearman?: number }
  const all = existsSync(cases) ? (JSON.parse(readFileSync(cases, 'utf8')) as { cases: Case[] }).cases : [];
  it.each(all)('$name', ({ preds, labels, ...right }) => {
    const given = { accuracy, f1_binary: f1, mcc: matthews, pearson, spearman };
    const compared = Object.entries(given).filter(([name]) => typeof right[name as keyof typeof given] === 'number');
    expect(compared.length).toBeGreaterThan(1);
    for (const [name, metric] of compared) expect(metric(preds, labels), name).toBeCloseTo(right[name as keyof typeof given]!, 12);
  });
});
