/** Matrix products: linear layers, the low-rank branch of LoRA, attention logits q·kᵀ and the mix of values w·v, for any strides. */
import matmulCode from '../../shaders/matmul.wgsl?raw';
import type { Shader } from '../gpu/shader';
import type { Dispatch, Emitter, Tile } from '../graph/emitter';
import type { GradientTarget } from '../graph/gradients';
import type { Op, Tape } from '../graph/tape';
import { rows, type Tensor, width } from '../graph/tensor';
import { emitColumnSum } from './column_sum';
import { emitQuads, hasQuads, isQuads } from './matmul_quads';
import type { Layout, Product } from './product';
import { formFor, forms } from './weightFormats';

const matmul = forms('matmul', matmulCode);

/** Whether a dispatch of this shader is a product that a tile was chosen for. */
export const takesTile = (shader: Shader): boolean => Object.values(matmul).includes(shader);

/** Multiply-adds of a dispatch, 0 where it is no product. */
export function multiplyAdds({ shader, params: { rows, columns, depth, products }, grid }: Pick<Dispatch, 'shader' | 'params' | 'grid'>): number {
  if (takesTile(shader)) return rows * columns * depth * grid[2];
  return isQuads(shader) ? rows * columns * depth * products : 0;
}

/** Emits C[z] (+)= scale·A[z]·B[z] + bias; A is (rows, depth), B (depth, columns). */
export function emitProduct(emit: Emitter, product: Product): void {
  for (const part of partsOf(emit, product)) emitWhole(emit, part);
}

/**
 * The product as one a block of rows that B lies in. The rows are either the columns of the result, or the terms of its sums: then the first
 * block assigns, if that was asked, and the others add.
 */
function partsOf(emit: Emitter, product: Product): Product[] {
  const { label, a, b, c, size, bias } = product;
  const blocks = emit.blocksOf(b.tensor);
  if (blocks.length === 1) return [product];
  const byColumn = b.row === 1;
  return blocks.map(({ block: { first, rows: count }, tensor }, index): Product => {
    const part = { ...product, label: `${label}, block ${index + 1} of ${blocks.length}`, b: { ...b, tensor } };
    if (byColumn) return { ...part, c: { ...c, start: (c.start ?? 0) + first }, size: { ...size, columns: count }, biasStart: first };
    return {
      ...part, a: { ...a, start: (a.start ?? 0) + first * a.column }, size: { ...size, depth: count },
      c: { ...c, accumulate: index > 0 ? 1 : c.accumulate }, bias: index > 0 ? undefined : bias,
    };
  });
}

function emitWhole(emit: Emitter, product: Product): void {
  const { a, b, c, size, batch = { outer: 1, inner: 1 }, scale = 1, bias } = product;
  const products = batch.outer * batch.inner;
  const asked = emit.options.tile ?? emit.options.tileFor?.(size.rows, size.columns, size.depth, products);
  if (!asked && hasQuads(emit)) return emitQuads(emit, product);
  const tile = asked ?? defaultTile(emit.options.profile === 'gpu', size);
  const tiled = tile.k > 0;
  const { rowBlocks = 1, columnBlocks = 1 } = tile;
  const [ownedRows, ownedColumns] = tiled ? [4 * tile.wy * rowBlocks, 4 * tile.wx * columnBlocks] : [8 * tile.wy, 8 * tile.wx];
  const bindings: Record<string, Tensor> = { a: a.tensor, stored: b.tensor, c: c.tensor };
  if (bias) bindings.bias = bias;
  const tileConstants: Record<string, number> = tiled ? { TILE_K: tile.k, ROW_BLOCKS: rowBlocks, COLUMN_BLOCKS: columnBlocks, A_BY_K: Number(a.column === 1), B_BY_K: Number(b.row === 1) } : {};
  emit.dispatch({
    label: product.label,
    shader: formFor(matmul, b.tensor),
    entry: tiled ? 'tiles' : 'registers',
    constants: { WX: tile.wx, WY: tile.wy, ACCUMULATE: c.accumulate ?? 0, BIAS: Number(bias !== undefined), ...tileConstants },
    params: {
      rows: size.rows, columns: size.columns, depth: size.depth, inner: batch.inner,
      a_row: a.row, a_depth: a.column, a_outer: a.outer ?? 0, a_inner: a.inner ?? 0,
      b_depth: b.row, b_column: b.column, b_outer: b.outer ?? 0, b_inner: b.inner ?? 0,
      c_row: c.row, c_outer: c.outer ?? 0, c_inner: c.inner ?? 0, scale,
      a_start: a.start ?? 0, b_start: b.start ?? 0, c_start: c.start ?? 0, bias_start: product.biasStart ?? 0, b_group: b.group ?? 1,
    },
    bindings,
    grid: [Math.ceil(size.columns / ownedColumns), Math.ceil(size.rows / ownedRows), products],
  });
}

