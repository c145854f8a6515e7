/** `expect(actual).toBeNear(expected, limit)`: arrays of numbers, the error measured against the largest expected value. */
import { expect } from 'vitest';

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the parameter must have the name that vitest gave it
  interface Matchers<T = any> {
    /**
     * Every |actual − expected| is at most `limit` times the largest |expected|. Where that is below `floor`, `floor` takes its place: what
     * is left of a sum that cancels has the rounding error of its terms, not of itself.
     */
    toBeNear(expected: ArrayLike<number>, limit: number, floor?: number): void;
    /** The same bits, number by number. */
    toBeBitEqual(expected: ArrayLike<number>): void;
  }
}

expect.extend({
  toBeNear(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number, floor = 0.1) {
    if (actual.length !== expected.length) return { pass: false, message: () => `${actual.length} values, expected ${expected.length}` };
    let scale = floor;
    for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i]));
    let worst = 0;
    let error = 0;
    let wrong = 0;
    for (let i = 0; i < expected.length; i++) {
      const far = Math.abs(actual[i] - expected[i]);
      // Written so that a NaN counts as wrong.
      if (!(far <= limit * scale)) wrong++;
      if (!(far <= error)) [worst, error] = [i, far];
    }
    return {
      pass: wrong === 0,
      message: () => `${wrong} of ${expected.length} values are off; the worst at index ${worst}: ${actual[worst]}, expected ${expected[worst]}, error ${error.toExponential(2)}, limit ${(limit * scale).toExponential(2)}`,
    };
  },
  toBeBitEqual(actual: ArrayLike<number>, expected: ArrayLike<number>) {
    if (actual.length !== expected.length) return { pass: false, message: () => `${actual.length} values, expected ${expected.length}` };
    const differing = Array.from(actual).findIndex((value, i) => !Object.is(value, expected[i]));
    return { pass: differing < 0, message: () => `index ${differing}: ${actual[differing]}, expected exactly ${expected[differing]}` };
  },
});
