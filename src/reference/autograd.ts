/**
 * Reverse-mode differentiation of float64 matrices: the arithmetic of the referee. Slow and plain on purpose; every function of the model is
 * composed of the few primitives below, so that no gradient formula of the engine is repeated here.
 */

/** A matrix [rows, columns], row-major, and how it came about. */
export interface Matrix {
  rows: number;
  columns: number;
  values: Float64Array;
  /** Derivative of the loss, filled in by `differentiate`; absent where none flows. */
  gradient?: Float64Array;
  /** Whether a gradient flows through it at all. */
  tracked: boolean;
  parents: Matrix[];
  /** Adds its share to the parents' gradients. */
  spread?: (gradient: Float64Array) => void;
}

/** A matrix without history; a trainable one if `tracked`. Throws RangeError where the values do not fill the shape. */
export function matrix(rows: number, columns: number, values: ArrayLike<number>, tracked = false): Matrix {
  if (values.length !== rows * columns) throw new RangeError(`matrix [${rows},${columns}]: ${values.length} values; give ${rows * columns}`);
  return { rows, columns, values: Float64Array.from(values), tracked, parents: [] };
}

/** The same values as a constant: no gradient passes (a stop-gradient). */
export const detach = (x: Matrix): Matrix => matrix(x.rows, x.columns, x.values);

function derived(rows: number, columns: number, parents: Matrix[], values: Float64Array, spread: (gradient: Float64Array) => void): Matrix {
  const tracked = parents.some((parent) => parent.tracked);
  return tracked ? { rows, columns, values, tracked, parents, spread } : { rows, columns, values, tracked, parents: [] };
}

function gradientOf(x: Matrix): Float64Array {
  x.gradient ??= new Float64Array(x.values.length);
  return x.gradient;
}

/** Applies `f` to every element; `slope(x, y)` is its derivative at x, where y = f(x). */
export function map(x: Matrix, f: (value: number, index: number) => number, slope: (value: number, result: number, index: number) => number): Matrix {
  const values = x.values.map(f);
  return derived(x.rows, x.columns, [x], values, (gradient) => {
    const into = gradientOf(x);
    for (let i = 0; i < into.length; i++) into[i] += gradient[i] * slope(x.values[i], values[i], i);
  });
}

type Pair = (a: number, b: number) => number;

/** Element by element; an extent of 1 is repeated. `toA` and `toB` are the partial derivatives. Throws RangeError for shapes that do not fit. */
function combine(a: Matrix, b: Matrix, f: Pair, toA: Pair, toB: Pair): Matrix {
  const rows = Math.max(a.rows, b.rows);
  const columns = Math.max(a.columns, b.columns);
  for (const x of [a, b]) {
    if ((x.rows !== rows && x.rows !== 1) || (x.columns !== columns && x.columns !== 1)) {
      throw new RangeError(`shapes [${a.rows},${a.columns}] and [${b.rows},${b.columns}] do not fit`);
    }
  }
  const at = (x: Matrix, row: number, column: number) => (x.rows === 1 ? 0 : row) * x.columns + (x.columns === 1 ? 0 : column);
  const values = new Float64Array(rows * columns);
  const each = (visit: (i: number, inA: number, inB: number) => void) => {
    for (let row = 0, i = 0; row < rows; row++) for (let column = 0; column < columns; column++, i++) visit(i, at(a, row, column), at(b, row, column));
  };
  each((i, inA, inB) => { values[i] = f(a.values[inA], b.values[inB]); });
  return derived(rows, columns, [a, b], values, (gradient) => {
    if (a.tracked) each((i, inA, inB) => { gradientOf(a)[inA] += gradient[i] * toA(a.values[inA], b.values[inB]); });
    if (b.tracked) each((i, inA, inB) => { gradientOf(b)[inB] += gradient[i] * toB(a.values[inA], b.values[inB]); });
  });
}

export const add = (a: Matrix, b: Matrix) => combine(a, b, (x, y) => x + y, () => 1, () => 1);
export const subtract = (a: Matrix, b: Matrix) => combine(a, b, (x, y) => x - y, () => 1, () => -1);
export const multiply = (a: Matrix, b: Matrix) => combine(a, b, (x, y) => x * y, (_, y) => y, (x) => x);
export const divide = (a: Matrix, b: Matrix) => combine(a, b, (x, y) => x / y, (_, y) => 1 / y, (x, y) => -x / (y * y));
export const scale = (x: Matrix, factor: number) => map(x, (value) => value * factor, () => factor);