/** Small products get small tiles, so that there are workgroups enough to fill the adapter. */
export function defaultTile(tiled: boolean, size: { rows: number; columns: number }): Tile {
  if (!tiled) return size.columns > 32 && size.rows > 32 ? { wx: 4, wy: 4, k: 0 } : { wx: 2, wy: 2, k: 0 };
  return size.rows >= 256 && size.columns >= 256 ? { wx: 16, wy: 16, k: 16 } : { wx: 8, wy: 8, k: 16 };
}

export interface LinearAttributes {
  scale: number;
  accumulate: 0 | 1;
  /** The weight is stored (K,N), as GPT-2's are. */
  transposed: boolean;
}

/** W as the (K,N) factor of x·W, and as the (N,K) factor of dy·Wᵀ, however it is stored. */
export const factorOf = (weight: Tensor, transposed: boolean, turned: boolean): Layout => {
  const columns = width(weight);
  return transposed === turned ? { tensor: weight, row: 1, column: columns } : { tensor: weight, row: columns, column: 1 };
};
export const extentsOf = (weight: Tensor, transposed: boolean): readonly [number, number] => (transposed ? [weight.shape[1], weight.shape[0]] : [weight.shape[0], weight.shape[1]]);

/** Emits dW (+)= scale·dyᵀ·x, or its transpose where the weight is stored so. */
export function emitWeightGradient(emit: Emitter, label: string, of: { dy: Tensor; x: Tensor; weight: Tensor; transposed: boolean; scale?: number }, dW: GradientTarget): void {
  const { dy, x, weight, transposed, scale } = of;
  const [N, K] = extentsOf(weight, transposed);
  const R = rows(dy);
  emitProduct(emit, {
    label, scale,
    ...(transposed
      ? { a: { tensor: x, row: 1, column: K }, b: { tensor: dy, row: N, column: 1 }, size: { rows: K, columns: N, depth: R } }
      : { a: { tensor: dy, row: 1, column: N }, b: { tensor: x, row: K, column: 1 }, size: { rows: N, columns: K, depth: R } }),
    c: { tensor: dW.tensor, row: width(weight), column: 1, accumulate: dW.accumulate },
  });
}

