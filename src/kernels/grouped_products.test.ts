/** Products of several shapes in one dispatch, against float64. */
import { expect, it } from 'vitest';
import { Tape } from '../graph/tape';
import { emitGrouped, type SmallProduct } from './grouped_products';
import { execute } from './testing/execute';
import './testing/matcher';
import { normals } from './testing/numbers';

const SIZES: readonly [number, number, number][] = [[8, 17, 33], [9, 1, 3], [1, 40, 5], [3, 3, 1], [20, 6, 7], [2, 2, 9], [5, 4, 6]];

/** Seven products, more than one dispatch takes; A is stored by rows or by columns, the second has no B, the last adds twice to one place. */
it.each([false, true])('gives what each product gives (default limits: %s)', async (minimal) => {
  const tape = new Tape();
  const values = new Map<string, Float32Array>();
  const given = (label: string, shape: number[], seed: number) => {
    values.set(label, normals(shape[0] * shape[1], seed));
    return tape.input(label, shape, 'f32');
  };
  const wide = tape.tensor('results', [400], 'activation');
  tape.keep('results', wide);
  let start = 0;
  const expected = new Float64Array(400);
  const products = SIZES.map(([M, N, K], number): SmallProduct => {
    const [a, b] = [given(`a${number}`, [M, K], 2 * number), given(`b${number}`, [K, N], 2 * number + 1)];
    const byColumn = number % 2 === 1;
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < K; k++) expected[start + m * N + n] += 0.5 * values.get(a.label)![byColumn ? k * M + m : m * K + k] * (number === 1 ? 1 : values.get(b.label)![k * N + n]);
      }
    }
    const product: SmallProduct = {
      label: `product ${number}`, scale: 0.5, size: { rows: M, columns: N, depth: K },
      a: byColumn ? { tensor: a, row: 1, column: M } : { tensor: a, row: K, column: 1 }, b: number === 1 ? undefined : { tensor: b, row: N, column: 1 }, c: { tensor: wide, start, row: N },
    };
    start += M * N;
    return product;
  });
  const last = products[products.length - 1];
  const { plan, kept } = await execute({
    tape, values,
    finish: (emit) => {
      emitGrouped(emit, products);
      emitGrouped(emit, [{ ...last, c: { ...last.c, accumulate: 1 } }]);
    },
  }, { profile: 'gpu', minimal });
  for (let i = last.c.start!; i < start; i++) expected[i] *= 2;
  expect(kept.get('results')!.subarray(0, start)).toBeNear(expected.subarray(0, start), 2e-6);
  expect(plan.dispatches.length).toBeLessThan(products.length);
});
