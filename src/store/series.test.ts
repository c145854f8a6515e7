import { describe, expect, it } from 'vitest';
import { Column } from './column';
import { indexAt, MAX_POINTS, roundUp, rowsOf, smooth, thin } from './series';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('smoothing', () => {
  it('leaves a constant alone from the very first point', () => {
    expect(Array.from(smooth([2, 2, 2, 2], 0.9))).toEqual([2, 2, 2, 2].map((value) => expect.closeTo(value, 12)));
  });
  it('does not touch its input and is a copy at 0', () => {
    const values = Float64Array.of(1, 5, 2);
    expect(Array.from(smooth(values, 0))).toEqual([1, 5, 2]);
    expect(Array.from(smooth(values, 0.5))).not.toEqual([1, 5, 2]);
    expect(Array.from(values)).toEqual([1, 5, 2]);
  });
  it('steps over values that are not finite', () => {
    const result = smooth([1, Number.NaN, 1], 0.5);
    expect(result[1]).toBeNaN();
    expect(result[2]).toBeCloseTo(1, 12);
  });
});

describe('thinning', () => {
  it('keeps short lines whole', () => {
    expect(thin(upTo(MAX_POINTS), upTo(MAX_POINTS))).toEqual(upTo(MAX_POINTS));
  });
  it.each([251, 1000, 20_000])('draws at most 250 of %i points, in order, first and last included', (count) => {
    const chosen = thin(upTo(count), upTo(count).map((x) => Math.sin(x / 7)));
    expect(chosen.length).toBeLessThanOrEqual(MAX_POINTS);
    expect(chosen.length).toBeGreaterThan(MAX_POINTS / 2);
    expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
    expect([chosen[0], chosen.at(-1)]).toEqual([0, count - 1]);
  });
  it('keeps a spike of a single step, upwards, downwards and not finite', () => {
    for (const spike of [100, -100, Number.NaN]) {
      const y = upTo(5000).map((x) => Math.cos(x / 100));
      y[3217] = spike;
      expect(thin(upTo(5000), y)).toContain(3217);
    }
  });
  it('copes with uneven and repeated x', () => {
    const x = upTo(1000).map((index) => (index < 900 ? 1 : index));
    expect(thin(x, upTo(1000)).length).toBeLessThanOrEqual(MAX_POINTS);
    expect(thin(upTo(1000).map(() => 3), upTo(1000)).length).toBeLessThanOrEqual(MAX_POINTS);
  });
});

describe('rows', () => {
  it('merge lines by x, and a line is nowhere but at its own', () => {
    expect(rowsOf([{ key: 'a', x: [1, 3], y: [10, 11] }, { key: 'b', x: [2, 3], y: [20, 30] }])).toEqual([{ x: 1, a: 10 }, { x: 2, b: 20 }, { x: 3, a: 11, b: 30 }]);
  });
  it('keep what is not a number as a hole, once between two points and not at the ends', () => {
    const y = [NaN, 1, NaN, Infinity, 2, 3, NaN];
    expect(rowsOf([{ key: 'a', x: upTo(7), y }])).toEqual([{ x: 1, a: 1 }, { x: 2, a: NaN }, { x: 4, a: 2 }, { x: 5, a: 3 }]);
    expect(rowsOf([{ key: 'a', x: [0, 1, 1], y: [1, NaN, 2] }])).toEqual([{ x: 0, a: 1 }, { x: 0.5, a: NaN }, { x: 1, a: 2 }]);
    expect(rowsOf([{ key: 'a', x: [0, 1], y: [NaN, NaN] }])).toEqual([]);
  });
  it('keep a hole of one step in a long line, and few rows however many holes there are', () => {
    const values = (isHole: (x: number) => boolean) => upTo(5000).map((x) => (isHole(x) ? NaN : Math.sin(x)));
    const rows = (isHole: (x: number) => boolean) => rowsOf([{ key: 'a', x: upTo(5000), y: values(isHole) }]);
    expect(rows((x) => x === 3217).filter(({ a }) => Number.isNaN(a))).toEqual([{ x: 3217, a: NaN }]);
    expect(rows((x) => x % 2 === 1).length).toBeLessThanOrEqual(2 * MAX_POINTS);
  });
  it('find the place of a cursor', () => {
    expect([0, 1, 1.5, 9].map((at) => indexAt([1, 2, 3], at))).toEqual([-1, 0, 0, 2]);
  });
  it('round ends up to readable numbers', () => {
    expect([0.69, 0.8, 1.01, 23, 0, Number.NaN].map(roundUp)).toEqual([0.8, 0.8, 1.5, 25, 1, 1].map((value) => expect.closeTo(value, 9)));
  });
});

describe('column', () => {
  it('grows beyond its capacity without losing anything', () => {
    const column = new Column(2);
    column.append([1, 2, 3]);
    column.push(4);
    column.append(Float32Array.of(5));
    expect(Array.from(column.view())).toEqual([1, 2, 3, 4, 5]);
    expect(column.last()).toBe(5);
  });
});
