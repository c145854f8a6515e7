import { describe, it } from 'vitest';
import type { Op } from '../graph/tape';
import { checkOp, input, weight } from './check';
import { emitColumnSum } from './column_sum';
import { recordCopy } from './testing/execute';
import { normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

/** It is part of backward passes and has no place on a tape of its own. */
const columnSum: Op<{ accumulate: 0 | 1 }> = {
  name: 'column_sum',
  forward(emit, { label, inputs, outputs, attributes }) { emitColumnSum(emit, label, inputs.x!, { tensor: outputs.y, accumulate: attributes.accumulate }); },
};

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('column_sum, %s', (_, launch) => {
  it.each([{ R: 1, C: 1 }, { R: 3, C: 5 }, { R: 33, C: 7 }, { R: 65, C: 3 }, { R: 5, C: 70 }])('$R rows, $C columns', async ({ R, C }) => {
    for (const values of [normals(R * C, 1), spiky(R * C, 2)]) {
      for (const accumulate of [0, 1] as const) {
        await checkOp({
          leaves: { x: weight([R, C], values), before: input([C], normals(C, 3)) },
          record: (tape, { x, before }) => ({ y: tape.record(columnSum, 'sum', { x }, { y: accumulate ? recordCopy(tape, 'copy', before, false) : [C] }, { accumulate }).y }),
          reference: ({ x, before }) => {
            const y = accumulate ? before.slice() : new Float64Array(C);
            x.forEach((value, i) => { y[i % C] += value; });
            return { outputs: { y } };
          },
          limit: 2e-6, // up to 65 roundings of partial sums
        }, launch);
      }
    }
  });
});

it('sums more columns than one axis of a grid has workgroups', async () => {
  const C = 65_537;
  await checkOp({
    leaves: { x: weight([2, C], normals(2 * C, 1)) },
    record: (tape, { x }) => ({ y: tape.record(columnSum, 'sum', { x }, { y: [C] }, { accumulate: 0 }).y }),
    reference: ({ x }) => ({ outputs: { y: Float64Array.from({ length: C }, (_, column) => x[column] + x[C + column]) } }),
    limit: 1e-7, // one rounding
  }, { profile: 'gpu', lanes: 64, minimal: true });
});
