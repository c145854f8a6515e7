import { expect, it } from 'vitest';
import { calibrationOf } from './calibration';

it('weighs how far each interval is off by its rows, and leaves out what has no truth or no number', () => {
  const outputs = [[0.05, 0.95], [0.92, 0.08], [0.3, 0.7], [0.35, 0.65], [0.5, 0.5], [0.2, 0.8], [Number.NaN, Number.NaN]];
  const found = calibrationOf(outputs, [1, 1, 1, 1, 0, -1, 0])!;
  // (0.9, 1]: sure by 0.935, right in 1 of 2. (0.6, 0.7]: sure by 0.675, right in 2 of 2. (0.4, 0.5]: sure by 0.5, right in 1 of 1.
  expect(found.bins.map(({ rows }) => rows)).toEqual([0, 0, 0, 0, 1, 0, 2, 0, 0, 2]);
  expect(found.error).toBeCloseTo((2 * Math.abs(0.5 - 0.935) + 2 * Math.abs(1 - 0.675) + Math.abs(1 - 0.5)) / 5, 12);
  expect(found.rows).toBe(5);
  expect(calibrationOf([[0.5, 0.5]], [undefined])).toBeUndefined();
});

it('finds nothing wrong with who is as often right as sure, and everything with who is always sure and wrong', () => {
  expect(calibrationOf(Array.from({ length: 10 }, () => [0.8, 0.2]), Array.from({ length: 10 }, (_, row) => Number(row >= 8)))!.error).toBeCloseTo(0, 12);
  expect(calibrationOf([[1, 0], [0, 1]], [1, 0])!.error).toBe(1);
});
