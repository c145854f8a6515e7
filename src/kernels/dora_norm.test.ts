import { describe, expect, it } from 'vitest';
import { WEIGHT_FORMATS, type WeightFormat } from '../config/weightFormats';
import { checkOp, parameter, weight } from './check';
import { recordDoraNorm } from './dora_norm';
import { normals, spiky } from './testing/numbers';
import { launchName, type Launch, ROW_LAUNCHES } from './testing/page';

interface Setting { O: number; I: number; r: number; transposed: boolean; values?: typeof normals; format?: WeightFormat }

function run({ O, I, r, transposed, values = normals, format }: Setting, launch?: Launch) {
  const scale = 2.5;
  return checkOp({
    leaves: { w: weight(transposed ? [I, O] : [O, I], values(O * I, 1), format), a: weight([r, I], normals(r * I, 2)), b: weight([O, r], values(O * r, 3)) },
    record: (tape, { w, a, b }) => ({ norm: recordDoraNorm(tape, 'norm', w, a, b, { scale, transposed }) }),
    reference: ({ w, a, b }) => ({
      outputs: {
        norm: Float64Array.from({ length: O }, (_, o) => {
          let sum = 0;
          for (let i = 0; i < I; i++) {
            let value = transposed ? w[i * O + o] : w[o * I + i];
            for (let k = 0; k < r; k++) value += scale * b[o * r + k] * a[k * I + i];
            sum += value * value;
          }
          return Math.sqrt(sum);
        }),
      },
    }),
    limit: 2e-6, // sums over up to 65 squares
  }, launch);
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('dora_norm, %s', (_, launch) => {
  it.each([{ O: 1, I: 1, r: 1 }, { O: 3, I: 5, r: 2 }, { O: 65, I: 7, r: 3 }, { O: 5, I: 65, r: 1 }])('$O × $I, rank $r', async (sizes) => {
    for (const transposed of [false, true]) await run({ ...sizes, transposed, values: transposed ? spiky : normals }, launch);
  });

  it('of a weight as it may be held, and in blocks of rows', async () => {
    for (const format of WEIGHT_FORMATS) {
      for (const transposed of [false, true]) await run({ O: 7, I: 5, r: 2, transposed, format }, launch);
      await run({ O: 7, I: 32, r: 2, transposed: false, format }, { ...launch, largestBuffer: 1 });
    }
  });
});

it('is not differentiated, although A and B are trained', async () => {
  await expect(checkOp({
    leaves: { w: weight([3, 4], normals(12, 1)), a: parameter([2, 4], normals(8, 2)), b: parameter([3, 2], normals(6, 3)) },
    record: (tape, { w, a, b }) => {
      const norm = recordDoraNorm(tape, 'norm', w, a, b, { scale: 1, transposed: false });
      expect(norm.needsGradient).toBe(false);
      return {};
    },
    reference: () => ({ outputs: {} }),
    limit: 0,
  })).rejects.toThrow('check: a has no gradient');
});
