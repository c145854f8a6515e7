import { describe, expect, it } from 'vitest';
import { activation, checkOp, input } from './check';
import { recordRotary, rotaryTable } from './rotary';
import { normals, spiky } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

const THETA = 10_000;

/** Each head's pairs (i, i + d/2), as complex numbers, times e^(i·angle). */
function rotate(x: Float64Array, T: number, heads: number, d: number, first: number): Float64Array {
  const y = new Float64Array(x.length);
  const D = heads * d;
  for (let row = 0; row < x.length / D; row++) {
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < d / 2; i++) {
        const angle = (first + (row % T)) * THETA ** ((-2 * i) / d);
        const [low, high] = [row * D + head * d + i, row * D + head * d + i + d / 2];
        y[low] = x[low] * Math.cos(angle) - x[high] * Math.sin(angle);
        y[high] = x[high] * Math.cos(angle) + x[low] * Math.sin(angle);
      }
    }
  }
  return y;
}

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('rotary, %s', (_, launch) => {
  it.each([{ S: 1, T: 1, heads: 1, d: 2, first: 0 }, { S: 3, T: 5, heads: 2, d: 6, first: 0 }, { S: 2, T: 33, heads: 1, d: 4, first: 3 }, { S: 1, T: 7, heads: 3, d: 10, first: 0 }])(
    '$S samples, $T tokens from $first, $heads heads of $d', async ({ S, T, heads, d, first }) => {
      const shape = [S, T, heads * d];
      for (const uses of [1, 2] as const) {
        const values = (uses === 1 ? normals : spiky)(S * T * heads * d, 1);
        await checkOp({
          leaves: { x: activation(shape, values), angles: input([T, d / 2, 2], rotaryTable(T, d, THETA, first)) },
          record: (tape, { x, angles }) => ({ y: recordRotary(tape, 'rotary', x, angles, d) }),
          reference: ({ x }) => ({ outputs: { y: rotate(x, T, heads, d, first) } }),
          samples: S, uses,
          // The angles are float32, as transformers has them: up to 36 · 6e-8.
          limit: 3e-6,
        }, launch);
      }
    },
  );
});

it('keeps the length of every pair, and the first token as it is', async () => {
  const x = normals(24, 2);
  const { outputs: { y } } = await checkOp({
    leaves: { x: activation([1, 3, 8], x), angles: input([3, 4, 2], rotaryTable(3, 8, THETA, 0)) },
    record: (tape, leaves) => ({ y: recordRotary(tape, 'rotary', leaves.x, leaves.angles, 8) }),
    reference: (given) => ({ outputs: { y: rotate(given.x, 3, 1, 8, 0) } }),
    limit: 1e-6,
  });
  expect(y.slice(0, 8)).toBeBitEqual(x.slice(0, 8));
  for (const i of [8, 9, 10, 11, 16, 17, 18, 19]) expect(Math.hypot(y[i], y[i + 4])).toBeCloseTo(Math.hypot(x[i], x[i + 4]), 5);
});

it('has a table that starts at the first position asked for', () => {
  const whole = rotaryTable(6, 4, THETA, 0);
  expect(rotaryTable(2, 4, THETA, 4)).toEqual(whole.slice(4 * 4));
  expect([...whole.slice(0, 4)]).toEqual([1, 0, 1, 0]);
});
