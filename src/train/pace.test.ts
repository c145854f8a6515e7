import { expect, it } from 'vitest';
import { Pace } from './pace';

it('gives the first steps their turn at once, and the later ones as many a second as were asked for', () => {
  let now = 1000;
  const pace = new Pace(() => now);
  expect(pace.early(0)).toBe(0);
  pace.set(2);
  expect([4, 5, 6].map((step) => pace.early(step))).toEqual([0, 500, 1000]);
  now += 700;
  expect(pace.early(5)).toBe(0);
  // Thirty a second come three at a time.
  pace.set(30);
  expect([7, 8, 9, 10, 13].map((step) => Math.round(pace.early(step)))).toEqual([0, 0, 0, 100, 200]);
  pace.restart();
  expect(pace.early(13)).toBe(0);
  pace.set(undefined);
  expect(pace.early(99)).toBe(0);
});

it('lets go of whoever waits when the pace changes', async () => {
  const pace = new Pace();
  const waited = pace.wait(1e6);
  pace.set(undefined);
  await waited;
});
