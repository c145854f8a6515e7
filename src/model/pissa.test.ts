import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { normals } from '../kernels/testing/numbers';
import { diskSource } from '../sources/disk';
import { loadCheckpoint } from './files/folder';
import { initialValues } from './initialValues';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';
import { principalFactors, residualWeights, transposed } from './pissa';

/** `count` orthonormal vectors of `length`, by Gram and Schmidt, twice for float64's sake. */
function orthonormal(count: number, length: number, seed: number): Float64Array[] {
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from(normals(length, seed + i));
    for (const other of [...vectors, ...vectors]) {
      const along = vector.reduce((sum, value, k) => sum + value * other[k], 0);
      other.forEach((value, k) => { vector[k] -= along * value; });
    }
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((value) => value / norm));
  }
  return vectors;
}

/** Σ singular · u·vᵀ over the leading `rank`, (rows, columns). */
function composed(singular: number[], rows: number, columns: number, rank = singular.length): Float64Array {
  const [u, v] = [orthonormal(singular.length, rows, 100), orthonormal(singular.length, columns, 200)];
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += singular[k] * u[k][Math.floor(i / columns)] * v[k][i % columns];
    return sum;
  });
}

/** s·B·A in float64. */
function product({ a, b }: { a: Float32Array; b: Float32Array }, rows: number, columns: number, rank: number, scale: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, i) => {
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += b[Math.floor(i / columns) * rank + r] * a[r * columns + (i % columns)];
    return scale * sum;
  });
}

const largest = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((most, value, i) => Math.max(most, Math.abs(value - y[i])), 0);

describe('principal factors', () => {
  const SINGULAR = [3, 2, 1.5, 0.7, 0.2];

  it.each([[5, 5], [7, 5], [5, 7], [33, 5], [5, 33]])('of a %d × %d weight are its best approximation of every rank', (rows, columns) => {
    const weight = Float32Array.from(composed(SINGULAR, rows, columns));
    for (const scale of [1, 4, 0.25]) {
      for (let rank = 1; rank <= 5; rank++) {
        const factors = principalFactors(weight, rows, columns, rank, scale);
        expect([factors.a.length, factors.b.length]).toEqual([rank * columns, rows * rank]);
        // float32 stores the weight and the factors: 6e-8 of values up to 3.
        expect(largest(product(factors, rows, columns, rank, scale), composed(SINGULAR, rows, columns, rank))).toBeLessThan(1e-6);
      }
    }
  });

  it('share the singular values evenly, the leading one first', () => {
    const { a, b } = principalFactors(Float32Array.from(composed(SINGULAR, 7, 6)), 7, 6, 3, 4);
    for (let r = 0; r < 3; r++) {
      expect(Math.hypot(...a.subarray(6 * r, 6 * r + 6))).toBeCloseTo(Math.sqrt(SINGULAR[r] / 4), 6);
      expect(Math.hypot(...b.filter((_, i) => i % 3 === r))).toBeCloseTo(Math.sqrt(SINGULAR[r] / 4), 6);
    }
  });

  it('of a weight of lower rank, and of zeros, are finite and exact', () => {
    for (const [rows, columns] of [[6, 4], [4, 6]]) {
      for (const singular of [[2, 1], [0]]) {
        const weight = Float32Array.from(composed(singular, rows, columns));
        const factors = principalFactors(weight, rows, columns, 4, 2);
        expect(largest(product(factors, rows, columns, 4, 2), weight)).toBeLessThan(1e-6);
      }
    }
  });

  it('of a weight whose singular values are all alike are some half of it', () => {
    const unit = Float32Array.from({ length: 36 }, (_, i) => Number(i % 7 === 0));
    const far = product(principalFactors(unit, 6, 6, 3, 1), 6, 6, 3, 1).reduce((sum, value, i) => sum + (value - unit[i]) ** 2, 0);
    expect(far).toBeCloseTo(3, 6);
  });

  it('turn along the shorter side: those of a wide weight are those of the tall one, bit for bit', () => {
    // Along the longer side the vectors that should be zero never come to rest, and it takes 40 times as long.
    const wide = normals(35, 1);
    const tall = transposed(wide, 5, 7);
    expect([...tall.slice(0, 6)]).toEqual([0, 7, 14, 21, 28, 1].map((i) => wide[i]));
    const [ofWide, ofTall] = [principalFactors(wide, 5, 7, 5, 1), principalFactors(tall, 7, 5, 5, 1)];
    // Otherwise signs and last digits would differ.
    expect(ofWide.a).toEqual(transposed(ofTall.b, 7, 5));
    expect(ofWide.b).toEqual(transposed(ofTall.a, 5, 5));
  });

  it('of a rank that the weight does not have are refused', () => {
    expect(() => principalFactors(normals(15, 1), 5, 3, 4, 1)).toThrow('PiSSA: rank 4 of a 5×3 weight; choose at most 3');
    expect(() => principalFactors(normals(15, 1), 3, 5, 4, 1)).toThrow('choose at most 3');
  });
});

describe('the frozen rest', () => {
  // GPT-2 stores its weights (inputs, outputs).
  it.each([['bert-full', ['q', 'down']], ['gpt2-lm-hiddenkey', ['qkv', 'up', 'down']], ['llama-classification', ['k', 'gate']]] as const)('and the branch are the weight together, %s', async (name, targets) => {
    const { config, tensors } = await loadCheckpoint(diskSource(fileURLToPath(new URL(`../fixtures/golden/${name}/model`, import.meta.url))));
    const trained: Trained = { peft: 'pissa', rank: 3, alpha: 6, targets };
    const specs = parameterSpecs(config, trained);
    const values = await initialValues(config, trained, specs, tensors, 5);
    const rests = new Map<string, Float32Array>();
    for await (const [tensor, rest] of residualWeights(config, trained, specs, tensors, values)) rests.set(tensor, rest);
    expect(rests.size).toBe(targets.length * config.layers);
    for (const [tensor, rest] of rests) {
      const stored = tensors.get(tensor)!;
      const [first, second] = stored.shape;
      const weight = await stored.read();
      const module = `base_model.model.${tensor.slice(0, -'.weight'.length)}`;
      const [a, b] = ['lora_A', 'lora_B'].map((part) => values.get(`${module}.${part}.weight`)!);
      const [rows, columns] = name.startsWith('gpt2') ? [second, first] : [first, second];
      const branch = product({ a, b }, rows, columns, 3, 2);
      const sum = weight.map((_, i) => rest[i] + branch[name.startsWith('gpt2') ? (i % second) * columns + Math.floor(i / second) : i]);
      expect(largest(sum, weight)).toBeLessThan(1e-6);
      // What is left is at right angles to what was taken, as only the best approximation leaves it.
      const squares = (x: ArrayLike<number>) => Array.from(x).reduce((total, value) => total + value * value, 0);
      expect(squares(rest) + squares(branch)).toBeCloseTo(squares(weight), 5);
      expect(squares(rest)).toBeLessThan(0.95 * squares(weight));
    }
  });
});
