/** The number formats in which checkpoints are stored, each turned into float32. All are little endian, as safetensors says, and so is every machine with a GPU. */
import { LoadError } from './loadError';

/** One stored format: its width and how to read it. */
export interface NumberFormat {
  bytesPerValue: number;
  /** Every value of `bytes`, which may begin at any address; their number is a multiple of the width. */
  decode(bytes: Uint8Array): Float32Array<ArrayBuffer>;
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

/** `bytes` in a buffer of their own, so that numbers of any width may be read from its start. */
const aligned = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer as ArrayBuffer;

let halves: Float32Array | undefined;

/** Every half number by its bits: looking one up is several times as fast as taking it apart, and there are only 65,536. */
function tableOfHalves(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => halfToFloat(bits));
  return halves;
}

function decodeFloat16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const table = tableOfHalves();
  const stored = new Uint16Array(aligned(bytes));
  const values = new Float32Array(stored.length);
  for (let i = 0; i < stored.length; i++) values[i] = table[stored[i]];
  return values;
}

/** bfloat16 is the upper half of a float32, so its bits are only moved. */
function decodeBrainFloat16(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const stored = new Uint16Array(aligned(bytes));
  const bits = new Uint32Array(stored.length);
  for (let i = 0; i < stored.length; i++) bits[i] = stored[i] << 16;
  return new Float32Array(bits.buffer);
}

/** Keys are the names that safetensors uses. */
export const NUMBER_FORMATS: ReadonlyMap<string, NumberFormat> = new Map([
  ['F32', { bytesPerValue: 4, decode: (bytes) => new Float32Array(aligned(bytes)) }],
  ['F16', { bytesPerValue: 2, decode: decodeFloat16 }],
  ['BF16', { bytesPerValue: 2, decode: decodeBrainFloat16 }],
  ['F64', { bytesPerValue: 8, decode: (bytes) => Float32Array.from(new Float64Array(aligned(bytes))) }],
] satisfies [string, NumberFormat][]);

/**
 * Refuses weights that are no numbers: one of them makes every loss NaN, many steps away from where it came from.
 * @param at index in the tensor of the first of `values`
 * @throws LoadError that names the tensor, the index and the value
 */
export function refuseWhatIsNoNumber(file: string, tensor: string, values: Float32Array<ArrayBuffer>, at: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    if ((bits[i] & 0x7f800000) !== 0x7f800000) continue;
    throw new LoadError(file, `tensor ${tensor}: value ${at + i} is ${Number.isNaN(values[i]) ? 'not a number (NaN)' : `infinite (${values[i]})`}; take a checkpoint from before its training went wrong`);
  }
}
