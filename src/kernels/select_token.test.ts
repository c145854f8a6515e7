import { describe, expect, it } from 'vitest';
import { activation, checkOp, input } from './check';
import { recordSelectToken } from './select_token';
import { normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { S: number; rows: number; D: number; last?: { lengths: number[]; virtualTokens: number } }

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('select_token, %s', (_, launch) => {
  it.each<Sizes>([
    { S: 1, rows: 1, D: 1 }, { S: 3, rows: 5, D: 7 }, { S: 2, rows: 1, D: 33 }, { S: 5, rows: 3, D: 33 },
    // The last real token: ragged, behind virtual rows, and read by both passes of a doubled batch.
    { S: 1, rows: 1, D: 3, last: { lengths: [1], virtualTokens: 0 } }, { S: 3, rows: 5, D: 7, last: { lengths: [5, 1, 3], virtualTokens: 0 } },
    { S: 4, rows: 7, D: 5, last: { lengths: [1, 5], virtualTokens: 2 } },
    // No real token at all.
    { S: 3, rows: 4, D: 5, last: { lengths: [0, 4, 0], virtualTokens: 0 } }, { S: 2, rows: 6, D: 3, last: { lengths: [0, 4], virtualTokens: 2 } },
  ])('$S × $rows, width $D, last $last', async ({ S, rows, D, last }) => {
    const B = last?.lengths.length ?? S;
    const read = (sample: number) => (last ? last.virtualTokens + Math.max(last.lengths[sample % B], 1) - 1 : 0);
    const selected = (i: number) => Math.floor(i / D) % rows === read(Math.floor(i / (rows * D)));
    for (const uses of [1, 2] as const) {
      const { gradients } = await checkOp({
        leaves: { x: activation([S, rows, D], normals(S * rows * D, 4)), ...(last && { lengths: input([B], last.lengths, 'u32') }) },
        record: (tape, { x, lengths }) => ({ y: recordSelectToken(tape, 'select', x, last && { lengths, virtualTokens: last.virtualTokens }) }),
        reference: ({ x }) => ({ outputs: { y: x.filter((_value, i) => selected(i)) } }),
        samples: S, uses, limit: 1e-7, // a copy, and a sum of two
      }, launch);
      // The rest of the gradient is written, not left as it was.
      gradients.x.forEach((value, i) => { if (!selected(i)) expect(value).toBe(0); });
    }
  });
});
