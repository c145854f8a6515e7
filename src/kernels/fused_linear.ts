/** Linear layers with what goes with them: low-rank terms, bias, the function that follows. For GPUs; `fusion` puts it where the operations stand. */
import code from '../../shaders/fused_linear.wgsl?raw';
import activationFunctions from '../../shaders/lib/activation_functions.wgsl?raw';
import type { Shader } from '../gpu/shader';
import type { Dispatch, Emitter } from '../graph/emitter';
import type { Gradients, GradientTarget } from '../graph/gradients';
import type { Node, Op } from '../graph/tape';
import { rows, type Tensor, width } from '../graph/tensor';
import { activation, ACTIVATION_NUMBER, type ActivationKind } from './activation';
import { emitColumnSum } from './column_sum';
import { emitGrouped, type SmallProduct } from './grouped_products';
import { defaultTile, emitProduct, emitWeightGradient, extentsOf, factorOf } from './matmul';
import { formFor, forms } from './weightFormats';

const fusedLinear = forms('fused_linear', code, [activationFunctions]);

/** Whether a dispatch of this shader is a product that a tile was chosen for. */
export const isFusedLinear = (shader: Shader): boolean => Object.values(fusedLinear).includes(shader);

/** Multiply-adds of a dispatch, 0 where it is none of these. */
export const fusedMultiplyAdds = ({ shader, params: { rows: R, columns, depth, rank } }: Pick<Dispatch, 'shader' | 'params'>): number => (isFusedLinear(shader) ? R * columns * (depth + rank) : 0);

/** One linear layer of those that are computed together. */
export interface LinearPart {
  label: string;
  x: Tensor;
  weight: Tensor;
  bias?: Tensor;
  /** The weight is stored (K,N). */
  transposed: boolean;
  /** x·W + bias + the low-rank term. */
  y: Tensor;
  /** The function that follows, and its result. */
  activation?: { kind: ActivationKind; value: Tensor };
  /** x = f(pre), read by nobody else: the gradient goes through f in the product's own dispatch. */
  through?: { kind: ActivationKind; pre: Tensor };
  lowRank?: LowRankTerm;
}

/** scale·(read·Aᵀ)·Bᵀ, A (r,K), B (N,r); `start`: where read·Aᵀ begins in u. */
export interface LowRankTerm { label: string; read: Tensor; a: Tensor; b: Tensor; scale: number; start: number }

export interface LinearParts {
  parts: LinearPart[];
  /** The x·Aᵀ of all parts, one behind the other. */
  u?: Tensor;
}

/** Trained whole matrices of which no more rows are multiplied than this have their gradients in one dispatch with those of the biases. */
const FEW_ROWS = 64;

interface Reached { part: LinearPart; dy: Tensor }

interface Term { tensor: Tensor; start: number; rank: number; factor: Tensor; row: number; column: number; scale: number }

/** Emits y (+)= A·B + the term + bias, A (rows, depth) without gaps. */
function emitFused(emit: Emitter, label: string, given: {
  a: Tensor; weight: Tensor; factor: { row: number; column: number }; y: Tensor; accumulate?: 0 | 1; size: { rows: number; columns: number; depth: number };
  bias?: Tensor; term?: Term; epilogue?: { kind: ActivationKind; pre?: Tensor; slope: boolean };
}): void {
  const { a, weight, factor, y, size, bias, term, epilogue } = given;
  const asked = emit.options.tile ?? emit.options.tileFor?.(size.rows, size.columns, size.depth, 1);
  const { wx, wy, k, rowBlocks = 1, columnBlocks = 1 } = asked && asked.k > 0 ? asked : defaultTile(true, size);
  emit.dispatch({
    label, shader: formFor(fusedLinear, weight), entry: 'tiles',
    constants: {
      WX: wx, WY: wy, TILE_K: k, ROW_BLOCKS: rowBlocks, COLUMN_BLOCKS: columnBlocks, B_BY_K: Number(factor.row === 1),
      ACCUMULATE: given.accumulate ?? 0, BIAS: Number(bias !== undefined), LOW_RANK: Number(term !== undefined),
      ...(epilogue && { EPILOGUE: epilogue.slope ? 2 : 1, SAVE: Number(epilogue.pre !== undefined), KIND: ACTIVATION_NUMBER[epilogue.kind] }),
    },
    params: {
      ...size, rank: term?.rank ?? 0, b_depth: factor.row, b_column: factor.column,
      u_start: term?.start ?? 0, v_rank: term?.row ?? 0, v_column: term?.column ?? 0, scale: term?.scale ?? 0,
    },
    bindings: { a, stored: weight, y, ...(bias && { bias }), ...(term && { u: term.tensor, v: term.factor }), ...(epilogue?.pre && { pre: epilogue.pre }) },
    grid: [Math.ceil(size.columns / (4 * wx * columnBlocks)), Math.ceil(size.rows / (4 * wy * rowBlocks)), 1],
  });
}

