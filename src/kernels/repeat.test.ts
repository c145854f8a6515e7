import { describe, it } from 'vitest';
import { checkOp, parameter } from './check';
import { recordRepeat } from './repeat';
import { normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('repeat, %s', (_, launch) => {
  it.each([[1, 1, 1], [2, 3, 5], [3, 1, 33], [5, 7, 9]])('%i × %i × %i, both passes or the first differentiated', async (B, T, D) => {
    const count = B * T * D;
    for (const gradientSamples of [B, 2 * B]) {
      for (const uses of [1, 2] as const) {
        await checkOp({
          // What is recorded once has a gradient of its own shape, as a parameter's.
          leaves: { x: parameter([B, T, D], normals(count, 4)) },
          record: (tape, { x }) => ({ y: recordRepeat(tape, 'repeat', x) }),
          reference: ({ x }) => ({ outputs: { y: [...x, ...x] } }),
          samples: 2 * B, gradientSamples, uses, limit: 1e-7, // a copy, and sums of at most four
        }, launch);
      }
    }
  });
});
