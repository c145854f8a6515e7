import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { activation, checkOp, type OpCheck, parameter, weight } from './check';
import { recordPrepend } from './prepend';
import { normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { S: number; T: number; V: number; D: number }

const check = ({ S, T, V, D }: Sizes): OpCheck => ({
  leaves: { v: parameter([V, D], normals(V * D, 1)), x: activation([S, T, D], normals(S * T * D, 2)) },
  record: (tape, { v, x }) => ({ y: recordPrepend(tape, 'prepend', v, x) }),
  reference: ({ v, x }) => ({ outputs: { y: Array.from({ length: S }, (_, s) => [...v, ...x.subarray(s * T * D, (s + 1) * T * D)]).flat() } }),
  samples: S,
  limit: 5e-7, // copies, and sums over up to six samples
});

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('prepend, %s', (_, launch) => {
  it.each<Sizes>([{ S: 1, T: 1, V: 1, D: 1 }, { S: 3, T: 5, V: 2, D: 7 }, { S: 6, T: 3, V: 5, D: 33 }])('$V rows before $S × $T, width $D', async (sizes) => {
    for (const uses of [1, 2] as const) await checkOp({ ...check(sizes), uses }, launch);
  });

  it('sums over the differentiated half of a doubled batch', async () => {
    await checkOp({ ...check({ S: 6, T: 3, V: 2, D: 5 }), gradientSamples: 3 }, launch);
  });
});

it('differentiates the rows in front alone, over a frozen body', async () => {
  const given = check({ S: 3, T: 2, V: 2, D: 4 });
  const { gradients } = await checkOp({ ...given, leaves: { ...given.leaves, x: weight([3, 2, 4], normals(24, 2)) } });
  expect(Object.keys(gradients)).toEqual(['v']);
});

it('refuses rows of another width', () => {
  const tape = new Tape();
  expect(() => recordPrepend(tape, 'prompt', tape.weight('v', [2, 3]), tape.weight('x', [1, 2, 4]))).toThrow('prepend: prompt puts rows of 3 channels before rows of 4');
});