/** Linear layers of one input, or of several that are there together; y and gradients as of `linear`, once each for all parts where that is small. */
export const fusedLinears: Op<LinearParts> = {
  name: 'fused_linear',
  forward(emit, { attributes: { parts, u } }) {
    emitGrouped(emit, parts.flatMap(({ lowRank: low }): SmallProduct[] => {
      if (!low) return [];
      const [r, K] = low.a.shape;
      return [{ label: `${low.label} A`, a: { tensor: low.read, row: K, column: 1 }, b: { tensor: low.a, row: 1, column: K }, c: { tensor: u!, start: low.start, row: r }, size: { rows: rows(low.read), columns: r, depth: K } }];
    }));
    for (const part of parts) emitForward(emit, part, u);
  },
  backward(emit, node, gradients) {
    const { parts, u } = node.attributes;
    if (!u) return emitChain(emit, parts, gradients);
    for (const part of parts) passFunction(emit, part, gradients);
    const reached = parts.flatMap((part) => {
      const dy = gradients.of(part.y);
      return dy ? [{ part, dy }] : [];
    });
    const branches = lowRankOf(emit, node.label, reached);
    emitGrouped(emit, branches.flatMap(({ low, dy, R, r, N, du, start }): SmallProduct[] => {
      const dB = gradients.into(low.b);
      return [
        { label: `${low.label} du`, scale: low.scale, a: { tensor: dy, row: N, column: 1 }, b: { tensor: low.b, row: r, column: 1 }, c: { tensor: du, start, row: r }, size: { rows: R, columns: r, depth: N } },
        ...(dB ? [{ label: `${low.label} dB`, scale: low.scale, a: { tensor: dy, row: 1, column: N }, b: { tensor: u, start: low.start, row: r, column: 1 }, c: { tensor: dB.tensor, row: r, accumulate: dB.accumulate }, size: { rows: N, columns: r, depth: R } }] : []),
      ];
    }));
    emitGrouped(emit, branches.flatMap(({ low, R, r, K, du, start }): SmallProduct[] => {
      const dA = gradients.into(low.a);
      return dA ? [{ label: `${low.label} dA`, a: { tensor: du, start, row: 1, column: r }, b: { tensor: low.read, row: K, column: 1 }, c: { tensor: dA.tensor, row: K, accumulate: dA.accumulate }, size: { rows: r, columns: K, depth: R } }] : [];
    }));
    for (const { part, dy } of reached) emitInputGradient(emit, part, dy, gradients, branches.find(({ low }) => low === part.lowRank));
    emitTrained(emit, reached, gradients);
  },
};

function emitForward(emit: Emitter, part: LinearPart, u?: Tensor): void {
  const { label, x, weight, bias, transposed, y, activation: after, lowRank: low } = part;
  const [N, K] = extentsOf(weight, transposed);
  emitFused(emit, label, {
    a: x, weight, factor: factorOf(weight, transposed, false), y: after?.value ?? y, size: { rows: rows(x), columns: N, depth: K }, bias,
    term: low && { tensor: u!, start: low.start, rank: low.a.shape[0], factor: low.b, row: 1, column: low.a.shape[0], scale: low.scale },
    epilogue: after && { kind: after.kind, pre: y.needsGradient ? y : undefined, slope: false },
  });
}

/** Of a part with a function whose result others read too, or a reader that does not go through it: d(y) from d(f(y)). */
function passFunction(emit: Emitter, { label, y, activation: after }: LinearPart, gradients: Gradients): void {
  if (!after || !gradients.of(after.value)) return;
  activation.backward!(emit, { op: activation as Op, label: `${label} ${after.kind}`, attributes: { kind: after.kind }, inputs: { x: y }, outputs: { y: after.value } } as Node<{ kind: ActivationKind }>, gradients);
}

