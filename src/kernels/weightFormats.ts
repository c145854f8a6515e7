/**
 * The formats in which frozen weights lie on the device, one row each: how values that stream by are stored, and the form of a kernel that
 * reads them. Bytes are those of the tensor's type (`PACKING`). Trained tensors, norms, biases and tables of positions are float32 always.
 */
import storedF16 from '../../shaders/lib/stored_f16.wgsl?raw';
import storedInt8 from '../../shaders/lib/stored_int8.wgsl?raw';
import storedNf4 from '../../shaders/lib/stored_nf4.wgsl?raw';
import storedF32 from '../../shaders/lib/stored_f32.wgsl?raw';
import { WEIGHT_FORMATS, type WeightFormat } from '../config/weightFormats';
import { type Shader, shader } from '../gpu/shader';
import type { Tensor } from '../graph/tensor';
import { INT8, NF4, pack, type Quantisation, unpacked } from './quantised';

export interface WeightRow {
  /**
   * Values as they are stored. They are a tensor's from the beginning of a packing on, in whole packings but for the last.
   * @param refuse is told the index of the first value that the format cannot hold
   */
  encode(values: Float32Array<ArrayBuffer>, refuse: (index: number) => never): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  /** What a kernel reads of stored values, which are as of `encode`. */
  rounded(values: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  /** Largest value that can be held. */
  largest: number;
  /** WGSL of `stored_at`. */
  library: string;
}

const LARGEST = 3.4028234663852886e38;

const quantised = (how: Quantisation, library: string): WeightRow => ({ encode: (values, refuse) => pack(values, how, refuse), rounded: (values) => unpacked(values, how), largest: LARGEST, library });

export const WEIGHT_ROWS: Readonly<Record<WeightFormat, WeightRow>> = {
  f32: { encode: (values) => values, rounded: (values) => values, largest: LARGEST, library: storedF32 },
  f16: { encode: packHalves, rounded: (values) => values.map(nearestHalf), largest: 65504, library: storedF16 },
  int8: quantised(INT8, storedInt8),
  nf4: quantised(NF4, storedNf4),
};

/** The kernel in the form for each format. */
export type FormOf = Readonly<Record<WeightFormat, Shader>>;

/** @param name basename of the .wgsl file, which reads what is `stored` @param libs what else it uses */
export const forms = (name: string, code: string, libs: string[] = []): FormOf => Object.fromEntries(WEIGHT_FORMATS.map((format) => [
  // Forms have names of their own, since pipelines are looked up by them.
  format, shader(format === 'f32' ? name : `${name} of ${format}`, code, [...libs, WEIGHT_ROWS[format].library]),
])) as FormOf;

/** The form that reads `tensor`. */
export const formFor = (of: FormOf, { type, label }: Tensor): Shader => {
  if (type === 'u32' || type === 'i32') throw new Error(`plan: ${label} holds ${type}, and a weight is one of ${WEIGHT_FORMATS.join(', ')}`);
  return of[type];
};

const ONE = new Float32Array(1);
const BITS = new Uint32Array(ONE.buffer);

/** The bits of the binary16 number nearest to a float32 of these bits, ties to even. Beyond the range they are those of infinity. */
export function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 a half counts steps of 2^-24; above, it has the upper 10 bits of the fraction.
  const small = size < 0x38800000;
  const shift = small ? 126 - (size >>> 23) : 13;
  if (shift > 24) return sign;
  const whole = small ? (size & 0x7fffff) | 0x800000 : size - 0x38000000;
  const half = whole >>> shift;
  const rest = whole & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (half + Number(rest > middle || (rest === middle && (half & 1) === 1)));
}

function packHalves(values: Float32Array<ArrayBuffer>, refuse: (index: number) => never): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const words = new Uint32Array(Math.ceil(values.length / 2));
  for (let index = 0; index < bits.length; index++) {
    // The bits of 65504: larger ones, infinities and what is no number have more of them.
    if ((bits[index] & 0x7fffffff) > 0x477fe000) refuse(index);
    words[index >>> 1] |= halfBits(bits[index]) << (16 * (index & 1));
  }
  return words;
}

/** A float32 rounded to binary16. */
export function nearestHalf(value: number): number {
  ONE[0] = value;
  const half = halfBits(BITS[0]);
  const [exponent, fraction] = [(half >>> 10) & 0x1f, half & 0x3ff];
  const size = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? Infinity : (1024 + fraction) * 2 ** (exponent - 25);
  return half & 0x8000 ? -size : size;
}
