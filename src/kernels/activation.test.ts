import { describe, expect, it } from 'vitest';
import { erf } from '../reference/functions';
import { type ActivationKind, recordActivation } from './activation';
import { activation, checkOp, type OpCheck } from './check';
import { count, normals, spiky } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

/** Each function in float64, with its limit; floor see `OpCheck`. */
const FUNCTIONS: Record<ActivationKind, { f: (x: number) => number; limit: number; floor?: number }> = {
  relu: { f: (x) => Math.max(x, 0), limit: 1e-7 }, // a copy, and a sum of two gradients
  tanh: { f: Math.tanh, limit: 1e-6 }, // WGSL bounds tanh by that of sinh/cosh, a few units in the last place
  gelu: { f: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)), limit: 5e-7 }, // the fit of erfc is good to 1.2e-7; a few of float32's rounding errors come on top
  // tanh to a few units in the last place; its argument carries those of a cubic. In the left tail 1 + tanh cancels: 1 is the size of its terms.
  gelu_tanh: { f: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), limit: 1e-6, floor: 1 },
};

function check(kind: ActivationKind, shape: number[], values: ArrayLike<number>): OpCheck {
  const { f, limit, floor } = FUNCTIONS[kind];
  return {
    leaves: { x: activation(shape, values) },
    record: (tape, { x }) => ({ y: recordActivation(tape, 'y', kind, x) }),
    reference: ({ x }) => ({ outputs: { y: x.map(f) } }),
    limit, floor,
  };
}

describe.each(Object.keys(FUNCTIONS) as ActivationKind[])('%s', (kind) => {
  describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('%s', (_, launch) => {
    // 257: one more than a workgroup owns.
    it.each([{ shape: [1] }, { shape: [3, 5] }, { shape: [1, 7, 33] }, { shape: [257] }])('$shape', async ({ shape }) => {
      for (const values of [normals(count(shape), 1), spiky(count(shape), 2)]) {
        for (const uses of [1, 2] as const) await checkOp({ ...check(kind, shape, values), uses }, launch);
      }
    });
  });
});

it('relu has slope 0 at 0, as PyTorch', async () => {
  // Differences see ½ there: the gradient is looked at without them.
  const given = check('relu', [3], [0, 2, -2]);
  const { gradients } = await checkOp({ ...given, reference: ({ x }, base) => ({ outputs: { y: x.map((value, i) => (base.x[i] > 0 ? value : 0)) } }) });
  expect(Math.abs(gradients.x[0])).toBe(0);
});

it('tanh is ±1 far out, where an exponential would overflow', async () => {
  const { outputs } = await checkOp(check('tanh', [4], [100, -100, 3e30, -3e30]));
  expect([...outputs.y]).toEqual([1, -1, 1, -1]);
});

it('tanh keeps the digits of its slope where it is nearly ±1', async () => {
  const values = [5, -7, 8.5, -9.5];
  const { gradients } = await checkOp(check('tanh', [4], values));
  const { gradients: seeds } = await checkOp(check('relu', [4], [1, 1, 1, 1])); // slope 1: what arrives
  values.forEach((x, i) => expect((gradients.x[i] / seeds.x[i]) * Math.cosh(x) ** 2).toBeCloseTo(1, 5));
});

it.each([['gelu', 1e-30], ['gelu_tanh', 0]] as const)('%s saturates without overflow', async (kind, tail) => {
  const { outputs, gradients } = await checkOp(check(kind, [5], [0, 1e4, -1e4, 30, -30]));
  const [zero, high, low, right, left] = outputs.y.map(Math.abs);
  expect([zero, high, right]).toEqual([0, 1e4, 30]);
  expect(Math.max(low, left)).toBeLessThanOrEqual(tail);
  for (const gradient of gradients.x) expect(Number.isFinite(gradient)).toBe(true);
});
