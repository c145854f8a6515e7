/** What a matrix product is, whichever kernel computes it. */
import type { Tensor } from '../graph/tensor';

/** How a matrix lies in its buffer: element [z][r, c] is at start + outer·⌊z/inner⌋ + inner·(z mod inner) + row·r + column·c. */
export interface Layout { tensor: Tensor; row: number; column: number; outer?: number; inner?: number; start?: number }

/** C[z] (+)= scale·A[z]·B[z] + bias; A is (rows, depth), B (depth, columns). */
export interface Product {
  label: string;
  /** `group` products in a row share one matrix. */
  a: Layout & { group?: number };
  b: Layout & { group?: number };
  c: Layout & { accumulate?: 0 | 1 };
  size: { rows: number; columns: number; depth: number };
  /** Products of a batch: outer × inner. */
  batch?: { outer: number; inner: number };
  scale?: number;
  /** (columns), from `biasStart` on (0). */
  bias?: Tensor;
  biasStart?: number;
}
