/**
 * Leading singular vectors of a large weight by subspace iteration from random vectors (Halko, Martinsson and Tropp 2011), as peft's
 * `pissa_niter_N` takes them: a 768×768 weight in a fraction of a second, where the exact decomposition takes thirteen.
 */
import { pcg4d } from '../random/words';
import { principalFactors, transposed } from './pissa';

/** Up to this extent of the shorter side the exact decomposition is quick enough. */
export const EXACT_SIDE = 256;

/** Subspace iterations, and vectors beyond the rank, which make the leading ones converge faster. peft takes `N` iterations and none beyond. */
const ITERATIONS = 4;
const OVERSAMPLING = 4;

/** Keeps these draws apart from masks, shuffles and first values. */
const SITE = 0x5bd;

/**
 * Vectors of one length, one behind the other: (count, length). A multiple of four of them, the last ones zero, since products go through them
 * four at a time.
 */
interface Vectors { values: Float64Array; count: number; length: number }

const zeros = (count: number, length: number): Vectors => ({ values: new Float64Array(4 * Math.ceil(count / 4) * length), count, length });

const drawn = new Map<string, Vectors>();

/** Vectors of normal numbers, the same for every weight of a shape: what a run starts from depends on its weights alone. */
function normals(count: number, length: number): Vectors {
  const key = `${count}×${length}`;
  let found = drawn.get(key);
  if (!found) {
    const word = (index: number) => (pcg4d(length, count, SITE, index >>> 2)[index & 3] + 0.5) / 2 ** 32;
    found = zeros(count, length);
    for (let i = 0; i < count * length; i++) found.values[i] = Math.sqrt(-2 * Math.log(word(2 * i))) * Math.cos(2 * Math.PI * word(2 * i + 1));
    // A model has two or three shapes.
    if (drawn.size > 4) drawn.clear();
    drawn.set(key, found);
  }
  return found;
}

/** W·x of every vector, W (rows, columns): sums of four vectors and two rows at once stay in registers. */
function times(weight: Float32Array, rows: number, x: Vectors): Vectors {
  const { values, count, length: columns } = x;
  const y = zeros(count, rows);
  for (let j = 0; j < count; j += 4) {
    const [x0, x1, x2, x3] = [0, 1, 2, 3].map((next) => values.subarray((j + next) * columns, (j + next + 1) * columns));
    for (let row = 0; row < rows; row += 2) {
      const first = row * columns;
      // A last row without a neighbour is its own, and is stored twice.
      const second = Math.min(row + 1, rows - 1) * columns;
      let a0 = 0; let a1 = 0; let a2 = 0; let a3 = 0;
      let b0 = 0; let b1 = 0; let b2 = 0; let b3 = 0;
      for (let column = 0; column < columns; column++) {
        const a = weight[first + column];
        const b = weight[second + column];
        const v0 = x0[column];
        const v1 = x1[column];
        const v2 = x2[column];
        const v3 = x3[column];
        a0 += a * v0; a1 += a * v1; a2 += a * v2; a3 += a * v3;
        b0 += b * v0; b1 += b * v1; b2 += b * v2; b3 += b * v3;
      }
      const [at, next] = [j * rows + row, j * rows + Math.min(row + 1, rows - 1)];
      y.values[at] = a0; y.values[at + rows] = a1; y.values[at + 2 * rows] = a2; y.values[at + 3 * rows] = a3;
      y.values[next] = b0; y.values[next + rows] = b1; y.values[next + 2 * rows] = b2; y.values[next + 3 * rows] = b3;
    }
  }
  return y;
}