/** y (…,N) (+)= scale · x (…,K) · Wᵀ + bias, W (N,K) or, transposed, (K,N). dx = scale·dy·W; dW = scale·dyᵀ·x; d(bias) = Σ dy. */
export const linear: Op<LinearAttributes> = {
  name: 'linear',
  forward(emit, { label, inputs, outputs, attributes }) {
    const x = inputs.x!;
    const weight = inputs.weight!;
    const [N, K] = extentsOf(weight, attributes.transposed);
    emitProduct(emit, {
      label,
      a: { tensor: x, row: K, column: 1 },
      b: factorOf(weight, attributes.transposed, false),
      c: { tensor: outputs.y, row: N, column: 1, accumulate: attributes.accumulate },
      size: { rows: rows(x), columns: N, depth: K },
      scale: attributes.scale,
      bias: inputs.bias,
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { scale, transposed } }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const x = inputs.x!;
    const weight = inputs.weight!;
    const [N, K] = extentsOf(weight, transposed);
    const R = rows(dy);
    const dx = gradients.into(x);
    if (dx) {
      emitProduct(emit, {
        label: `${label} dx`,
        a: { tensor: dy, row: N, column: 1 }, b: factorOf(weight, transposed, true),
        c: { tensor: dx.tensor, row: K, column: 1, accumulate: dx.accumulate },
        size: { rows: R, columns: K, depth: N }, scale,
      });
    }
    const dW = gradients.into(weight);
    if (dW) emitWeightGradient(emit, `${label} dW`, { dy, x, weight, transposed, scale }, dW);
    const dBias = gradients.into(inputs.bias);
    if (dBias) emitColumnSum(emit, `${label} dbias`, dy, dBias);
  },
};

/**
 * Records y = scale · x·Wᵀ + bias. With `into`, adds to that tensor instead of making one (LoRA's branch adds to the frozen layer's output).
 * @throws when the extents do not fit
 */
export function recordLinear(tape: Tape, label: string, x: Tensor, weight: Tensor, options: { bias?: Tensor; scale?: number; into?: Tensor; transposed?: boolean } = {}): Tensor {
  const { into, scale = 1, bias, transposed = false } = options;
  const [N, K] = extentsOf(weight, transposed);
  if (width(x) !== K) throw new Error(`linear: ${label} multiplies ${width(x)} channels with a weight of ${K}; check the checkpoint's shapes`);
  const y = into ?? [...x.shape.slice(0, -1), N];
  return tape.record(linear, label, { x, weight, bias }, { y }, { scale, accumulate: into ? 1 : 0, transposed }).y;
}

interface HeadAttributes {
  /** Query heads H; key/value heads may be fewer, each shared by a group of query heads. */
  heads: number;
  scale: number;
}

/** Rows of a sample: one where only the row that a head reads is there, (S,D). */
const rowsOf = (tensor: Tensor): number => (tensor.shape.length === 2 ? 1 : tensor.shape[1]);

/** Head h of sample s in a (S,T,heads·d) or (S,heads·d) tensor: tokens down, channels across (or transposed). */
function headLayout(tensor: Tensor, d: number, transposed: boolean): Layout {
  const [T, D] = [rowsOf(tensor), width(tensor)];
  return { tensor, row: transposed ? 1 : D, column: transposed ? D : 1, outer: T * D, inner: d };
}

/** Head h of sample s in a (S,H,Tq,Tk) tensor: queries down, keys across (or transposed). */
function squareLayout(tensor: Tensor, transposed: boolean): Layout {
  const [, H, Tq, Tk] = tensor.shape;
  return { tensor, row: transposed ? 1 : Tk, column: transposed ? Tk : 1, outer: H * Tq * Tk, inner: Tq * Tk };
}

/**
 * The gradient of keys or values: (Tk,d) = scale · squareᵀ·other per head, summed over the query heads of a key/value head, one product
 * after the other so that no two of them write the same place at once.
 */
function emitGroupSum(emit: Emitter, label: string, square: Tensor, other: Tensor, target: GradientTarget, heads: number, scale: number): void {
  const [, , Tq, Tk] = square.shape;
  const S = target.tensor.shape[0];
  const d = width(other) / heads;
  const shared = width(target.tensor) / d;
  const group = heads / shared;
  for (let member = 0; member < group; member++) {
    const a = squareLayout(square, true);
    const b = headLayout(other, d, false);
    emitProduct(emit, {
      label: group === 1 ? label : `${label} ${member}`, scale,
      size: { rows: Tk, columns: d, depth: Tq }, batch: { outer: S, inner: shared },
      a: { ...a, start: member * a.inner!, inner: group * a.inner! },
      b: { ...b, start: member * d, inner: group * d },
      c: { ...headLayout(target.tensor, d, false), accumulate: member > 0 ? 1 : target.accumulate },
    });
  }
}

/** g (S,H,Tq,Tk) = scale · q·kᵀ per head, q (S,Tq,H·d), k (S,Tk,G·d). dq = scale·dg·k; dk = scale·dgᵀ·q. */
export const attentionLogits: Op<HeadAttributes> = {
  name: 'attention_logits',
  forward(emit, { label, inputs, outputs, attributes: { heads, scale } }) {
    const d = width(inputs.q!) / heads;
    const [S, , Tq, Tk] = outputs.g.shape;
    emitProduct(emit, {
      label, scale, size: { rows: Tq, columns: Tk, depth: d }, batch: { outer: S, inner: heads },
      a: headLayout(inputs.q!, d, false), b: { ...headLayout(inputs.k!, d, true), group: (heads * d) / width(inputs.k!) }, c: squareLayout(outputs.g, false),
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { heads, scale } }, gradients) {
    const dg = gradients.of(outputs.g);
    if (!dg) return;
    const d = width(inputs.q!) / heads;
    const [S, , Tq, Tk] = dg.shape;
    const dq = gradients.into(inputs.q);
    if (dq) {
      emitProduct(emit, {
        label: `${label} dq`, scale, size: { rows: Tq, columns: d, depth: Tk }, batch: { outer: S, inner: heads },
        a: squareLayout(dg, false), b: { ...headLayout(inputs.k!, d, false), group: (heads * d) / width(inputs.k!) },
        c: { ...headLayout(dq.tensor, d, false), accumulate: dq.accumulate },
      });
    }
    const dk = gradients.into(inputs.k);
    if (dk) emitGroupSum(emit, `${label} dk`, dg, inputs.q!, dk, heads, scale);
  },
};

/** o (S,Tq,H·d) = w·v per head, w (S,H,Tq,Tk), v (S,Tk,G·d). dw = do·vᵀ; dv = wᵀ·do. */
export const attentionMix: Op<HeadAttributes> = {
  name: 'attention_mix',
  forward(emit, { label, inputs, outputs, attributes: { heads } }) {
    const d = width(outputs.o) / heads;
    const [S, , Tq, Tk] = inputs.w!.shape;
    emitProduct(emit, {
      label, size: { rows: Tq, columns: d, depth: Tk }, batch: { outer: S, inner: heads },
      a: squareLayout(inputs.w!, false), b: { ...headLayout(inputs.v!, d, false), group: (heads * d) / width(inputs.v!) }, c: headLayout(outputs.o, d, false),
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { heads } }, gradients) {
    const dO = gradients.of(outputs.o);
    if (!dO) return;
    const d = width(dO) / heads;
    const [, , Tq, Tk] = inputs.w!.shape;
    const S = dO.shape[0];
    const dw = gradients.into(inputs.w);
    if (dw) {
      emitProduct(emit, {
        label: `${label} dw`, size: { rows: Tq, columns: Tk, depth: d }, batch: { outer: S, inner: heads },
        a: headLayout(dO, d, false), b: { ...headLayout(inputs.v!, d, true), group: (heads * d) / width(inputs.v!) },
        c: { ...squareLayout(dw.tensor, false), accumulate: dw.accumulate },
      });
    }
    const dv = gradients.into(inputs.v);
    if (dv) emitGroupSum(emit, `${label} dv`, inputs.w!, dO, dv, heads, 1);
  },
};

/** Records scaled attention logits, scale 1/√d. @param q (S,Tq,H·d), or (S,H·d) for one query a sample */
export function recordAttentionLogits(tape: Tape, label: string, q: Tensor, k: Tensor, heads: number): Tensor {
  return tape.record(attentionLogits, label, { q, k }, { g: [q.shape[0], heads, rowsOf(q), k.shape[1]] }, { heads, scale: 1 / Math.sqrt(width(q) / heads) }).g;
}

/** Records the weighted sum of values (S,Tq,H·d), or (S,H·d) for the `single` query of a sample. */
export function recordAttentionMix(tape: Tape, label: string, w: Tensor, v: Tensor, heads: number, options: { keyValueHeads?: number; single?: boolean } = {}): Tensor {
  const { keyValueHeads = heads, single = false } = options;
  const [S, , Tq] = w.shape;
  const channels = (width(v) / keyValueHeads) * heads;
  return tape.record(attentionMix, label, { w, v }, { o: single ? [S, channels] : [S, Tq, channels] }, { heads, scale: 1 }).o;
}
