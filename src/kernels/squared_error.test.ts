import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { activation, checkOp, input } from './check';
import { recordSquaredError } from './squared_error';
import { normals, spiky } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('squared_error, %s', (_, launch) => {
  it.each([{ B: 1 }, { B: 5 }, { B: 65 }])('$B rows', async ({ B }) => {
    for (const { doubled, half, uses, weight } of [
      { doubled: false, half: false, uses: 1, weight: 1 }, { doubled: false, half: false, uses: 2, weight: 1 },
      { doubled: true, half: false, uses: 1, weight: 0.5 }, { doubled: true, half: true, uses: 1, weight: 1 },
    ] as const) {
      const N = doubled ? 2 * B : B;
      const differentiated = half ? B : N;
      const labels = normals(B, 2).map((value) => 2 + value);
      await checkOp({
        leaves: { z: activation([N, 1], spiky(N, 1)), labels: input([B], labels) },
        record: (tape, leaves) => ({ losses: recordSquaredError(tape, 'loss', leaves.z, leaves.labels, weight) }),
        reference: ({ z }) => {
          const losses = z.map((value, row) => (value - labels[row % B]) ** 2);
          return { outputs: { losses }, objective: (weight / B) * losses.subarray(0, differentiated).reduce((sum, value) => sum + value, 0) };
        },
        step: { countedRows: B }, samples: N, gradientSamples: differentiated, uses,
        limit: 5e-7, // a difference and its square
      }, launch);
    }
  });
});

it('refuses a head with more than one output', () => {
  const tape = new Tape();
  expect(() => recordSquaredError(tape, 'loss', tape.weight('z', [3, 2]), tape.input('labels', [3], 'f32'), 1)).toThrow(/2 outputs; a regression head has one/);
});
