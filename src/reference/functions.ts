/** The functions a transformer is made of, composed of the primitives of `autograd.ts`; float64. */
import { add, detach, divide, map, type Matrix, matrix, multiply, product, scale, subtract, sumOfRows, transpose } from './autograd';

/**
 * The error function to a few units of float64's last place:
 * erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)), whose terms all have one sign, so that nothing cancels.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const normalCumulative = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));
const normalDensity = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** x Φ(x), the exact form and not its tanh approximation. */
export const gelu = (x: Matrix) => map(x, (value) => value * normalCumulative(value), (value) => normalCumulative(value) + value * normalDensity(value));

export const tanh = (x: Matrix) => map(x, Math.tanh, (_, result) => 1 - result * result);
export const exponential = (x: Matrix) => map(x, Math.exp, (_, result) => result);
export const logarithm = (x: Matrix) => map(x, Math.log, (value) => 1 / value);

/** e^x where `keep` is set and exactly 0, with no gradient, elsewhere; the others may be as large as they like. */
const keptExponential = (x: Matrix, keep: boolean[]) => map(x, (value, i) => (keep[i] ? Math.exp(value) : 0), (_, result, i) => (keep[i] ? result : 0));

/** x [n,in] · weightᵀ [out,in] + bias [1,out]. */
export const linear = (x: Matrix, weight: Matrix, bias: Matrix) => add(product(x, transpose(weight)), bias);

/** LayerNorm over each row with the biased variance; weight and bias are [1,width]. */
export function layerNorm(x: Matrix, weight: Matrix, bias: Matrix, epsilon: number): Matrix {
  const centred = subtract(x, scale(sumOfRows(x), 1 / x.columns));
  const variance = scale(sumOfRows(multiply(centred, centred)), 1 / x.columns);
  const deviation = map(variance, (value) => Math.sqrt(value + epsilon), (_, result) => 0.5 / result);
  return add(multiply(divide(centred, deviation), weight), bias);
}

/** The largest kept value of each row as a constant [n,1]; it moves no result, only the range of the exponentials. */
function largestOfRows(x: Matrix, keep: (index: number) => boolean): Matrix {
  const largest = new Array<number>(x.rows).fill(-Number.MAX_VALUE);
  x.values.forEach((value, i) => {
    const row = Math.floor(i / x.columns);
    if (keep(i)) largest[row] = Math.max(largest[row], value);
  });
  return matrix(x.rows, 1, largest);
}

/** Softmax of each row over the kept columns; `keep` has one entry an element, and at least one true in a row. */
export function softmax(x: Matrix, keep: boolean[]): Matrix {
  const powers = keptExponential(subtract(x, largestOfRows(x, (i) => keep[i])), keep);
  return divide(powers, sumOfRows(powers));
}

/** ln softmax of each row. */
export function logSoftmax(x: Matrix): Matrix {
  const lowered = subtract(x, largestOfRows(x, () => true));
  return subtract(lowered, logarithm(sumOfRows(exponential(lowered))));
}

/** ln(e^a + e^b), element by element, without overflow. */
export function logOfSum(a: Matrix, b: Matrix): Matrix {
  const larger = matrix(a.rows, a.columns, detach(a).values.map((value, i) => Math.max(value, b.values[i])));
  return add(larger, logarithm(add(exponential(subtract(a, larger)), exponential(subtract(b, larger)))));
}
