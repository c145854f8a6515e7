/** What the tests of gelu, tanh and their like share. */
import { describe, it } from 'vitest';
import type { Tape, Tensor } from '../../graph/tape';
import { activation, checkOp, type OpCheck } from '../check';
import { count, normals, spiky } from './numbers';
import { launchName, PLAIN_LAUNCHES } from './page';

type Recorder = (tape: Tape, label: string, x: Tensor) => Tensor;

/** @param f the function in float64; @param limit, floor see `OpCheck` */
export function elementwiseCheck(record: Recorder, f: (x: number) => number, limit: number, floor?: number) {
  return (shape: number[], values: ArrayLike<number>): OpCheck => ({
    leaves: { x: activation(shape, values) },
    record: (tape, { x }) => ({ y: record(tape, 'y', x) }),
    reference: ({ x }) => ({ outputs: { y: x.map(f) } }),
    limit, floor,
  });
}

export function describeElementwise(name: string, check: ReturnType<typeof elementwiseCheck>): void {
  describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))(`${name}, %s`, (_, launch) => {
    // 257: one more than a workgroup owns.
    it.each([{ shape: [1] }, { shape: [3, 5] }, { shape: [1, 7, 33] }, { shape: [257] }])('$shape', async ({ shape }) => {
      for (const values of [normals(count(shape), 1), spiky(count(shape), 2)]) {
        for (const uses of [1, 2] as const) await checkOp({ ...check(shape, values), uses }, launch);
      }
    });
  });
}
