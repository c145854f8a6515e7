import { describe, expect, it } from 'vitest';
import { comparedRows, confusionOf, tsvOf } from './predictions';
import type { Predicted } from './state';

const predicted = (step: number, outputs: number[][], labels = ['bad', 'good']): Predicted => ({
  type: 'predicted', runId: 'run', step, labels,
  rows: outputs.map((values, row) => ({ text: `text\t${row}`, truth: [0, 1, -100][row], outputs: values })),
});
const first = predicted(0, [[0.4, 0.6], [0.5, 0.5], [0.9, 0.1]]);
const latest = predicted(20, [[0.7, 0.3], [0.2, 0.8], [0.3, 0.7]]);

describe('rows of two evaluations', () => {
  it('say what flipped and what is right; of two alike the first class counts, and a truth that does not count is never right', () => {
    expect(comparedRows(first, latest)).toMatchObject([
      { number: 1, before: 1, now: 0, flipped: true, right: true },
      { number: 2, before: 0, now: 1, flipped: true, right: true },
      { number: 3, before: 0, now: 1, flipped: true },
    ]);
    expect(comparedRows(first, latest)[2].right).toBeUndefined();
    expect(comparedRows(latest, latest).every(({ flipped }) => !flipped)).toBe(true);
  });

  it('count who is taken for whom, the truth down', () => {
    expect(confusionOf(comparedRows(latest, first), 2)).toEqual([[0, 1], [1, 0]]);
    expect(confusionOf(comparedRows(first, latest), 2)).toEqual([[1, 0], [0, 1]]);
  });

  it('have no answer where a run went astray', () => {
    const rows = comparedRows(first, predicted(30, [[NaN, NaN], [0.2, 0.8], [0.3, 0.7]]));
    expect(rows[0]).toMatchObject({ now: -1, right: false });
    expect(confusionOf(rows, 2)).toEqual([[0, 0], [0, 1]]);
  });

  it('have scores in the place of classes', () => {
    const rows = comparedRows(predicted(0, [[1.5], [2], [3]], []), predicted(5, [[1.25], [4], [3]], []));
    expect(rows[0]).toMatchObject({ before: 1.5, now: 1.25, flipped: false });
    expect(rows[0].right).toBeUndefined();
  });

  it('are a table between tabs', () => {
    expect(tsvOf(first, latest).split('\n').slice(0, 2)).toEqual([
      'row\ttext\tpair\ttruth\tstep 0\tstep 20\tprobability of bad\tprobability of good', '1\ttext 0\t\tbad\tgood\tbad\t0.7\t0.3',
    ]);
  });
});
