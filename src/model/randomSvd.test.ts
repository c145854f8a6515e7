import { expect, it } from 'vitest';
import { normals } from '../kernels/testing/numbers';
import { principalFactors } from './pissa';
import { EXACT_SIDE, fastPrincipalFactors } from './randomSvd';

const RANK = 4;

/** Noise on top of a few strong directions, as in a trained weight: singular values 30, 25, 20, 15, 10, 5 over a floor of about 1. */
function weightOf(rows: number, columns: number): Float32Array {
  const weight = normals(rows * columns, 1).map((value) => value / (Math.sqrt(rows) + Math.sqrt(columns)));
  for (let k = 0; k < 6; k++) {
    const [u, v] = [normals(rows, 10 + k), normals(columns, 20 + k)];
    const strength = (5 * (6 - k)) / (Math.hypot(...u) * Math.hypot(...v));
    for (let i = 0; i < weight.length; i++) weight[i] += strength * u[Math.floor(i / columns)] * v[i % columns];
  }
  return weight;
}

/** Squared length of W − s·B·A. */
function rest(weight: Float32Array, columns: number, { a, b }: { a: Float32Array; b: Float32Array }, scale: number): number {
  return weight.reduce((sum, value, i) => {
    let branch = 0;
    for (let r = 0; r < RANK; r++) branch += b[Math.floor(i / columns) * RANK + r] * a[r * columns + (i % columns)];
    return sum + (value - scale * branch) ** 2;
  }, 0);
}

it.each([[EXACT_SIDE + 4, EXACT_SIDE + 1], [EXACT_SIDE + 1, EXACT_SIDE + 40]])('the factors of a %d × %d weight leave as little as the best ones', (rows, columns) => {
  const weight = weightOf(rows, columns);
  const fast = fastPrincipalFactors(weight, rows, columns, RANK, 2);
  const [left, least] = [rest(weight, columns, fast, 2), rest(weight, columns, principalFactors(weight, rows, columns, RANK, 2), 2)];
  expect(left).toBeLessThan(least * (1 + 1e-5));
  expect(left).toBeGreaterThan(least * (1 - 1e-5));
  // The strongest direction first, shared evenly.
  const lengths = Array.from({ length: RANK }, (_, r) => Math.hypot(...fast.a.subarray(r * columns, (r + 1) * columns)));
  expect([...lengths].sort((one, other) => other - one)).toEqual(lengths);
  expect(fastPrincipalFactors(weight, rows, columns, RANK, 2)).toEqual(fast);
}, 120_000);

it('a small weight is decomposed exactly', () => {
  const weight = normals(35, 1);
  expect(fastPrincipalFactors(weight, 7, 5, 3, 1)).toEqual(principalFactors(weight, 7, 5, 3, 1));
});
