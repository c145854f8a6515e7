import { describe, expect, it } from 'vitest';
import { activation, checkOp, type Leaf, type OpCheck, parameter, weight } from './check';
import { recordRmsNorm } from './rms_norm';
import { count, normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

const EPSILON = 1e-6; // Llama's

function check(shape: number[], C: number, values: ArrayLike<number>, scale: (shape: number[], values: ArrayLike<number>) => Leaf, epsilon = EPSILON): OpCheck {
  return {
    leaves: { x: activation(shape, values), gamma: scale([C], normals(C, 5).map((value) => 1 + 0.3 * value)) },
    record: (tape, { x, gamma }) => ({ y: recordRmsNorm(tape, 'norm', x, gamma, epsilon) }),
    reference: ({ x, gamma }) => {
      const y = new Float64Array(x.length);
      for (let start = 0; start < x.length; start += C) {
        const group = x.subarray(start, start + C);
        const root = Math.sqrt(group.reduce((sum, value) => sum + value * value, 0) / C + epsilon);
        group.forEach((value, c) => { y[start + c] = (value / root) * gamma[c]; });
      }
      return { outputs: { y } };
    },
    limit: 2e-6, // sums over up to 65 channels or rows, and a square root
  };
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('rms_norm, %s', (_, launch) => {
  // The last two normalise each head of a row by itself.
  it.each([{ shape: [1, 3], C: 3 }, { shape: [7, 33], C: 33 }, { shape: [65, 7], C: 7 }, { shape: [2, 65], C: 65 }, { shape: [2, 3, 15], C: 5 }, { shape: [3, 1, 14], C: 7 }])('$shape in groups of $C', async ({ shape, C }) => {
    await checkOp(check(shape, C, normals(count(shape), 1), parameter), launch);
    await checkOp({ ...check(shape, C, spiky(count(shape), 2), parameter), uses: 2 }, launch);
  });
});

it('gives a frozen scale no gradient', async () => {
  expect(Object.keys((await checkOp(check([3, 5], 5, normals(15, 1), weight))).gradients)).toEqual(['x']);
});

it('stays finite for a row of zeros', async () => {
  const { outputs } = await checkOp(check([2, 3], 3, [0, 0, 0, 1, 2, 3], weight, 0.01)); // an ε that differences can follow
  expect([...outputs.y.slice(0, 3)]).toEqual([0, 0, 0]);
});
