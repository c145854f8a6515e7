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
const naive = shader('naive_matmul', `${head}\n${naiveCode.replace('= A_BASE', `= ${baseOf('a')}`).replace('= B_BASE', `= ${baseOf('b')}`)}`);

/** Kernels that read some rows of what they are given. */
const LOOK_UPS = ['embedding', 'position', 'select_token'];

const isProduct = (dispatch: Dispatch): boolean => dispatch.shader.name === 'matmul';

/** The same product by another kernel: one output an invocation, or one of the two profiles' tiles. */
export function productForm(dispatch: Dispatch, form: 'naive' | 'registers' | 'tiles'): Dispatch {
  const { rows, columns } = dispatch.params;
  const [, , products] = dispatch.grid;
  const { ACCUMULATE, BIAS } = dispatch.constants;
  if (form !== 'naive' && dispatch.entry === form) return dispatch;
  const [wx, ownedRows, ownedColumns] = { naive: [8, 8, 8], registers: [4, 32, 32], tiles: [8, 32, 32] }[form];
  return {
    ...dispatch,
    label: `${dispatch.label} ${form}`,
    shader: form === 'naive' ? naive : dispatch.shader,
    entry: form,
    constants: { WX: wx, WY: wx, ACCUMULATE, BIAS, ...(form === 'tiles' ? { TILE_K: 16 } : {}) },
    grid: [Math.ceil(columns / ownedColumns), Math.ceil(rows / ownedRows), products],
  };
}

function workOf(dispatch: Dispatch): { flops: number; bytes: number; size: string } {
  const { params, constants, grid, bindings } = dispatch;
  const tensors = Object.entries(bindings);
  const output = tensors.length ? elements(tensors[tensors.length - 1][1].shape) : 0;
  // What is looked up is not read whole: as many elements of a table as come out.
  const looksUp = LOOK_UPS.includes(dispatch.shader.name);
  const touched = tensors.map(([, tensor]) => (looksUp ? Math.min(elements(tensor.shape), output) : elements(tensor.shape)));
  const again = constants.ACCUMULATE ? output : 0;
  const bytes = 4 * (touched.reduce((sum, count) => sum + count, 0) + again);
  if (isProduct(dispatch)) {
    const { rows, columns, depth } = params;
    return { bytes, flops: 2 * rows * columns * depth * grid[2], size: `${rows}×${columns}×${depth}${grid[2] > 1 ? ` ·${grid[2]}` : ''}` };
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
    kernel: [dispatch.shader.name, dispatch.entry, dispatch.constants.BIAS ? '+ bias' : '', dispatch.constants.ACCUMULATE ? '+=' : ''].filter(Boolean).join(' '),
    count,
    source: dispatch,
    ...workOf(dispatch),
    dispatch: (pass) => execution.encode(pass),
    destroy: () => execution.destroy(),
  };
}
