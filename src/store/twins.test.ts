import { expect, it } from 'vitest';
import { allowedKeys, both, maskWeights, softmaxKept } from './maskGrid';
import { logitGradient, twinsOf } from './twins';

// One head, four queries and keys, computed in float64 by hand: keys 0, 2 and 3 are kept.
const N = 4;
const LOGITS = [0, 1.06066, -0.53033, 0.441942, -0.883883, 0.353553, 0.707107, 0.441942, 0.795495, -0.53033, -0.53033, -0.486136, -0.353553, 1.414214, -0.353553, 0.707107];
const VALUES = [[1, 2], [-1, 0.5], [0.5, -0.5], [2, 1]];
const UPSTREAM = [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.25], [0.2, 0.1]];
const DELTA = UPSTREAM.flatMap((row) => VALUES.map((value) => row[0] * value[0] + row[1] * value[1]));
const KEEP = new Uint8Array(16).map((_, at) => (at % N === 1 ? 0 : 1));
const MASK = { keep: KEEP, spared: [false, false, false, false] };
const ALLOWED = allowedKeys(N, false);
const RULE = { p: 0.25, pattern: 'column' } as const;
const clean = softmaxKept(LOGITS, ALLOWED, N);
const close = (actual: ArrayLike<number>, expected: number[]) => expected.forEach((value, at) => expect(actual[at], `at ${at}`).toBeCloseTo(value, 5));

it('has the gradients of all three forms', () => {
  const dropped = softmaxKept(LOGITS, both(KEEP, ALLOWED), N);
  close(logitGradient(dropped, clean, DELTA, N, true), [-0.073997, 0, 0.040675, 0.033322, 0.064342, 0, -0.267688, 0.203345, 0.129246, 0, -0.030213, -0.099033, 0.00256, 0, -0.06904, 0.06648]);
  const normalised = maskWeights(clean, MASK, { ...RULE, compensation: 'normalize_stopgrad' }, N);
  close(logitGradient(normalised, clean, DELTA, N, false), [-0.084252, 0.032244, 0.034641, 0.017368, 0.077311, -0.125454, -0.204031, 0.252175, 0.110268, 0.029285, -0.035253, -0.104301, 0.04577, -0.211222, -0.02583, 0.191282]);
  const rescaled = maskWeights(clean, MASK, { ...RULE, compensation: 'rescale' }, N);
  close(logitGradient(rescaled, clean, DELTA, N, false), [-0.05855, 0.022408, 0.024073, 0.012069, 0.076002, -0.12333, -0.200577, 0.247905, 0.125437, 0.033314, -0.040102, -0.118648, 0.02776, -0.128111, -0.015666, 0.116017]);
});

it('attends alike and learns differently, as the compensation makes it', () => {
  const paper = twinsOf(LOGITS, MASK, ALLOWED, RULE, 'normalize_stopgrad', N);
  expect(paper.apart).toBeLessThan(1e-15);
  expect(paper.cosine).toBeLessThan(0.95);
  expect(paper.wasted).toBeGreaterThan(0.1);
  expect(Array.from(paper.key.gradient).filter((_, at) => at % N === 1)).toEqual([0, 0, 0, 0]);
  const whole = twinsOf(LOGITS, MASK, ALLOWED, RULE, 'normalize', N);
  expect(whole.cosine).toBeCloseTo(1, 12);
  expect(twinsOf(LOGITS, MASK, ALLOWED, RULE, 'rescale', N).apart).toBeGreaterThan(0.01);
});
