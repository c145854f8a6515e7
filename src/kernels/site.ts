/** Where on the tape a mask is drawn: what the dropout kernels need to know about a rule at a layer. */
import type { Compensation, Pattern } from '../config/dropout';

/** Which branches (passes) of a consistency loss run in one recording of the model. */
export interface Pass {
  /** B: samples of the batch before any doubling; mask indices count these. */
  samples: number;
  /** Branch of the first B samples: 0, or 1 when the second pass is recorded by itself. */
  branch: number;
  /** The branch that runs without masks (a clean teacher inside a doubled batch); 255 for none. */
  cleanBranch: number;
}

export const NO_BRANCH = 255;

/** One rule at one layer. */
export interface Site {
  /** Number of its threshold and scale in the step uniform. */
  slot: number;
  /** kind << 16 | layer, with branch 0. */
  site: number;
  pattern: Pattern;
  compensation: Compensation;
}

/**
 * Which row of each sample is there, where only one is: the one that a head of classes reads. Tensors of such rows are (S,D) instead of
 * (S,V+T,D); masks are drawn as if all rows were there.
 */
export type ReadRow = 'first' | 'last';

/** Numbers of what is there of a sample, in `shaders/lib/masks.wgsl`. */
export const READ_NUMBER: Record<ReadRow | 'all', number> = { all: 0, first: 1, last: 2 };

/** Numbers of the patterns in `shaders/lib/masks.wgsl`. */
export const PATTERN_NUMBER: Record<Pattern | 'none', number> = { none: 0, element: 1, column: 2, span: 3 };
