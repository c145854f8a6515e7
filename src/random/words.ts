/**
 * The counter-based random words behind every mask and every shuffle (TypeScript twin of `shaders/lib/random.wgsl`).
 * Source: Jarzynski & Olano 2020, "Hash Functions for GPU Rendering" (pcg4d).
 */

/** Four u32 words in, four u32 words out. */
export function pcg4d(a: number, b: number, c: number, d: number): [number, number, number, number] {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/**
 * The random word of element `index` at `site` in optimizer step `step`; all u32, `index` wraps modulo 2^32.
 * One hash serves four neighbouring elements.
 */
export function word(seed: number, step: number, site: number, index: number): number {
  return pcg4d(seed, step, site, (index >>> 0) >>> 2)[(index & 3) as 0 | 1 | 2 | 3];
}
