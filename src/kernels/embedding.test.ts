import { describe, expect, it } from 'vitest';
import { WEIGHT_FORMATS, type WeightFormat } from '../config/weightFormats';
import { checkOp, input, parameter, weight } from './check';
import { recordEmbedding } from './embedding';
import { WEIGHT_ROWS } from './weightFormats';
import { normals, wholes } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Sizes { B: number; S: number; T: number; D: number; V: number; trained?: boolean; half?: boolean; uses?: 1 | 2; padding?: number; format?: WeightFormat }

function run({ B, S, T, D, V, trained, half, uses, padding, format }: Sizes, launch = {}) {
  const ids = wholes(B * T, V, 8);
  return checkOp({
    leaves: { ids: input([B, T], ids, 'u32'), table: trained ? parameter([V, D], normals(V * D, 1)) : weight([V, D], normals(V * D, 1), format) },
    record: (tape, leaves) => ({ y: recordEmbedding(tape, 'embed', leaves.ids, leaves.table, S, padding) }),
    // Padding is looked up like any token, but what is learned does not reach its row: as if that row were a constant.
    reference: ({ table }) => ({ outputs: { y: Float64Array.from({ length: S * T * D }, (_, i) => {
      const id = ids[Math.floor(i / D) % (B * T)];
      return (id === padding ? normals(V * D, 1) : table)[id * D + (i % D)];
    }) } }),
    samples: S, gradientSamples: half ? B : S, uses,
    limit: 1e-6, // a copy forward; sums over the tokens of an id backward
  }, launch);
}

const SIZES: Sizes[] = [{ B: 1, S: 1, T: 1, D: 1, V: 3 }, { B: 3, S: 3, T: 5, D: 7, V: 11 }, { B: 2, S: 4, T: 7, D: 33, V: 5 }, { B: 5, S: 10, T: 3, D: 3, V: 40 }];

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('embedding, %s', (_, launch) => {
  it.each(SIZES)('$B rows as $S samples of $T tokens, width $D, $V tokens', async (sizes) => {
    const { outputs } = await run(sizes, launch);
    // The second pass of a doubled batch reads the same tokens.
    if (sizes.S > sizes.B) expect(outputs.y.slice(outputs.y.length / 2)).toBeBitEqual(outputs.y.slice(0, outputs.y.length / 2));
    for (const uses of [1, 2] as const) await run({ ...sizes, trained: true, uses }, launch);
  });

  it.each(WEIGHT_FORMATS)('reads %s, and a table in blocks of rows, without any rounding of its own', async (format) => {
    for (const sizes of SIZES) {
      const { V, D } = sizes;
      const table = WEIGHT_ROWS[format].rounded(normals(V * D, 1) as Float32Array<ArrayBuffer>);
      const { outputs: { y } } = await run({ ...sizes, format }, launch);
      const { outputs: whole } = await run(sizes, launch);
      // Every value that is read is one of the rounded ones, that of its place.
      expect(y).toBeBitEqual(whole.y.map((value) => table[normals(V * D, 1).indexOf(value)]));
      // The smallest blocks that hold nothing in parts.
      expect((await run({ ...sizes, format }, { ...launch, largestBuffer: 1 })).outputs.y).toBeBitEqual(y);
    }
  });

  it('adds nothing to the row of the padding id, wherever that id stands', async () => {
    const [padding] = wholes(15, 4, 8);
    const sizes = { B: 3, S: 3, T: 5, D: 7, V: 4, trained: true, padding };
    const { gradients } = await run(sizes, launch);
    expect([...gradients.table.slice(padding * 7, padding * 7 + 7)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    // What another use of the table adds, a tied head's say, stays.
    await run({ ...sizes, padding: undefined, uses: 2 }, launch);
  });

  it('sums the gradient over the differentiated half of a doubled batch, and is 0 for tokens that do not occur', async () => {
    const { gradients } = await run({ B: 2, S: 4, T: 3, D: 5, V: 40, trained: true, half: true }, launch);
    const seen = new Set(wholes(6, 40, 8));
    for (let token = 0; token < 40; token++) if (!seen.has(token)) expect([...gradients.table.slice(token * 5, token * 5 + 5)]).toEqual([0, 0, 0, 0, 0]);
  });
});
