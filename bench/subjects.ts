/** Every distinct dispatch of a training plan as something that can be timed by itself, with the work it has to do. */
import type { Plan } from '../src/graph/compile';
import type { Dispatch } from '../src/graph/emitter';
import { Execution } from '../src/graph/execution';
import { place } from '../src/graph/place';
import { elements } from '../src/graph/tensor';
import type { Pipelines } from '../src/gpu/pipelines';
import type { Gpu } from '../src/gpu/device';
import { shader } from '../src/gpu/shader';
import type { ModelConfig } from '../src/model/modelConfig';
import type { ModelState } from '../src/model/state';
import { type HostBatch, writeBatch } from '../src/train/trainer';
import matmulCode from '../shaders/matmul.wgsl?raw';
import naiveCode from './naive_matmul.wgsl?raw';
import type { Subject } from './timer';

export interface KernelSubject extends Subject {
  kernel: string;
  size: string;
  /** How often a step dispatches it. */
  count: number;
  /** Floating-point operations of a product; 0 for kernels that memory limits. */
  flops: number;
  /** Bytes that must be read and written at least. */
  bytes: number;
  source: Dispatch;
  destroy(): void;
}

const baseOf = (matrix: 'a' | 'b'): string => new RegExp(`let ${matrix}_base = (.*);`).exec(matmulCode)![1];
const head = matmulCode.slice(0, matmulCode.indexOf('@compute'));
const matmul = shader('matmul', matmulCode);
const naive = shader('naive_matmul', `${head}\n${naiveCode.replace('= A_BASE', `= ${baseOf('a')}`).replace('= B_BASE', `= ${baseOf('b')}`)}`);

/** Kernels that read some rows of what they are given. */
const LOOK_UPS = ['embedding', 'position', 'select_token'];

const isProduct = (dispatch: Dispatch): boolean => dispatch.shader.name.startsWith('matmul');
const productsOf = ({ params, grid }: Dispatch): number => params.products ?? grid[2];

export type Form = 'naive' | 'registers' | 'quads' | 'tiles';

/** The same product by another kernel: one output an invocation, or one of the profiles' own. Four lanes only where the plan has them. */
export function productForm(dispatch: Dispatch, form: Form): Dispatch {
  if (dispatch.entry === form) return dispatch;
  if (form === 'quads') throw new Error(`bench: ${dispatch.label} is not planned for four lanes`);
  const { params, constants, bindings } = dispatch.entry === 'quads' ? ofMatmul(dispatch) : dispatch;
  const { ACCUMULATE, BIAS } = constants;
  const [wx, ownedRows, ownedColumns] = { naive: [8, 8, 8], registers: [4, 32, 32], tiles: [8, 32, 32] }[form];
  return {
    label: `${dispatch.label} ${form}`,
    shader: form === 'naive' ? naive : matmul,
    entry: form,
    constants: { WX: wx, WY: wx, ACCUMULATE, BIAS, ...(form === 'tiles' ? { TILE_K: 16 } : {}) },
    params, bindings,
    grid: [Math.ceil(params.columns / ownedColumns), Math.ceil(params.rows / ownedRows), productsOf(dispatch)],
  };
}

/** What matmul.wgsl is asked for the product of a dispatch of matmul_quads.wgsl, which may have turned it. */
function ofMatmul({ params: asked, bindings }: Dispatch): Pick<Dispatch, 'params' | 'constants' | 'bindings'> {
  const { products: _products, group_stride: _groupStride, accumulate, biased, c_column, a_group, ...params } = asked;
  const constants = { ACCUMULATE: accumulate, BIAS: biased };
  if (c_column === 1 && a_group === 1) return { params, constants, bindings };
  return {
    constants,
    bindings: { ...bindings, a: bindings.b, b: bindings.a },
    params: {
      ...params, rows: asked.columns, columns: asked.rows, c_row: c_column, b_group: a_group,
      a_row: asked.b_column, a_depth: asked.b_depth, a_outer: asked.b_outer, a_inner: asked.b_inner, a_start: asked.b_start,
      b_depth: asked.a_depth, b_column: asked.a_row, b_outer: asked.a_outer, b_inner: asked.a_inner, b_start: asked.a_start,
    },
  };
}

function workOf(dispatch: Dispatch): { flops: number; bytes: number; size: string } {
  const { params, constants, bindings } = dispatch;
  const tensors = Object.entries(bindings);
  const output = tensors.length ? elements(tensors[tensors.length - 1][1].shape) : 0;
  // What is looked up is not read whole: as many elements of a table as come out.
  const looksUp = LOOK_UPS.includes(dispatch.shader.name);
  const touched = tensors.map(([, tensor]) => (looksUp ? Math.min(elements(tensor.shape), output) : elements(tensor.shape)));
  const again = constants.ACCUMULATE || params.accumulate ? output : 0;
  const bytes = 4 * (touched.reduce((sum, count) => sum + count, 0) + again);
  if (isProduct(dispatch)) {
    const { rows, columns, depth } = params;
    const products = productsOf(dispatch);
    return { bytes, flops: 2 * rows * columns * depth * products, size: `${rows}×${columns}×${depth}${products > 1 ? ` ·${products}` : ''}` };
  }
  const extents = 'rows' in params ? [params.rows, params.columns ?? params.keys ?? params.classes] : [params.elements ?? params.count];
  return { bytes, flops: 0, size: extents.filter((extent) => extent !== undefined).join('×') };
}

/** Two dispatches that run the same code over the same sizes. */
function keyOf({ shader: { name }, entry, constants, params, grid }: Dispatch): string {
  // Where a mask is drawn changes its bits, not its cost.
  const { slot: _slot, site: _site, logits_slot: _logitsSlot, logits_site: _logitsSite, weights_slot: _weightsSlot, weights_site: _weightsSite, ...sizes } = params;
  return JSON.stringify([name, entry, constants, sizes, grid]);
}

export function distinct(plan: Plan): { dispatch: Dispatch; count: number }[] {
  const found = new Map<string, { dispatch: Dispatch; count: number }>();
  for (const dispatch of plan.dispatches) {
    const key = keyOf(dispatch);
    const before = found.get(key);
    if (before) before.count++;
    else found.set(key, { dispatch, count: 1 });
  }
  return [...found.values()];
}

export interface Bench {
  gpu: Gpu;
  pipelines: Pipelines;
  config: ModelConfig;
  state: ModelState;
  batch: HostBatch;
}

/** Allocates what `dispatch` alone needs. Weights, arenas and the step uniform are those of `state`. */
export async function subjectOf({ gpu, pipelines, config, state, batch }: Bench, plan: Plan, dispatch: Dispatch, count = 1): Promise<KernelSubject> {
  const alone: Plan = { ...plan, dispatches: [dispatch], placement: place([dispatch], new Set()), kept: new Map() };
  const execution = await Execution.create(gpu, pipelines, alone, state);
  writeBatch(execution, batch, config);
  return {
    label: dispatch.label,
    kernel: [dispatch.shader.name, dispatch.entry, dispatch.constants.BIAS || dispatch.params.biased ? '+ bias' : '', dispatch.constants.ACCUMULATE || dispatch.params.accumulate ? '+=' : ''].filter(Boolean).join(' '),
    count,
    source: dispatch,
    ...workOf(dispatch),
    dispatch: (pass) => execution.encode(pass),
    destroy: () => execution.destroy(),
  };
}
