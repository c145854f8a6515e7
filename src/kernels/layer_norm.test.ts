import { describe, expect, it } from 'vitest';
import { activation, checkOp, type Leaf, type OpCheck, parameter, weight } from './check';
import { recordLayerNorm } from './layer_norm';
import { normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

const EPSILON = 1e-12; // BERT's

function reference({ x, gamma, beta }: Record<string, Float64Array>) {
  const C = gamma.length;
  const y = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += C) {
    const values = x.subarray(row, row + C);
    const mean = values.reduce((sum, value) => sum + value, 0) / C;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / C;
    values.forEach((value, c) => { y[row + c] = ((value - mean) / Math.sqrt(variance + EPSILON)) * gamma[c] + beta[c]; });
  }
  return { outputs: { y } };
}

function check(R: number, C: number, values: ArrayLike<number>, scales: (shape: number[], values: ArrayLike<number>) => Leaf): OpCheck {
  return {
    leaves: { x: activation([R, C], values), gamma: scales([C], normals(C, 5).map((value) => 1 + 0.3 * value)), beta: scales([C], normals(C, 6)) },
    record: (tape, { x, gamma, beta }) => ({ y: recordLayerNorm(tape, 'norm', x, gamma, beta, EPSILON) }),
    reference,
    limit: 2e-6, // sums over up to 65 channels or rows, and a square root
  };
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('layer_norm, %s', (_, launch) => {
  it.each([{ R: 1, C: 3 }, { R: 3, C: 5 }, { R: 7, C: 33 }, { R: 65, C: 7 }, { R: 2, C: 65 }])('$R rows, $C channels', async ({ R, C }) => {
    await checkOp(check(R, C, normals(R * C, 1), parameter), launch);
    await checkOp({ ...check(R, C, spiky(R * C, 2), parameter), uses: 2 }, launch);
  });
});

it('trains the shift alone where a method wants that, and refuses the scale alone', async () => {
  const given = check(33, 5, spiky(165, 1), parameter);
  const frozenScale = { ...given, leaves: { ...given.leaves, gamma: weight([5], given.leaves.gamma.values) } };
  for (const launch of [{}, { profile: 'gpu' as const }]) expect(Object.keys((await checkOp({ ...frozenScale, uses: 2 }, launch)).gradients)).toEqual(['x', 'beta']);
  await expect(checkOp({ ...given, leaves: { ...given.leaves, beta: weight([5], given.leaves.beta.values) } })).rejects.toThrow(/trains γ but not β; train both or only β/);
});

it('gives a frozen scale and shift no gradient', async () => {
  const { gradients } = await checkOp(check(3, 5, normals(15, 1), weight));
  expect(Object.keys(gradients)).toEqual(['x']);
});

it('gives the shift, and no gradient, where there is one channel', async () => {
  const { gradients } = await checkOp(check(3, 1, normals(3, 1), parameter));
  expect([...gradients.x]).toEqual([0, 0, 0]);
});

it('keeps its precision far from zero', async () => {
  // x − μ loses what x's own rounding is: 6e-8 · 1000 of a deviation of 1.
  await checkOp({ ...check(3, 33, normals(99, 7).map((value) => 1000 + value), parameter), limit: 1e-4 });
});
