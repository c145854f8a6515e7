/** One head against a worked example (four queries, keep mask 1 0 1 1 for every query), and the rule that no query is left without keys. */
import { describe, expect, it } from 'vitest';
import type { Compensation } from '../config/dropout';
import { attend } from './attention';
import { differentiate, type Matrix, matrix, multiply, sumOfAll } from './autograd';

const QUERY = [1, 0.5, -0.5, 1, 0.25, -1, 1, 1];
const KEY = [0.5, -1, 1, 1, -1, 0.5, 0.25, 0.75];
const VALUE = [1, 2, -1, 0.5, 0.5, -0.5, 2, 1];
const OUTWARD = [0.1, -0.2, 0.3, 0.4, -0.5, 0.25, 0.2, 0.1];
const KEEP = Array.from({ length: 16 }, (_, i) => i % 4 !== 1);

/** Gradient of the logits, by masks.md's table: rows are queries. */
const SLOPES: Record<string, number[]> = {
  logits: [-0.073997, 0, 0.040675, 0.033322, 0.064342, 0, -0.267688, 0.203345, 0.129246, 0, -0.030213, -0.099033, 0.00256, 0, -0.06904, 0.06648],
  normalize_stopgrad: [-0.084252, 0.032244, 0.034641, 0.017368, 0.077311, -0.125454, -0.204031, 0.252175, 0.110268, 0.029285, -0.035253, -0.104301, 0.04577, -0.211222, -0.02583, 0.191282],
  rescale: [-0.05855, 0.022408, 0.024073, 0.012069, 0.076002, -0.12333, -0.200577, 0.247905, 0.125437, 0.033314, -0.040102, -0.118648, 0.02776, -0.128111, -0.015666, 0.116017],
};
SLOPES.normalize = SLOPES.logits;

function run(weights?: Compensation) {
  const [query, key, value] = [QUERY, KEY, VALUE].map((values) => matrix(4, 2, values, true));
  const masks = weights ? { weights: { keep: KEEP, rule: { p: 0.25, pattern: 'column' as const, compensation: weights } } } : { logits: KEEP };
  const output = attend(query, key, value, [4], 1, masks);
  differentiate(sumOfAll(multiply(output, matrix(4, 2, OUTWARD))));
  return { query, value, output };
}
const near = (actual: Matrix | Float64Array, expected: number[]) => {
  const values = actual instanceof Float64Array ? actual : actual.values;
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(values[i] - value)).toBeLessThan(3e-6));
};

describe('worked example', () => {
  it('drops before the softmax', () => {
    const { output, query, value } = run();
    near(output, [1.401229, 1.037334, 1.135518, 0.34226, 1.093828, 1.389863, 1.488572, 0.897714]);
    near(value.gradient!, [-0.220278, 0.160199, 0, 0, 0.1258, 0.229017, 0.194479, 0.160784]);
    near(query.gradient!, [-0.049033, 0.084376, 0.247979, -0.032299, 0.049552, -0.154593, 0.061476, 0.009037]);
  });

  it.each(['normalize_stopgrad', 'normalize', 'rescale'] as const)('drops after the softmax: %s', (compensation) => {
    const { output, query } = run(compensation);
    if (compensation !== 'rescale') near(output, [1.401229, 1.037334, 1.135518, 0.34226, 1.093828, 1.389863, 1.488572, 0.897714]);
    const slopes = SLOPES[compensation];
    // The gradient of a query is Σ over keys of the logit's gradient times the key, over √d.
    const expected = QUERY.map((_, i) => {
      const row = slopes.slice(4 * Math.floor(i / 2), 4 * Math.floor(i / 2) + 4);
      return row.reduce((sum, slope, key) => sum + slope * KEY[2 * key + (i % 2)], 0) / Math.SQRT2;
    });
    near(query.gradient!, expected);
  });
});

describe('a query is never left without keys', () => {
  const plain = attend(matrix(4, 2, QUERY), matrix(4, 2, KEY), matrix(4, 2, VALUE), [3], 1, {});
  const everything = Array<boolean>(16).fill(false);
  // The fourth key is kept, but it is padding.
  const onlyPadding = Array.from({ length: 16 }, (_, i) => i % 4 === 3);

  it.each([['all keys dropped', everything], ['all but padded keys dropped', onlyPadding]])('%s', (_, keep) => {
    const attendWith = (masks: Parameters<typeof attend>[5]) => attend(matrix(4, 2, QUERY), matrix(4, 2, KEY), matrix(4, 2, VALUE), [3], 1, masks);
    expect(attendWith({ logits: keep }).values).toEqual(plain.values);
    for (const compensation of ['normalize_stopgrad', 'normalize', 'rescale', 'none'] as const) {
      near(attendWith({ weights: { keep, rule: { p: 0.9, pattern: 'column', compensation } } }), [...plain.values]);
    }
  });

  it('counts at the weights only the keys that the logits left', () => {
    const logits = Array.from({ length: 16 }, (_, i) => i % 4 === 0);
    const weights = logits.map((one) => !one);
    const output = attend(matrix(4, 2, QUERY), matrix(4, 2, KEY), matrix(4, 2, VALUE), [4], 1, { logits, weights: { keep: weights, rule: { p: 0.5, pattern: 'element', compensation: 'rescale' } } });
    near(output, [1, 2, 1, 2, 1, 2, 1, 2]);
  });
});
