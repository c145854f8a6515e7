import { describe, expect, it } from 'vitest';
import { linearSchedule } from './schedule';

describe('linear schedule with warm-up', () => {
  it('rises from 0, peaks after the warm-up, falls to 0 at the end and stays there', () => {
    expect([0, 1, 2, 3, 4, 5, 8, 9].map((step) => linearSchedule(step, 4, 8))).toEqual([0, 0.25, 0.5, 0.75, 1, 0.75, 0, 0]);
  });

  it('starts at the peak without warm-up', () => {
    expect([0, 1, 9, 10].map((step) => linearSchedule(step, 0, 10))).toEqual([1, 0.9, 0.1, 0]);
  });

  it('divides by no zero where everything is warm-up', () => {
    expect([0, 4, 5, 6].map((step) => linearSchedule(step, 5, 5))).toEqual([0, 0.8, 0, 0]);
  });
});
