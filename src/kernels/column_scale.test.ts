import { describe, expect, it } from 'vitest';
import { activation, checkOp, type Leaf, parameter, weight } from './check';
import { recordColumnScale } from './column_scale';
import { normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

interface Setting { R: number; C: number; magnitude?: (shape: number[], values: ArrayLike<number>) => Leaf; uses?: 1 | 2; values?: typeof normals }

const check = ({ R, C, magnitude = parameter, uses, values = normals }: Setting) => ({
  leaves: {
    x: activation([R, C], values(R * C, 1)), magnitude: magnitude([C], normals(C, 2)), norm: weight([C], normals(C, 3).map((value) => 1 + Math.abs(value))),
    before: activation([R, C], normals(R * C, 4)),
  },
  record: (tape: Parameters<typeof recordColumnScale>[0], leaves: Record<string, Parameters<typeof recordColumnScale>[2]>) =>
    ({ y: recordColumnScale(tape, 'scale', leaves.x, leaves.magnitude, leaves.norm, leaves.before) }),
  reference: (given: Record<string, Float64Array>) => ({
    // Used twice, it adds twice to the same tensor.
    outputs: { y: given.before.map((value, i) => value + ((uses ?? 1) * given.x[i] * given.magnitude[i % C]) / given.norm[i % C]) },
  }),
  limit: 2e-6, // sums over up to 65 rows
});

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('column_scale, %s', (_, launch) => {
  it.each([{ R: 1, C: 1 }, { R: 3, C: 5 }, { R: 65, C: 3 }, { R: 7, C: 70 }])('$R rows, $C columns', async ({ R, C }) => {
    await checkOp(check({ R, C }), launch);
    await checkOp(check({ R, C, values: spiky }), launch);
  });
});

it('gives a frozen magnitude no gradient', async () => {
  expect(Object.keys((await checkOp(check({ R: 3, C: 4, magnitude: weight }))).gradients).sort()).toEqual(['before', 'x']);
});

it('adds to gradients that are there', async () => {
  const [R, C] = [5, 3];
  const given = check({ R, C });
  // Two outputs from one x and one magnitude: the second backward pass adds.
  await checkOp({
    ...given,
    leaves: { ...given.leaves, other: activation([R, C], normals(R * C, 6)) },
    record: (tape, leaves) => ({ y: recordColumnScale(tape, 'one', leaves.x, leaves.magnitude, leaves.norm, leaves.before), z: recordColumnScale(tape, 'two', leaves.x, leaves.magnitude, leaves.norm, leaves.other) }),
    reference: (values) => ({ outputs: { y: given.reference(values).outputs.y, z: given.reference({ ...values, before: values.other }).outputs.y } }),
  });
});
