import { describe, expect, it } from 'vitest';
import vectors from '../fixtures/words.json';
import { wordsAt } from '../reference/masks';
import { pcg4d, word } from './words';

describe('random words', () => {
  it.each(vectors.words)('seed $seed, step $step, site $site', ({ seed, step, site, words }) => {
    expect(words.map((_, index) => word(seed, step, site, index))).toEqual(words);
  });

  it('agrees with arithmetic of unlimited width', () => {
    for (const [seed, step, site] of [[0, 0, 0], [1, 2, 3], [0xffffffff, 0x80000000, 0x7fffffff], [3735928559, 99999, 16908289]]) {
      expect(Array.from({ length: 64 }, (_, index) => word(seed, step, site, index))).toEqual(wordsAt(seed, step, site, 64));
    }
  });

  it('serves four neighbours from one evaluation and gives u32', () => {
    const four = pcg4d(7, 8, 9, 5);
    expect([20, 21, 22, 23].map((index) => word(7, 8, 9, index))).toEqual(four);
    for (const value of four) expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
  });

  it('wraps the index modulo 2^32', () => {
    expect(word(1, 2, 3, 2 ** 32 + 5)).toBe(word(1, 2, 3, 5));
    expect(word(1, 2, 3, 0xffffffff)).toBe(pcg4d(1, 2, 3, 0x3fffffff)[3]);
  });
});
