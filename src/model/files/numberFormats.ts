/** The number formats in which checkpoints are stored, each turned into float32. All are little endian, as safetensors says. */

/** One stored format: its width and how to read it. */
export interface NumberFormat {
  bytesPerValue: number;
  /** Reads `count` values that start `offset` bytes into `view`; the offset need not be aligned. */
  decode(view: DataView, offset: number, count: number): Float32Array;
}

/** float32 with the bits of `half`, an IEEE 754 binary16 number; exact, subnormal numbers and infinities included. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function decodeFloat32(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getFloat32(offset + 4 * i, true);
  return values;
}

function decodeFloat16(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = halfToFloat(view.getUint16(offset + 2 * i, true));
  return values;
}

/** bfloat16 is the upper half of a float32, so its bits are only moved. */
function decodeBrainFloat16(view: DataView, offset: number, count: number): Float32Array {
  const bits = new Uint32Array(count);
  for (let i = 0; i < count; i++) bits[i] = view.getUint16(offset + 2 * i, true) << 16;
  return new Float32Array(bits.buffer);
}

function decodeFloat64(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = view.getFloat64(offset + 8 * i, true);
  return values;
}

/** Keys are the names that safetensors uses. */
export const NUMBER_FORMATS: ReadonlyMap<string, NumberFormat> = new Map([
  ['F32', { bytesPerValue: 4, decode: decodeFloat32 }],
  ['F16', { bytesPerValue: 2, decode: decodeFloat16 }],
  ['BF16', { bytesPerValue: 2, decode: decodeBrainFloat16 }],
  ['F64', { bytesPerValue: 8, decode: decodeFloat64 }],
]);
