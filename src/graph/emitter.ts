/** What an operation becomes: dispatches, and how their grids are shared out on the adapter at hand. */
import type { Profile } from '../gpu/device';
import type { Shader } from '../gpu/shader';
import { type RowBlock, rowBlocks } from './rowBlocks';
import type { Tensor, TensorMaker } from './tensor';

export interface Dispatch {
  label: string;
  shader: Shader;
  entry: string;
  constants: Record<string, number>;
  params: Record<string, number>;
  /** Storage bindings by the name they have in the WGSL. */
  bindings: Record<string, Tensor>;
  /** Workgroups. */
  grid: [number, number, number];
}

export interface CompileOptions {
  profile: Profile;
  /** Smallest subgroup of the adapter, 0 where it has none. */
  subgroupSize: number;
  /** Samples whose gradients are computed, of `samples` that run forward: half of a doubled batch whose second pass is not differentiated. */
  samples: number;
  gradientSamples: number;
  /** Tests run every workgroup size: fixed lanes per row, and tiles of fixed size. */
  lanes?: number;
  tile?: Tile;
  /** Tests fold small grids too: most workgroups of a reduction or of a product by four lanes along one axis; left out: as many as WebGPU allows. */
  mostGroups?: number;
  /** The plan runs once for each of several micro-batches a step: gradients of parameters add up over them. */
  accumulating?: boolean;
  /** Bytes of the largest buffer that a kernel may be given; left out: no limit. Weights beyond it lie in several (rowBlocks.ts). */
  largestBuffer?: number;
  /** The tile that autotune found fastest for a product of this size on this adapter. */
  tileFor?: (rows: number, columns: number, depth: number, products: number) => Tile | undefined;
}

/**
 * How a matrix product is shared out: invocations of a workgroup; the depth of a tile in workgroup memory, 0 for a kernel without any, whose
 * invocations own 8×8 outputs; with tiles, how many blocks of 4×4 outputs an invocation owns down and across (left out: one).
 */
export interface Tile { wx: number; wy: number; k: number; rowBlocks?: 1 | 2; columnBlocks?: 1 | 2 }

/** Most workgroups along one axis of a grid that every adapter runs. */
const MOST_GROUPS = 65535;

/** What an operation's `forward` and `backward` write their dispatches into. */
export class Emitter {
  readonly dispatches: Dispatch[] = [];
  private readonly blocks = new Map<Tensor, { block: RowBlock; tensor: Tensor }[]>();

  /** @param backward whether a backward pass follows the forward pass */
  constructor(private readonly tape: TensorMaker, readonly options: CompileOptions, readonly backward = false) {}

  dispatch(dispatch: Omit<Dispatch, 'constants' | 'params'> & Partial<Pick<Dispatch, 'constants' | 'params'>>): void {
    const [x, y, z] = dispatch.grid;
    if (Math.max(x, y, z) > MOST_GROUPS) throw new Error(`plan: ${dispatch.label} needs a grid of ${x}×${y}×${z} workgroups, ${MOST_GROUPS} is the limit on each axis; lower the batch size or the sequence length`);
    this.dispatches.push({ constants: {}, params: {}, ...dispatch });
  }

  scratch(label: string, shape: readonly number[]): Tensor {
    return this.tape.tensor(label, shape, 'activation');
  }

  shared(label: string, shape: readonly number[]): Tensor {
    return this.tape.shared(label, shape);
  }

  /** The blocks of rows that a weight lies in, each as a tensor: itself, unless it is larger than a kernel may be given. */
  blocksOf(weight: Tensor): { block: RowBlock; tensor: Tensor }[] {
    const { label, shape, role, type } = weight;
    if (role !== 'weight') return [{ block: { label, first: 0, rows: shape[0] }, tensor: weight }];
    let found = this.blocks.get(weight);
    if (!found) {
      const blocks = rowBlocks(label, shape, type, this.options.largestBuffer);
      found = blocks.map((block) => ({ block, tensor: blocks.length === 1 ? weight : this.tape.tensor(block.label, [block.rows, ...shape.slice(1)], role, type) }));
      this.blocks.set(weight, found);
    }
    return found;
  }

  /**
   * How rows of `columns` elements are shared out: constants for a reducing kernel, and its workgroups for `count` rows, in two dimensions
   * where one axis has too few (`reduce_row` in the shader counts them).
   */
  reduction(count: number, columns: number): { constants: { LANES: number; ROWS: number }; grid: [number, number, number] } {
    const { profile, subgroupSize, lanes, mostGroups = MOST_GROUPS } = this.options;
    let LANES = lanes ?? 1;
    if (!lanes && profile === 'gpu') {
      const most = subgroupSize > 0 ? Math.min(subgroupSize, 32) : 64;
      while (LANES < most && LANES < columns) LANES *= 2;
    }
    const ROWS = Math.max(1, Math.floor(64 / LANES));
    const groups = Math.ceil(count / ROWS);
    // As even as can be: fewer than one workgroup for each of y is there for nothing.
    const y = Math.ceil(groups / mostGroups);
    return { constants: { LANES, ROWS }, grid: [Math.ceil(groups / y), y, 1] };
  }
}

/** Workgroups of 64 invocations for `count` of them, folded into two dimensions; `row_stride` is what the kernel multiplies y by. */
export function linearGrid(count: number): { grid: [number, number, number]; row_stride: number } {
  const groups = Math.ceil(count / 64);
  const x = Math.min(groups, 32768);
  return { grid: [x, Math.ceil(groups / x), 1], row_stride: x * 64 };
}

/** The same for kernels whose workgroup owns 256 elements; `row_stride` counts workgroups. */
export function blockGrid(count: number): { grid: [number, number, number]; row_stride: number } {
  const groups = Math.ceil(count / 256);
  const x = Math.min(groups, 32768);
  return { grid: [x, Math.ceil(groups / x), 1], row_stride: x };
}