interface Branch { low: LowRankTerm; dy: Tensor; R: number; r: number; K: number; N: number; du: Tensor; start: number }

/** The low-rank terms that a gradient reaches; their du = scale·dy·B lie one behind the other. */
function lowRankOf(emit: Emitter, label: string, reached: readonly Reached[]): Branch[] {
  const found = reached.flatMap(({ part: { lowRank: low }, dy }) => (low ? [{ low, dy, R: rows(dy), r: low.a.shape[0], K: low.a.shape[1], N: low.b.shape[0] }] : []));
  if (found.length === 0) return [];
  const du = emit.scratch(`${label} du`, [found.reduce((sum, { R, r }) => sum + R * r, 0)]);
  let start = 0;
  return found.map((one) => {
    const branch = { ...one, du, start };
    start += one.R * one.r;
    return branch;
  });
}

function emitInputGradient(emit: Emitter, part: LinearPart, dy: Tensor, gradients: Gradients, branch?: Branch): void {
  const { label, x, weight, transposed, through } = part;
  const [N, K] = extentsOf(weight, transposed);
  const size = { rows: rows(dy), columns: K, depth: N };
  // Where the branch reads something else, such as a dropped x, its share goes there.
  const shared = branch && branch.low.read === x;
  const dx: GradientTarget | undefined = gradients.into(through?.pre ?? x);
  if (dx) {
    emitFused(emit, `${label} dx`, {
      a: dy, weight, factor: factorOf(weight, transposed, true), y: dx.tensor, accumulate: dx.accumulate, size,
      term: shared ? { tensor: branch.du, start: branch.start, rank: branch.r, factor: branch.low.a, row: K, column: 1, scale: 1 } : undefined,
      epilogue: through && { ...through, slope: true },
    });
  }
  const dRead = shared || !branch ? undefined : gradients.into(branch.low.read);
  if (dRead) {
    emitProduct(emit, {
      label: `${branch!.low.label} A dx`, size: { rows: size.rows, columns: K, depth: branch!.r },
      a: { tensor: branch!.du, start: branch!.start, row: branch!.r, column: 1 }, b: { tensor: branch!.low.a, row: K, column: 1 }, c: { tensor: dRead.tensor, row: K, column: 1, accumulate: dRead.accumulate },
    });
  }
}

/** Layers of which each may read what the one before computes, the last one first; what is trained in all of them comes together in the end. */
function emitChain(emit: Emitter, parts: readonly LinearPart[], gradients: Gradients): void {
  const reached: Reached[] = [];
  for (const part of parts.toReversed()) {
    passFunction(emit, part, gradients);
    const dy = gradients.of(part.y);
    if (!dy) continue;
    emitInputGradient(emit, part, dy, gradients);
    reached.push({ part, dy });
  }
  emitTrained(emit, reached, gradients);
}

/** Gradients of weights and biases that are trained themselves. */
function emitTrained(emit: Emitter, reached: readonly Reached[], gradients: Gradients): void {
  emitGrouped(emit, reached.flatMap(({ part: { label, x, weight, bias, transposed }, dy }): SmallProduct[] => {
    const dW = gradients.into(weight);
    const dBias = gradients.into(bias);
    const R = rows(dy);
    if (R > FEW_ROWS) {
      if (dW) emitWeightGradient(emit, `${label} dW`, { dy, x, weight, transposed }, dW);
      if (dBias) emitColumnSum(emit, `${label} dbias`, dy, dBias);
      return [];
    }
    const [N, K] = extentsOf(weight, transposed);
    const [ofY, ofX] = [{ tensor: dy, row: 1, column: N }, { tensor: x, row: 1, column: K }];
    const turned = ({ tensor, row, column }: typeof ofY) => ({ tensor, row: column, column: row });
    return [
      ...(dW ? [{ label: `${label} dW`, a: transposed ? ofX : ofY, b: turned(transposed ? ofY : ofX), c: { tensor: dW.tensor, row: width(weight), accumulate: dW.accumulate }, size: { rows: weight.shape[0], columns: weight.shape[1], depth: R } }] : []),
      ...(dBias ? [{ label: `${label} dbias`, a: ofY, c: { tensor: dBias.tensor, row: 1, accumulate: dBias.accumulate }, size: { rows: N, columns: 1, depth: R } }] : []),
    ];
  }));
}