/** [n,m] → [m,n] */
export function transpose(x: Matrix): Matrix {
  const turn = (from: Float64Array, rows: number, columns: number) => {
    const to = new Float64Array(from.length);
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column];
    return to;
  };
  return derived(x.columns, x.rows, [x], turn(x.values, x.rows, x.columns), (gradient) => {
    const back = turn(gradient, x.columns, x.rows);
    const into = gradientOf(x);
    for (let i = 0; i < into.length; i++) into[i] += back[i];
  });
}

/** [n,k] · [k,m] → [n,m]. Throws RangeError where the inner extents differ. */
export function product(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new RangeError(`product of [${a.rows},${a.columns}] and [${b.rows},${b.columns}]`);
  const { rows, columns: inner } = a;
  const { columns } = b;
  const values = new Float64Array(rows * columns);
  const each = (visit: (out: number, inA: number, inB: number) => void) => {
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < inner; k++) for (let column = 0; column < columns; column++) visit(row * columns + column, row * inner + k, k * columns + column);
    }
  };
  each((out, inA, inB) => { values[out] += a.values[inA] * b.values[inB]; });
  return derived(rows, columns, [a, b], values, (gradient) => {
    if (a.tracked) { const into = gradientOf(a); each((out, inA, inB) => { into[inA] += gradient[out] * b.values[inB]; }); }
    if (b.tracked) { const into = gradientOf(b); each((out, inA, inB) => { into[inB] += gradient[out] * a.values[inA]; }); }
  });
}

/** The sum over each row: [n,m] → [n,1]. */
export function sumOfRows(x: Matrix): Matrix {
  const values = new Float64Array(x.rows);
  x.values.forEach((value, i) => { values[Math.floor(i / x.columns)] += value; });
  return derived(x.rows, 1, [x], values, (gradient) => {
    const into = gradientOf(x);
    for (let i = 0; i < into.length; i++) into[i] += gradient[Math.floor(i / x.columns)];
  });
}

/** The sum of all elements: [1,1]. */
export const sumOfAll = (x: Matrix) => sumOfRows(transpose(sumOfRows(x)));

/** A rectangle of a larger matrix, by its upper left corner. */
export interface Corner {
  row: number;
  column: number;
}

/** Cuts the rectangle [rows, columns] out of x. */
export function cut(x: Matrix, corner: Corner, rows: number, columns: number): Matrix {
  const place = (i: number) => (corner.row + Math.floor(i / columns)) * x.columns + corner.column + (i % columns);
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < values.length; i++) values[i] = x.values[place(i)];
  return derived(rows, columns, [x], values, (gradient) => {
    const into = gradientOf(x);
    for (let i = 0; i < gradient.length; i++) into[place(i)] += gradient[i];
  });
}

/** Puts pieces, which do not overlap, into a matrix [rows, columns] of zeros. */
export function assemble(rows: number, columns: number, pieces: { piece: Matrix; corner: Corner }[]): Matrix {
  const values = new Float64Array(rows * columns);
  const place = (piece: Matrix, corner: Corner, i: number) => (corner.row + Math.floor(i / piece.columns)) * columns + corner.column + (i % piece.columns);
  for (const { piece, corner } of pieces) piece.values.forEach((value, i) => { values[place(piece, corner, i)] = value; });
  return derived(rows, columns, pieces.map(({ piece }) => piece), values, (gradient) => {
    for (const { piece, corner } of pieces) {
      if (!piece.tracked) continue;
      const into = gradientOf(piece);
      for (let i = 0; i < into.length; i++) into[i] += gradient[place(piece, corner, i)];
    }
  });
}

/** Fills in the gradient of everything tracked that leads to `loss` [1,1]. Call once for a loss. */
export function differentiate(loss: Matrix): void {
  const order: Matrix[] = [];
  const seen = new Set<Matrix>();
  const visit = (node: Matrix) => {
    if (seen.has(node) || !node.tracked) return;
    seen.add(node);
    node.parents.forEach(visit);
    order.push(node);
  };
  visit(loss);
  gradientOf(loss).fill(1);
  for (const node of order.reverse()) if (node.spread && node.gradient) node.spread(node.gradient);
}
