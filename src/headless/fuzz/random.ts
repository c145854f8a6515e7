/** Choices of a fuzzed input, all from one number, so that every input can be made again. */

export interface Choices {
  /** A whole number from 0 to limit − 1. */
  below(limit: number): number;
  one<T>(of: readonly T[]): T;
  /** True once in `of` times. */
  rarely(of: number): boolean;
}

/** mulberry32. */
export function choicesFrom(seed: number): Choices {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(uniform() * limit);
  return { below, one: (of) => of[below(of.length)], rarely: (of) => below(of) === 0 };
}
