import { expect, it } from 'vitest';
import { cosineOf, maskedWeights, type MeasuredRow, rateFactor, ratios, type TheoryPoint, TheorySums } from './theory';
import { theoryPage, theoryPicture, theorySentences } from './theoryPage';

const softmax = (logits: number[]) => logits.map((one) => Math.exp(one) / logits.reduce((sum, other) => sum + Math.exp(other), 0));

/** The specification's worked example: key 1 of four is dropped. */
const LOGITS = [[0, 1.06066, -0.53033, 0.441942], [-0.883883, 0.353553, 0.707107, 0.441942], [0.795495, -0.53033, -0.53033, -0.486136], [-0.353553, 1.414214, -0.353553, 0.707107]];
const CARRIED = [-0.067344, 0.477559, -0.199448, 0.387486];
const KEY = [[-0.073997, 0, 0.040675, 0.033322], [0.064342, 0, -0.267688, 0.203345], [0.129246, 0, -0.030213, -0.099033], [0.00256, 0, -0.06904, 0.06648]];
const ATTENTION = [[-0.084252, 0.032244, 0.034641, 0.017368], [0.077311, -0.125454, -0.204031, 0.252175], [0.110268, 0.029285, -0.035253, -0.104301], [0.04577, -0.211222, -0.02583, 0.191282]];
const keep = [true, false, true, true];
const rows: MeasuredRow[] = LOGITS.map((logits, query) => ({ weights: softmax(logits), keep, attention: ATTENTION[query], key: KEY[query], carried: CARRIED[query], cleanCarried: CARRIED[query] }));

it('finds the worked example’s noise, cosine and closed form', () => {
  const sums = new TheorySums(0.25);
  sums.draw(rows);
  const { noise, cosine, closedForm } = sums.result();
  expect([noise, cosine].map((value) => value.toFixed(3))).toEqual(['0.741', '0.799']);
  expect(closedForm).toBeLessThan(1e-4);
  maskedWeights(rows[0]).forEach((weight, key) => expect(weight).toBeCloseTo([0.318052, 0, 0.187145, 0.494802][key], 6));
});

it('has k below 1 for every kept key of a query that lost one, and none where nothing was lost', () => {
  const [found] = rows.map(ratios);
  expect(found.map(({ key }) => key)).toEqual([0, 2, 3]);
  expect(found.every(({ k }) => k > 0 && k < 1)).toBe(true);
  expect(found[2].k).toBeCloseTo((1 - 0.494802) / (1 - softmax(LOGITS[0])[3]), 5);
  expect(ratios({ weights: softmax(LOGITS[0]), keep: [true, true, true, true] })).toEqual([]);
});

it('has a spread of 1 where the noise is what is predicted, and twice that where it is double', () => {
  // One key of many small ones, kept with chance 1 − p: exactly the predicted variance over all masks.
  const p = 0.2;
  const weights = new Array<number>(400).fill(1 / 400);
  const make = (factor: number) => {
    const sums = new TheorySums(p);
    for (let draw = 0; draw < 5; draw++) {
      const kept = weights.map((_, key) => (key + draw) % 5 !== 0);
      const key = weights.map(() => 0.1);
      const after = maskedWeights({ weights, keep: kept });
      sums.draw([{ weights, keep: kept, key, attention: key.map((one, at) => one + factor * 3 * (after[at] - weights[at])), carried: factor * 3, cleanCarried: 3 }]);
    }
    return sums.result().spread;
  };
  expect(make(1)).toBeCloseTo(1, 6);
  expect(make(2)).toBeCloseTo(2, 6);
  expect(rateFactor(0.2)).toBeCloseTo(0.5, 12);
});

it('takes the cosine over all pieces together', () => {
  expect(cosineOf([[1, 0], [2]], [[0, 1], [2]])).toBeCloseTo(4 / 5, 12);
});

it('writes figures into sentences, page and picture', () => {
  const point = (step: number, p: number, attention: number): TheoryPoint => ({ step, p, draws: 4, spread: 1 + p, correlation: 0.97, closedForm: 2e-6, cosine: 1 - p, noise: p, ratio: { mean: 0.99, low: 0.9, heaviest: 0.8 }, trained: { cosine: 0.9, attention, key: 0.7 } });
  const points = [point(0, 0.1, 0.6), point(0, 0.5, 0.6), point(100, 0.1, 0.6), point(100, 0.5, 0.71)];
  expect(theorySentences(points)[1]).toContain('1.1 to 1.1 times the predicted one at p = 0.1, and 1.5 to 1.5 times at p = 0.5');
  expect(theorySentences(points)[4]).toContain('in 3 of 4 lines DropAttention');
  const page = theoryPage({ device: 'a card', date: '2026-11-26T10:00:00Z', link: 'v=1', seed: 3, points }, 'theory.svg');
  expect(page).toContain('Measured on a card, 2026-11-26');
  expect(page).toContain('| 100 | 0.5 | 1 | 1.5 | 0.97 | 2e-6 | 0.5 |');
  expect(theoryPicture(points)).not.toMatch(/NaN|Infinity/);
});
