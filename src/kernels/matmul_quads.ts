/** The matrix product of software adapters with subgroups: one pipeline for all of them, since compiling another takes longer than a better fit saves. */
import quadsCode from '../../shaders/matmul_quads.wgsl?raw';
import type { Shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { Tensor } from '../graph/tensor';
import type { Product } from './product';
import { formFor, forms } from './weightFormats';

const matmulQuads = forms('matmul_quads', quadsCode);

/** Outputs of four lanes, and how many such tiles a workgroup owns. */
const [TILE_ROWS, TILE_COLUMNS, QUADS] = [16, 32, 2];
/** Most workgroups along x. */
const MOST_ACROSS = 32768;

/** Whether the adapter that is planned for has what the kernel needs. */
export const hasQuads = ({ options: { profile, subgroupSize } }: Emitter): boolean => profile === 'software' && subgroupSize >= 4;

const tilesOf = (rows: number, columns: number): number => Math.ceil(rows / TILE_ROWS) * Math.ceil(columns / TILE_COLUMNS);

/**
 * Cᵀ = Bᵀ·Aᵀ where that takes fewer tiles: (128, 8) are eight tiles, most of each empty, and (8, 128) four. Each output is the same sum in the
 * same order. A bias belongs to columns, and packed weights are read as B, so a product with one of these stays as it is.
 */
function turned(product: Product): Product {
  const { a, b, c, size: { rows, columns, depth }, bias } = product;
  if (bias || b.tensor.type !== 'f32' || tilesOf(columns, rows) >= tilesOf(rows, columns)) return product;
  const transposed = <Matrix extends Product['a']>(matrix: Matrix): Matrix => ({ ...matrix, row: matrix.column, column: matrix.row });
  return { ...product, a: transposed(b), b: transposed(a), c: transposed(c), size: { rows: columns, columns: rows, depth } };
}

/** Whether a dispatch of this shader is a product of this kernel. */
export const isQuads = (shader: Shader): boolean => Object.values(matmulQuads).includes(shader);

/** Emits the product as a dispatch of this kernel. */
export function emitQuads(emit: Emitter, asked: Product): void {
  const { label, a, b, c, size, batch = { outer: 1, inner: 1 }, scale = 1, bias } = turned(asked);
  const products = batch.outer * batch.inner;
  const groups = Math.ceil((tilesOf(size.rows, size.columns) * products) / QUADS);
  const x = Math.min(groups, emit.options.mostGroups ?? MOST_ACROSS);
  const bindings: Record<string, Tensor> = { a: a.tensor, stored: b.tensor, c: c.tensor };
  if (bias) bindings.bias = bias;
  emit.dispatch({
    label,
    shader: formFor(matmulQuads, b.tensor),
    entry: 'quads',
    params: {
      ...size, products, inner: batch.inner, scale,
      a_row: a.row, a_depth: a.column, a_outer: a.outer ?? 0, a_inner: a.inner ?? 0, a_start: a.start ?? 0, a_group: a.group ?? 1,
      b_depth: b.row, b_column: b.column, b_outer: b.outer ?? 0, b_inner: b.inner ?? 0, b_start: b.start ?? 0, b_group: b.group ?? 1,
      c_row: c.row, c_column: c.column, c_outer: c.outer ?? 0, c_inner: c.inner ?? 0, c_start: c.start ?? 0, bias_start: asked.biasStart ?? 0,
      accumulate: c.accumulate ?? 0, biased: Number(bias !== undefined), group_stride: x,
    },
    bindings,
    grid: [x, Math.ceil(groups / x), 1],
  });
}
