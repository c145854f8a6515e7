/** Weights as they are packed: float16 against every half number and the numbers between them, int8 and NF4 against their definitions, written plainly. */
import { describe, expect, it } from 'vitest';
import { INT8, NF4, NF4_LEVELS } from '../kernels/quantised';
import { normals, spiky } from '../kernels/testing/numbers';
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

/** The nearest number of `codes` to each value, by the largest size of its block of 64: bitsandbytes' definition. */
function nearest(values: Float32Array, codes: readonly number[], steps: number): { chosen: number[]; read: Float32Array } {
  const chosen = [...values].map((value, index) => {
    const block = values.subarray(index - (index % 64), index - (index % 64) + 64);
    const size = Math.max(...block.map(Math.abs));
    const distances = codes.map((code) => Math.abs(value / size - code / steps));
    return codes[distances.indexOf(Math.min(...distances))] * Math.fround(size / steps);
  });
  return { chosen, read: Float32Array.from(chosen) };
}

describe.each([
  ['int8', Array.from({ length: 255 }, (_, index) => index - 127), 127, INT8], ['nf4', NF4_LEVELS, 1, NF4],
] as const)('%s', (format, codes, steps, { bits }) => {
  const { encode, rounded } = WEIGHT_ROWS[format];

  it.each([1, 63, 64, 65, 1000])('reads %d values as the nearest in their blocks', (length) => {
    for (const values of [normals(length, 3), spiky(length, 4)]) expect([...rounded(values as Float32Array<ArrayBuffer>)]).toEqual([...nearest(values, codes, steps).read]);
  });

  it('packs a scale before the numbers of a block, and fills the last one up', () => {
    const values = Float32Array.from({ length: 66 }, (_, index) => (index === 65 ? -4 : index % 2));
    const words = encode(values, never) as Uint32Array<ArrayBuffer>;
    const inWord = 32 / bits;
    expect(words.length).toBe(2 * (1 + 64 / inWord));
    const scales = new Float32Array(words.buffer);
    const second = words.length / 2;
    expect([scales[0], scales[second]]).toEqual([Math.fround(1 / steps), Math.fround(4 / steps)]);
    const [none, most, least] = bits === 4 ? [7, 15, 0] : [0, 127, 0x81];
    expect(words[1]).toBe(Number.parseInt([most, none].map((code) => code.toString(16).padStart(bits / 4, '0')).join('').repeat(inWord / 2), 16));
    expect(words[second + 1] & (2 ** (2 * bits) - 1)).toBe((least << bits) | none);
    expect(words[second + 2] >>> 0).toBe(Number.parseInt(none.toString(16).padStart(bits / 4, '0').repeat(inWord), 16));
  });

  it('reads blocks of zeros as zeros, and refuses what is no number', () => {
    expect([...rounded(new Float32Array(70))]).toEqual(Array(70).fill(0));
    expect(encode(new Float32Array(3), never).every((word) => word === 0)).toBe(true);
    expect(() => encode(Float32Array.of(1, NaN), never)).toThrow('refused 1');
  });
});
