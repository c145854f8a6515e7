/**
 * Tape → plan: the forward dispatches in the order of recording, then the backward ones in reverse, for those nodes only that lead to a
 * trained tensor. Buffers are placed by lifetime, so that the bytes of a plan are known before any is allocated.
 *
 * Accumulation policy, stated once: the first dispatch that writes a gradient assigns, every later one adds (ACCUMULATE). Nothing is
 * ever zero-filled, with one exception: in a plan that runs several times a step (`accumulating`) every write of a parameter's gradient
 * adds, and whoever runs it clears these gradients before the first time.
 */
import type { Profile } from '../gpu/device';
import type { Shader } from '../gpu/shader';
import { type Node, type Tape, type Tensor } from './tape';
import { place, type Placement } from './place';

export interface Dispatch {
  label: string;
  shader: Shader;
  entry: string;
  overrides: Record<string, number>;
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
  /** Tests fold small grids too: most workgroups of a reduction along one axis; left out: as many as WebGPU allows. */
  mostGroups?: number;
  /** The plan runs once for each of several micro-batches a step: gradients of parameters add up over them. */
  accumulating?: boolean;
  /** The tile that autotune found fastest for a product of this size on this adapter. */
  tileFor?: (rows: number, columns: number, depth: number, products: number) => Tile | undefined;
}

/**
 * How a matrix product is shared out: invocations of a workgroup; the depth of a tile in workgroup memory, 0 for a kernel without any, whose
 * invocations own 8×8 outputs; with tiles, how many blocks of 4×4 outputs an invocation owns down and across (left out: one).
 */
export interface Tile { wx: number; wy: number; k: number; rowBlocks?: 1 | 2; columnBlocks?: 1 | 2 }

export interface Plan {
  dispatches: Dispatch[];
  /** The dispatches from … to − 1 finish a step: of several micro-batches only the last one runs them. */
  finish: { from: number; to: number };
  /** Whether gradients of parameters must be cleared before the first micro-batch. */
  accumulating: boolean;
  placement: Placement;
  /** Gradient of each parameter that the loss reaches. */
  parameterGradients: Map<Tensor, Tensor>;
  inputs: Tensor[];
  constants: Map<Tensor, Float32Array>;
  kept: Map<string, Tensor>;
  /** Bytes of the plan's own buffers. */
  bytes: number;
}

/** Most workgroups along one axis of a grid that every adapter runs. */
const MOST_GROUPS = 65535;

/** What an operation's `forward` and `backward` write their dispatches into. */
export class Emitter {
  readonly dispatches: Dispatch[] = [];

  constructor(private readonly tape: Tape, readonly options: CompileOptions) {}

  dispatch(dispatch: Omit<Dispatch, 'overrides' | 'params'> & Partial<Pick<Dispatch, 'overrides' | 'params'>>): void {
    const [x, y, z] = dispatch.grid;
    if (Math.max(x, y, z) > MOST_GROUPS) throw new Error(`plan: ${dispatch.label} needs a grid of ${x}×${y}×${z} workgroups, ${MOST_GROUPS} is the limit on each axis; lower the batch size or the sequence length`);
    this.dispatches.push({ overrides: {}, params: {}, ...dispatch });
  }

  scratch(label: string, shape: readonly number[]): Tensor {
    return this.tape.tensor(label, shape, 'activation');
  }

  shared(label: string, shape: readonly number[]): Tensor {
    return this.tape.shared(label, shape);
  }

