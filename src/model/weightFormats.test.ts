/** float16 as it is packed: against every half number, and against the numbers between them. */
import { describe, expect, it } from 'vitest';
import { halfBits, nearestHalf, WEIGHT_ROWS } from '../kernels/weightFormats';
import { halfToFloat } from './files/numberFormats';

const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0];
const never = (index: number): never => { throw new Error(`refused ${index}`); };
const FINITE = Array.from({ length: 0x7c00 }, (_, bits) => bits);

describe('float16', () => {
  it('keeps every number that it has, subnormal ones and both zeros included', () => {
    for (const bits of FINITE) {
      for (const signed of [bits, bits | 0x8000]) {
        const value = halfToFloat(signed);
        if (halfBits(bitsOf(value)) !== signed || !Object.is(nearestHalf(value), value)) throw new Error(`${signed}: ${value}`);
      }
    }
  });

  it('rounds what lies between two of them to the nearer, and half way to the even one', () => {
    for (const bits of FINITE.slice(0, -1)) {
      const [low, high] = [halfToFloat(bits), halfToFloat(bits + 1)];
      const middle = (low + high) / 2;
      const nudge = (high - low) / 64;
      const found = [middle - nudge, middle, middle + nudge].map((value) => halfBits(bitsOf(value)));
      if (String(found) !== String([bits, bits % 2 === 0 ? bits : bits + 1, bits + 1])) throw new Error(`${low} to ${high}: ${found}`);
    }
    expect(halfBits(bitsOf(2 ** -26))).toBe(0);
  });

  it('packs two in a word, the first in its lower half, and fills the last word up', () => {
    expect([...WEIGHT_ROWS.f16.encode(Float32Array.of(1, -2, 65504), never)]).toEqual([0xc0003c00, 0x00007bff]);
  });

  it.each([65504.01, -7e4, Infinity, NaN])('refuses %d', (value) => {
    expect(() => WEIGHT_ROWS.f16.encode(Float32Array.of(1, 2, value), never)).toThrow('refused 2');
  });
});
