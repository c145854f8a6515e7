/** Repeatable test data, in float32 so that the kernel and its float64 reference start from the same numbers. */
import { word } from '../../random/words';

const uniform = (seed: number, index: number) => (word(seed, 0, 0x7e57, index) + 0.5) / 2 ** 32;

/** Normal numbers. */
export function normals(count: number, seed: number, deviation = 1): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => deviation * Math.sqrt(-2 * Math.log(uniform(seed, 2 * i))) * Math.cos(2 * Math.PI * uniform(seed, 2 * i + 1)));
}

/** Normal numbers of which about every seventh is twenty times as large: what overflows, cancels or saturates shows. */
export function spiky(count: number, seed: number): Float32Array {
  return normals(count, seed).map((value, i) => (uniform(seed + 1, i) < 1 / 7 ? 20 * value : value));
}

/** Whole numbers from 0 to limit − 1. */
export function wholes(count: number, limit: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(uniform(seed, i) * limit));
}

export const count = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
