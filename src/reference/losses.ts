/** Losses over the rows of a batch, in nats, as [1,1] matrices. */
import type { CaseConsistency } from './case';
import { assemble, cut, type Matrix, matrix, multiply, scale, subtract, sumOfAll } from './autograd';
import { exponential, logOfSum, logSoftmax } from './functions';

/** Mean of (1−ε)(−log p_y) − (ε/V) Σ_c log p_c. @param outputs [B,V]; @param labels [B], every one a class */
export function crossEntropy(outputs: Matrix, labels: number[], smoothing: number): Matrix {
  const { rows, columns } = outputs;
  const shares = Array.from({ length: rows * columns }, (_, i) => smoothing / columns + (i % columns === labels[Math.floor(i / columns)] ? 1 - smoothing : 0));
  return scale(sumOfAll(multiply(logSoftmax(outputs), matrix(rows, columns, shares))), -1 / rows);
}

/** The chosen rows, one below the other. */
export const rowsAt = (x: Matrix, chosen: number[]): Matrix =>
  assemble(chosen.length, x.columns, chosen.map((row, place) => ({ piece: cut(x, { row, column: 0 }, 1, x.columns), corner: { row: place, column: 0 } })));

/** Mean squared difference of two matrices of one shape. */
export function squaredError(a: Matrix, b: Matrix): Matrix {
  const difference = subtract(a, b);
  return scale(sumOfAll(multiply(difference, difference)), 1 / a.values.length);
}

/** Σ P (ln P − ln Q) over classes, averaged over rows, from the logarithms. */
const divergence = (logP: Matrix, logQ: Matrix) => scale(sumOfAll(multiply(exponential(logP), subtract(logP, logQ))), 1 / logP.rows);

const half = (a: Matrix, b: Matrix) => scale(sumOfAll(subtract(a, scale(b, -1))), 0.5);

/** How far two passes over the same rows are apart; both [B,V]. */
export function consistencyTerm(kind: CaseConsistency['kind'], first: Matrix, second: Matrix): Matrix {
  if (kind === 'mse') return squaredError(first, second);
  const p = logSoftmax(first);
  const q = logSoftmax(second);
  if (kind === 'js_paper') return divergence(p, q);
  if (kind === 'kl') return half(divergence(p, q), divergence(q, p));
  const mixture = subtract(logOfSum(p, q), matrix(1, 1, [Math.LN2]));
  return half(divergence(p, mixture), divergence(q, mixture));
}
