import { expect, it } from 'vitest';
import { lookAt, MOST_CAPTURED, withInspection } from './captured';
import type { Inspection } from './state';

const look = (step: number, row = 0): Inspection => ({ type: 'inspected', runId: 'run', step, at: { row, layer: 0, head: 0 }, attention: { tokens: [], logits: new Float32Array(), mask: { seed: 1, sample: 0, heads: 1, width: 0, tokens: 0, hidden: 1, causal: false } } });
const steps = (looks: readonly Inspection[]) => looks.map(({ step }) => step);

it('keeps looks of the whole run within a bound, and begins anew at another place', () => {
  let looks: readonly Inspection[] = [];
  for (let step = 0; step < 500; step++) looks = withInspection(looks, look(step));
  expect(looks.length).toBeLessThanOrEqual(MOST_CAPTURED + 1);
  expect(steps(looks)[0]).toBe(0);
  expect(steps(looks).at(-1)).toBe(499);
  expect(steps(withInspection(looks, look(499)))).toEqual(steps(looks));
  expect(steps(withInspection(looks, look(500, 1)))).toEqual([500]);
  expect(steps(withInspection(looks, look(3)))).toEqual([3]);
});

it('finds the look that was in force at a step', () => {
  const looks = [look(2), look(5), look(9)];
  expect([0, 2, 6, 9, 100].map((step) => lookAt(looks, step)?.step)).toEqual([2, 2, 5, 9, 9]);
  expect(lookAt([], 3)).toBeUndefined();
});
