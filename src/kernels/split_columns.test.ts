import { describe, expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { activation, checkOp, type OpCheck, parameter } from './check';
import { recordSplitColumns } from './split_columns';
import { count, normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

const check = (shape: number[], parts: number, leaf = activation): OpCheck => ({
  leaves: { x: leaf(shape, normals(count(shape), 1)) },
  record: (tape, { x }) => Object.fromEntries(recordSplitColumns(tape, 'split', x, parts).map((part, i) => [`part ${i}`, part])),
  reference: ({ x }) => {
    const C = shape[shape.length - 1];
    const c = C / parts;
    return { outputs: Object.fromEntries(Array.from({ length: parts }, (_, part) => [`part ${part}`, x.filter((_value, i) => Math.floor((i % C) / c) === part)])) };
  },
  limit: 1e-7, // a copy, and a sum of two gradients
});

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('split_columns, %s', (_, launch) => {
  it.each([{ shape: [1, 1], parts: 1 }, { shape: [3, 9], parts: 3 }, { shape: [2, 5, 21], parts: 3 }, { shape: [7, 132], parts: 4 }])('$shape into $parts', async ({ shape, parts }) => {
    for (const uses of [1, 2] as const) await checkOp({ ...check(shape, parts), uses }, launch);
    await checkOp({ ...check(shape, parts, parameter), uses: 2 }, launch);
  });
});

it('refuses columns that the parts cannot share, and parts of which some are unused', async () => {
  const tape = new Tape();
  expect(() => recordSplitColumns(tape, 'c_attn', tape.weight('x', [2, 8]), 3)).toThrow('split_columns: c_attn has 8 columns, which 3 parts cannot share');
  const given = check([2, 6], 3);
  await expect(checkOp({ ...given, undifferentiated: ['part 1'] })).rejects.toThrow(/part 1 of split has no gradient although others have; use every part/);
});
