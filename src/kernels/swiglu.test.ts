import { describe, expect, it } from 'vitest';
import { activation, checkOp, type Leaf, type OpCheck, weight } from './check';
import { recordSwiglu } from './swiglu';
import { count, normals, spiky } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

const checkOf = (gate: Leaf, up: Leaf): OpCheck => ({
  leaves: { gate, up },
  record: (tape, leaves) => ({ y: recordSwiglu(tape, 'swiglu', leaves.gate, leaves.up) }),
  reference: (given) => ({ outputs: { y: given.gate.map((g, i) => (g / (1 + Math.exp(-g))) * given.up[i]) } }),
  limit: 1e-6, // an exponential, a quotient and four products
});

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('swiglu, %s', (_, launch) => {
  it.each([{ shape: [1] }, { shape: [3, 5] }, { shape: [1, 7, 33] }, { shape: [257] }])('$shape', async ({ shape }) => {
    for (const values of [normals, spiky]) {
      for (const uses of [1, 2] as const) await checkOp({ ...checkOf(activation(shape, values(count(shape), 1)), activation(shape, values(count(shape), 3))), uses }, launch);
    }
  });

  // Where only one of the two lies above a trained tensor, the other's gradient goes nowhere.
  it('with one of the two frozen', async () => {
    const [one, other] = [normals(15, 1), normals(15, 2)];
    expect(Object.keys((await checkOp(checkOf(activation([3, 5], one), weight([3, 5], other)), launch)).gradients)).toEqual(['gate']);
    expect(Object.keys((await checkOp(checkOf(weight([3, 5], one), activation([3, 5], other)), launch)).gradients)).toEqual(['up']);
  });
});

it('saturates without overflow', async () => {
  const { outputs, gradients } = await checkOp(checkOf(activation([4], [200, -200, 90, -90]), activation([4], [1, 1, 2, 2])));
  expect([...outputs.y].map((value) => Math.round(value))).toEqual([200, -0, 180, -0]);
  for (const gradient of [...gradients.gate, ...gradients.up]) expect(Number.isFinite(gradient)).toBe(true);
});