  /**
   * How rows of `columns` elements are shared out: overrides for a reducing kernel, and its workgroups for `count` rows, in two dimensions
   * where one axis has too few (`reduce_row` in the shader counts them).
   */
  reduction(count: number, columns: number): { overrides: { LANES: number; ROWS: number }; grid: [number, number, number] } {
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
    return { overrides: { LANES, ROWS }, grid: [Math.ceil(groups / y), y, 1] };
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

export interface GradientTarget {
  tensor: Tensor;
  /** 1 where something was written before: the kernel must add. */
  accumulate: 0 | 1;
}

/**
 * Gradients while the tape is walked backwards. A gradient that passes an operation unchanged (a residual connection) shares its buffer;
 * whoever wants to add to a shared buffer gets a copy, unless the others have been read for the last time.
 */
export class Gradients {
  private readonly made = new Map<Tensor, Tensor>();
  /** Tensors whose gradient is this one and will still be read. */
  private readonly readers = new Map<Tensor, Set<Tensor>>();
  readonly ofParameters = new Map<Tensor, Tensor>();

  constructor(private readonly tape: Tape, private readonly options: CompileOptions, private readonly emitAdd: (from: Tensor, to: Tensor, accumulate: boolean) => void) {}

  /** Gradient of an output, undefined where none arrives. */
  of(tensor: Tensor): Tensor | undefined {
    return this.made.get(tensor);
  }

  /** Where the gradient of `tensor` goes; undefined: nobody needs it, emit nothing. */
  into(tensor: Tensor | undefined): GradientTarget | undefined {
    if (!tensor?.needsGradient) return undefined;
    const before = this.made.get(tensor);
    if (!before) return { tensor: this.set(tensor, this.create(tensor)), accumulate: this.options.accumulating && tensor.role === 'parameter' ? 1 : 0 };
    if (this.readers.get(before)!.size === 1) return { tensor: before, accumulate: 1 };
    this.release(tensor);
    const own = this.set(tensor, this.create(tensor));
    this.emitAdd(before, own, false);
    return { tensor: own, accumulate: 1 };
  }

  /** The gradient of `tensor` is `gradient` itself: shares its buffer where it can, else copies or adds. */
  pass(tensor: Tensor | undefined, gradient: Tensor): void {
    if (!tensor?.needsGradient) return;
    if (!this.made.has(tensor) && tensor.role === 'activation') {
      this.set(tensor, gradient);
      return;
    }
    const target = this.into(tensor);
    if (target) this.emitAdd(gradient, target.tensor, target.accumulate === 1);
  }

  /** Says that the gradient of `tensor` has been read for the last time. */
  release(tensor: Tensor): void {
    const gradient = this.made.get(tensor);
    if (gradient) this.readers.get(gradient)!.delete(tensor);
  }

  private set(tensor: Tensor, gradient: Tensor): Tensor {
    this.made.set(tensor, gradient);
    let readers = this.readers.get(gradient);
    if (!readers) {
      // A gradient that came from outside stays as it is: it counts as a reader of itself.
      readers = new Set(gradient.role === 'input' ? [gradient] : []);
      this.readers.set(gradient, readers);
    }
    readers.add(tensor);
    return gradient;
  }

  private create(tensor: Tensor): Tensor {
    if (tensor.role === 'parameter') {
      const gradient = this.tape.tensor(tensor.label, tensor.shape, 'gradient');
      this.ofParameters.set(tensor, gradient);
      return gradient;
    }
    if (tensor.unbatched) return this.tape.tensor(`d(${tensor.label})`, tensor.shape, 'activation');
    const { samples, gradientSamples } = this.options;
    const shape = [(tensor.shape[0] / samples) * gradientSamples, ...tensor.shape.slice(1)];
    return this.tape.tensor(`d(${tensor.label})`, shape, 'activation');
  }
}

/**
 * @param parts.seeds gradients that come from outside, for tests of a single operation; losses need none, they are where the walk starts
 * @param parts.finish dispatches after the backward pass, once a step: gradient norm, optimizer
 * @param parts.report dispatches at the end of every micro-batch: the step's scalars
 */
export function compile(
  tape: Tape, options: CompileOptions,
  parts: {
    backward: boolean;
    /** Emits to = from, or to += from (kernels/add; handed in so that the graph depends on no kernel). */
    add: (emit: Emitter, from: Tensor, to: Tensor, accumulate: boolean) => void;
    seeds?: Map<Tensor, Tensor>;
    finish?: (emit: Emitter, gradients: Gradients) => void;
    report?: (emit: Emitter) => void;
  },
): Plan {
  const emit = new Emitter(tape, options);
  for (const node of tape.nodes) node.op.forward(emit, node);
  const gradients = new Gradients(tape, options, (from, to, accumulate) => parts.add(emit, from, to, accumulate));
  if (parts.backward) {
    for (const [tensor, seed] of parts.seeds ?? []) gradients.pass(tensor, seed);
    const firstProducer = new Map<Tensor, number>();
    tape.nodes.forEach((node, index) => Object.values(node.outputs).forEach((output) => firstProducer.has(output) || firstProducer.set(output, index)));
    for (let index = tape.nodes.length - 1; index >= 0; index--) {
      const node = tape.nodes[index];
      backwardOf(node, emit, gradients);
      // What several operations added to is read by each of them; the first one reads it last.
      for (const output of Object.values(node.outputs)) if (firstProducer.get(output) === index) gradients.release(output);
    }
  }
  const from = emit.dispatches.length;
  parts.finish?.(emit, gradients);
  const finish = { from, to: emit.dispatches.length };
  parts.report?.(emit);
  const kept = new Set(tape.kept.values());
  const placement = place(emit.dispatches, kept);
  return {
    dispatches: emit.dispatches,
    finish,
    accumulating: options.accumulating ?? false,
    placement,
    parameterGradients: gradients.ofParameters,
    inputs: tape.tensors.filter((tensor) => tensor.role === 'input'),
    constants: tape.constants,
    kept: tape.kept,
    bytes: placement.bytes + [...tape.constants.values()].reduce((sum, values) => sum + values.byteLength, 0),
  };
}

/** A node takes part when a gradient arrives at one of its outputs, or when it is a loss and something below is trained. */
function backwardOf(node: Node, emit: Emitter, gradients: Gradients): void {
  const trained = Object.values(node.inputs).some((input) => input?.needsGradient);
  const outputs = Object.values(node.outputs);
  const differentiated = outputs.some((output) => output.needsGradient);
  if (!trained || !differentiated) return;
  if (!node.op.backward) throw new Error(`plan: ${node.label} (${node.op.name}) lies above a trained tensor, but ${node.op.name} has no backward pass`);
  node.op.backward(emit, node, gradients);
}
