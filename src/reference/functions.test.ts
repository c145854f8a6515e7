import { describe, expect, it } from 'vitest';
import { add, assemble, cut, detach, differentiate, divide, type Matrix, matrix, multiply, product, scale, subtract, sumOfAll, sumOfRows, transpose } from './autograd';
import { erf, exponential, gelu, layerNorm, logarithm, logOfSum, logSoftmax, softmax, tanh } from './functions';

/** Numbers that are spread and repeatable; `spike` makes some of them large. */
const numbers = (count: number, shift: number, spike = 1) => Array.from({ length: count }, (_, i) => Math.sin(shift + 7.3 * i) * (i % 5 === 2 ? spike : 1));

describe('error function', () => {
  // Abramowitz & Stegun's table 7.1 and, beyond it, values from an arbitrary-precision program.
  it.each([[0, 0], [0.1, 0.1124629160182849], [0.5, 0.5204998778130465], [1, 0.8427007929497149], [2, 0.9953222650189527], [3, 0.9999779095030014], [5, 0.9999999999984626], [7, 1]])(
    'erf(%d)', (x, expected) => {
      expect(Math.abs(erf(x) - expected)).toBeLessThan(1e-15);
      expect(erf(-x)).toBeCloseTo(-erf(x), 15);
    },
  );
});

describe('gradients against central differences', () => {
  const keep = Array.from({ length: 12 }, (_, i) => i % 4 === 0 || i % 3 === 1);
  const other = matrix(3, 4, numbers(12, 2));
  const cases: [string, (x: Matrix) => Matrix][] = [
    ['add, with a row repeated', (x) => add(x, cut(x, { row: 1, column: 0 }, 1, 4))],
    ['subtract, with a column repeated', (x) => subtract(cut(x, { row: 0, column: 2 }, 3, 1), x)],
    ['multiply', (x) => multiply(x, add(x, other))],
    ['divide', (x) => divide(x, add(multiply(x, x), matrix(1, 1, [2])))],
    ['product', (x) => product(product(x, transpose(other)), x)],
    ['product with itself', (x) => product(x, transpose(x))],
    ['sums', (x) => multiply(sumOfRows(x), sumOfAll(x))],
    ['cut and assemble', (x) => assemble(5, 4, [
      { piece: cut(x, { row: 1, column: 1 }, 2, 3), corner: { row: 0, column: 0 } }, { piece: scale(x, 3), corner: { row: 2, column: 0 } },
    ])],
    ['gelu', gelu],
    ['tanh', tanh],
    ['logarithm of exponential', (x) => logarithm(add(exponential(x), matrix(1, 1, [1])))],
    ['layer norm', (x) => layerNorm(x, matrix(1, 4, [1, 2, -1, 0.5], true), matrix(1, 4, [0, 1, 0, 0]), 1e-12)],
    ['softmax over some columns', (x) => softmax(x, keep)],
    ['ln softmax', logSoftmax],
    ['ln of a sum', (x) => logOfSum(x, other)],
  ];

  it.each(cases)('%s', (_, f) => {
    for (const spike of [1, 4]) {
      const start = numbers(12, 1, spike);
      const loss = (values: number[]) => {
        const x = matrix(3, 4, values, true);
        const y = f(x);
        return { x, loss: sumOfAll(multiply(y, matrix(y.rows, y.columns, numbers(y.values.length, 5)))) };
      };
      const at = loss(start);
      differentiate(at.loss);
      start.forEach((_value, i) => {
        const moved = (by: number) => loss(start.map((value, j) => (j === i ? value + by : value))).loss.values[0];
        const measured = (8 * (moved(1e-4) - moved(-1e-4)) - (moved(2e-4) - moved(-2e-4))) / 12e-4;
        expect(Math.abs(at.x.gradient![i] - measured)).toBeLessThan(1e-8 * Math.max(1, Math.abs(measured)));
      });
    }
  });

  it('stops at a detached value', () => {
    const x = matrix(1, 2, [3, 4], true);
    differentiate(sumOfAll(multiply(x, detach(x))));
    expect([...x.gradient!]).toEqual([3, 4]);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => matrix(2, 2, [1])).toThrow(/1 values; give 4/);
    expect(() => add(matrix(2, 2, numbers(4, 0)), matrix(3, 2, numbers(6, 0)))).toThrow(/do not fit/);
    expect(() => product(matrix(1, 2, [1, 2]), matrix(1, 2, [1, 2]))).toThrow(/product of \[1,2\] and \[1,2\]/);
  });
});

describe('range', () => {
  it('ignores a large value that is not kept', () => {
    const x = matrix(1, 3, [1, 900, 1], true);
    const y = softmax(x, [true, false, true]);
    expect([...y.values]).toEqual([0.5, 0, 0.5]);
    differentiate(cut(y, { row: 0, column: 0 }, 1, 1));
    expect([...x.gradient!]).toEqual([0.25, 0, -0.25]);
  });

  it('takes logarithms of very small probabilities', () => {
    expect([...logSoftmax(matrix(1, 2, [0, -2000])).values]).toEqual([0, -2000]);
    expect(logOfSum(matrix(1, 1, [-2000]), matrix(1, 1, [-3000])).values[0]).toBe(-2000);
  });
});
