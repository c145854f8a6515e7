import { describe, expect, it } from 'vitest';
import { halfToFloat } from './numberFormats';
import { readSafetensors, writeSafetensors } from './safetensors';
import { entry, fileWith } from './testing/made';

const read = (header: unknown, values: ArrayLike<number> = []) => readSafetensors(fileWith(header, values), 'm.safetensors');

describe('safetensors', () => {
  it('reads back what it wrote, scalars and empty tensors included', () => {
    const tensors = new Map([
      ['a.weight', { shape: [2, 3], values: new Float32Array([1, -2, 3.5, 1e-40, 6e30, -0]) }],
      ['scalar', { shape: [], values: new Float32Array([7]) }],
      ['empty', { shape: [0, 4], values: new Float32Array(0) }],
    ]);
    const bytes = writeSafetensors(tensors);
    expect(readSafetensors(bytes.buffer as ArrayBuffer, 'm.safetensors')).toEqual(tensors);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it('reads F16, BF16 and F64 as float32, at any alignment', () => {
    const half = [0x00, 0x3c, 0x01, 0x00, 0xff, 0xfb]; // 1, the smallest subnormal, -65504
    const brain = [0x80, 0x3f, 0x49, 0xc0]; // 1, -3.140625
    const double = [...new Uint8Array(new Float64Array([Math.PI]).buffer)];
    const tensors = read({
      odd: entry('F16', [3], [0, 6]), brain: entry('BF16', [2, 1], [6, 10]), double: entry('F64', [1], [10, 18]),
    }, [...half, ...brain, ...double]);
    expect([...tensors.get('odd')!.values]).toEqual([1, 2 ** -24, -65504]);
    expect(tensors.get('brain')).toEqual({ shape: [2, 1], values: new Float32Array([1, -3.140625]) });
    expect(tensors.get('double')!.values[0]).toBe(Math.fround(Math.PI));
  });

  it('knows every class of half number', () => {
    expect(halfToFloat(0x7c00)).toBe(Infinity);
    expect(halfToFloat(0xfc00)).toBe(-Infinity);
    expect(halfToFloat(0x7e00)).toBeNaN();
    expect(Object.is(halfToFloat(0x8000), -0)).toBe(true);
    expect(halfToFloat(0x3555)).toBe(0x555 / 2 ** 12);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['an empty file', () => readSafetensors(new ArrayBuffer(3), 'm.safetensors'), /^m.safetensors: too short .*\(3 bytes\); fetch/],
    ['a header beyond the end', () => readSafetensors(new Uint8Array([200, 0, 0, 0, 0, 0, 0, 0, 1]).buffer, 'm'), /header is said to be longer than the file \(200 of 9 bytes\)/],
    ['a page instead of a file', () => readSafetensors(new TextEncoder().encode('<!doctype html><p>no</p>').buffer as ArrayBuffer, 'm'), /not safetensors/],
    ['a header that is not JSON', () => read('{"a":'), /header is not JSON/],
    ['a header that is a list', () => read('[1]'), /header is not a JSON object \(\[1\]\)/],
    ['an integer tensor', () => read({ n: entry('I64', [1], [0, 8]) }, Array(8).fill(0)), /tensor n: number format not supported \(I64\); store it as one of F32, F16, BF16, F64/],
    ['no entry', () => read({ n: null }), /tensor n: offsets are not a begin and an end/],
    ['a negative extent', () => read({ n: entry('F32', [-1], [0, 4]) }, Array(4).fill(0)), /shape is not a list of whole numbers \(\[-1\]\)/],
    ['offsets in the wrong order', () => read({ n: entry('F32', [1], [4, 0]) }, Array(4).fill(0)), /offsets are not a begin and an end \(\[4,0\]\)/],
    ['offsets that are no numbers', () => read({ n: entry('F32', [1], ['0', '4']) }, Array(4).fill(0)), /offsets are not/],
    ['a tensor outside the file', () => read({ n: entry('F32', [2], [0, 8]) }, Array(4).fill(0)), /tensor n: lies outside the file \(ends at byte 8 of 4\).*cut off/],
    ['a shape that does not fit', () => read({ n: entry('F32', [3], [0, 8]) }, Array(8).fill(0)), /shape \[3\] of F32 needs 12 bytes \(8 are there\)/],
    ['tensors that overlap', () => read({ n: entry('F32', [2], [0, 8]), o: entry('F32', [1], [4, 8]) }, Array(8).fill(0)), /tensor o: overlaps/],
    ['a hole', () => read({ n: entry('F32', [1], [0, 4]), o: entry('F32', [1], [8, 12]) }, Array(12).fill(0)), /tensor o: unused bytes before it \(4\)/],
    ['bytes at the end', () => read({ n: entry('F32', [1], [0, 4]) }, Array(5).fill(0)), /unused bytes after the last tensor \(1\)/],
    ['a tensor written with the wrong shape', () => writeSafetensors(new Map([['n', { shape: [2], values: new Float32Array(3) }]])), /tensor n: shape \[2\] does not hold its values \(3\)/],
  ])('refuses %s in a sentence', (_, act, sentence) => {
    expect(act).toThrow(sentence);
  });
});
