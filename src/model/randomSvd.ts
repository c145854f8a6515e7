/**
 * Leading singular vectors of a large weight by subspace iteration from random vectors (Halko, Martinsson and Tropp 2011), as peft's
 * `pissa_niter_N` takes them: a 768×768 weight in a fraction of a second, where the exact decomposition takes thirteen.
 */
import { pcg4d } from '../random/words';
import { principalFactors, transposed } from './pissa';

/** Up to this extent of the shorter side the exact decomposition is quick enough. */
export const EXACT_SIDE = 256;

/** Subspace iterations, and vectors beyond the rank, which make the leading ones converge faster. */
const ITERATIONS = 4;
const OVERSAMPLING = 10;

/** Keeps these draws apart from masks, shuffles and first values. */
const SITE = 0x5bd;

/** (rows, count) normal numbers, the same for every weight of a shape: what a run starts from depends on its weights alone. */
function normals(rows: number, count: number): Float64Array {
  const word = (index: number) => (pcg4d(rows, count, SITE, index >>> 2)[index & 3] + 0.5) / 2 ** 32;
  return Float64Array.from({ length: rows * count }, (_, i) => Math.sqrt(-2 * Math.log(word(2 * i))) * Math.cos(2 * Math.PI * word(2 * i + 1)));
}

/** W·X of W (rows, columns) and X (columns, count). */
function times(weight: Float32Array, rows: number, columns: number, x: Float64Array, count: number): Float64Array {
  const y = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = weight[row * columns + column];
      for (let j = 0; j < count; j++) y[row * count + j] += value * x[column * count + j];
    }
  }
  return y;
}

/** Wᵀ·X of W (rows, columns) and X (rows, count). */
function timesTurned(weight: Float32Array, rows: number, columns: number, x: Float64Array, count: number): Float64Array {
  const y = new Float64Array(columns * count);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = weight[row * columns + column];
      for (let j = 0; j < count; j++) y[column * count + j] += value * x[row * count + j];
    }
  }
  return y;
}

/** Makes the columns of x (rows, count) orthonormal, by Gram and Schmidt, twice for rounding's sake; one that depends on the others becomes 0. */
function orthonormalise(x: Float64Array, rows: number, count: number): Float64Array {
  const along = (one: number, other: number) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[row * count + one] * x[row * count + other];
    return sum;
  };
  for (let j = 0; j < count; j++) {
    const before = Math.sqrt(along(j, j));
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < j; i++) {
        const share = along(i, j);
        for (let row = 0; row < rows; row++) x[row * count + j] -= share * x[row * count + i];
      }
    }
    const length = Math.sqrt(along(j, j));
    const scale = length > 1e-10 * before ? 1 / length : 0;
    for (let row = 0; row < rows; row++) x[row * count + j] *= scale;
  }
  return x;
}

/** As `principalFactors`, nearly: what it misses is in directions whose singular values are close to the smallest that is taken. */
export function fastPrincipalFactors(weight: Float32Array, rows: number, columns: number, rank: number, scale: number): { a: Float32Array; b: Float32Array } {
  const count = rank + OVERSAMPLING;
  if (Math.min(rows, columns) <= Math.max(EXACT_SIDE, count)) return principalFactors(weight, rows, columns, rank, scale);
  let q = orthonormalise(times(weight, rows, columns, normals(columns, count), count), rows, count);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const z = orthonormalise(timesTurned(weight, rows, columns, q, count), columns, count);
    q = orthonormalise(times(weight, rows, columns, z, count), rows, count);
  }
  // W ≈ Q·(QᵀW), and the inner factor is small enough for the exact decomposition.
  const inner = Float32Array.from(timesTurned(weight, rows, columns, q, count));
  const { a, b } = principalFactors(transposed(inner, columns, count), count, columns, rank, scale);
  const outer = new Float32Array(rows * rank);
  for (let row = 0; row < rows; row++) {
    for (let r = 0; r < rank; r++) {
      let sum = 0;
      for (let j = 0; j < count; j++) sum += q[row * count + j] * b[j * rank + r];
      outer[row * rank + r] = sum;
    }
  }
  return { a, b: outer };
}