/** Wᵀ·x of every vector, W (rows, columns): four rows of W at a time are added to two vectors. */
function timesTurned(weight: Float32Array, columns: number, x: Vectors): Vectors {
  const { values, count, length: rows } = x;
  const y = zeros(count, columns);
  for (let row = 0; row < rows; row += 4) {
    const last = rows - 1;
    const starts = [row, Math.min(row + 1, last), Math.min(row + 2, last), Math.min(row + 3, last)];
    const [r0, r1, r2, r3] = starts.map((start) => weight.subarray(start * columns, (start + 1) * columns));
    for (let j = 0; j < count; j += 2) {
      // Rows beyond the last count for nothing.
      const share = (vector: number, next: number) => (row + next < rows ? values[vector * rows + row + next] : 0);
      const [a0, a1, a2, a3] = [share(j, 0), share(j, 1), share(j, 2), share(j, 3)];
      const [b0, b1, b2, b3] = [share(j + 1, 0), share(j + 1, 1), share(j + 1, 2), share(j + 1, 3)];
      const one = y.values.subarray(j * columns, (j + 1) * columns);
      const other = y.values.subarray((j + 1) * columns, (j + 2) * columns);
      for (let column = 0; column < columns; column++) {
        const w0 = r0[column];
        const w1 = r1[column];
        const w2 = r2[column];
        const w3 = r3[column];
        one[column] += a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3;
        other[column] += b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3;
      }
    }
  }
  return y;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

const vectorOf = ({ values, length }: Vectors, index: number): Float64Array => values.subarray(index * length, (index + 1) * length);

/** Makes the vectors orthonormal, by Gram and Schmidt, twice for rounding's sake; one that depends on the others becomes 0. */
function orthonormalise(x: Vectors): Vectors {
  for (let j = 0; j < x.count; j++) {
    const vector = vectorOf(x, j);
    const before = Math.sqrt(dot(vector, vector));
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < j; i++) {
        const other = vectorOf(x, i);
        const share = dot(vector, other);
        for (let at = 0; at < vector.length; at++) vector[at] -= share * other[at];
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    const scale = length > 1e-10 * before ? 1 / length : 0;
    for (let at = 0; at < vector.length; at++) vector[at] *= scale;
  }
  return x;
}

/** Sums of the first vectors, weighted by the columns of `shares` (count, rank): (rank, length). */
function mixed(x: Vectors, shares: Float32Array, rank: number): Float64Array {
  const y = new Float64Array(rank * x.length);
  for (let r = 0; r < rank; r++) {
    const into = y.subarray(r * x.length, (r + 1) * x.length);
    for (let j = 0; j < x.count; j++) {
      const share = shares[j * rank + r];
      const vector = vectorOf(x, j);
      for (let at = 0; at < into.length; at++) into[at] += share * vector[at];
    }
  }
  return y;
}

/** As `principalFactors`, nearly: what it misses is in directions whose singular values are close to the smallest that is taken. */
export function fastPrincipalFactors(weight: Float32Array, rows: number, columns: number, rank: number, scale: number): { a: Float32Array; b: Float32Array } {
  const count = rank + OVERSAMPLING;
  if (Math.min(rows, columns) <= Math.max(EXACT_SIDE, count)) return principalFactors(weight, rows, columns, rank, scale);
  let q = orthonormalise(times(weight, rows, normals(count, columns)));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    q = orthonormalise(times(weight, rows, orthonormalise(timesTurned(weight, columns, q))));
  }
  // W ≈ Q·(QᵀW) = Q·R·Zᵀ with Z an orthonormal base of WᵀQ: R is small enough for the exact decomposition, and QR has W's singular values.
  const turned = timesTurned(weight, columns, q);
  const z = orthonormalise({ ...turned, values: turned.values.slice() });
  const inner = Float32Array.from({ length: count * count }, (_, at) => dot(vectorOf(turned, Math.floor(at / count)), vectorOf(z, at % count)));
  const { a, b } = principalFactors(inner, count, count, rank, scale);
  return {
    a: Float32Array.from(mixed(z, transposed(a, rank, count), rank)),
    b: transposed(Float32Array.from(mixed(q, b, rank)), rank, rows),
  };
}
