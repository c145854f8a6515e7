/** What outlives every plan: the flat arenas of what is trained, the step uniform and the metrics ring. */
import { SLOT_LIMIT } from '../config/dropout';
import type { SharedBuffers } from '../graph/execution';
import { elements, type Tensor } from '../graph/tensor';
import type { Gpu } from '../gpu/device';
import { readRanges } from '../gpu/readback';
import { RING_SLOTS, RING_WIDTH } from '../kernels/step_metrics';
import type { StoredTensor } from './files/storedTensors';
import { PIECE } from './files/weightFile';
import type { ParameterSpec } from './parameterSpec';
import type { Weights } from './weights';

/** Slices of an arena start at multiples of this, the strictest alignment of a binding's offset. */
const ALIGNMENT = 256;

/** Values of a trained tensor that are read from its file at once. */
const READ_AT_ONCE = PIECE / 4;

/** Bytes of the step uniform: 16 scalars, then 16 bytes a slot. */
export const STEP_SCALAR_BYTES = 64;
export const STEP_BYTES = STEP_SCALAR_BYTES + SLOT_LIMIT * 16;

export interface Slice {
  spec: ParameterSpec;
  /** First byte. */
  offset: number;
  bytes: number;
}

export interface ArenaLayout {
  slices: Map<string, Slice>;
  bytes: number;
  /** How much of that, from the front on, holds tensors on which an L1 penalty may fall. */
  penalisedBytes: number;
}

/**
 * Where each trained tensor lies in the arenas: those that may be penalised in front, so that one dispatch covers them. Padding between
 * tensors stays zero in all arenas.
 */
export function sliceArena(specs: ParameterSpec[]): ArenaLayout {
  const slices = new Map<string, Slice>();
  let offset = 0;
  const lay = (penalised: boolean) => {
    for (const spec of specs) {
      if (spec.penalised !== penalised) continue;
      const bytes = elements(spec.shape) * 4;
      slices.set(spec.name, { spec, offset, bytes });
      offset += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    }
    return offset;
  };
  return { slices, penalisedBytes: lay(true), bytes: lay(false) };
}

/** One buffer each, as large as the layout says. */
export const ARENAS = ['values', 'gradients', 'first moments', 'second moments', 'groups'] as const;
type ArenaName = (typeof ARENAS)[number];

/** The optimizer's running means of gradients and of their squares. */
export const MOMENTS = ['first moments', 'second moments'] as const;
export type Moments = (typeof MOMENTS)[number];

export class ModelState implements SharedBuffers {
  readonly step: GPUBuffer;
  readonly slices: Map<string, Slice>;
  /** Elements of each arena, padding included. */
  readonly arenaElements: number;
  private readonly buffers = new Map<string, GPUBuffer>();

  /**
   * @param weights frozen ones by transformers' name; they are the caller's
   * @param checkpoint where a trained tensor begins that nobody gives values for
   */
  constructor(private readonly gpu: Gpu, readonly weights: Weights, specs: ParameterSpec[], private readonly checkpoint: ReadonlyMap<string, StoredTensor>) {
    const { device } = gpu;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const { slices, bytes } = sliceArena(specs);
    this.slices = slices;
    this.arenaElements = bytes / 4;
    for (const name of ARENAS) this.buffers.set(name, device.createBuffer({ label: name, size: bytes, usage }));
    this.buffers.set('norm', device.createBuffer({ label: 'norm', size: 8, usage }));
    this.buffers.set('ring', device.createBuffer({ label: 'ring', size: RING_SLOTS * RING_WIDTH * 4, usage }));
    this.step = device.createBuffer({ label: 'step', size: STEP_BYTES, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    const groups = new Float32Array(this.arenaElements);
    for (const { spec, offset, bytes: size } of slices.values()) groups.fill(spec.decays ? spec.rateScale : -spec.rateScale, offset / 4, (offset + size) / 4);
    this.upload(this.arena('groups'), groups);
  }

  /** An arena of nothing is not written: Deno 2.9 panics on zero bytes, which WebGPU allows. */
  private upload(buffer: GPUBuffer, values: Float32Array): void {
    if (values.length > 0) this.gpu.device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
  }

  bindingOf(tensor: Tensor): GPUBufferBinding {
    if (tensor.role === 'shared') {
      const buffer = this.buffers.get(tensor.label);
      if (!buffer) throw new Error(`state: no shared buffer ${tensor.label}`);
      return { buffer };
    }
    if (tensor.role === 'weight') {
      const buffer = this.weights.bufferOf(tensor.label);
      if (!buffer) throw new Error(`state: the checkpoint has no tensor ${tensor.label}; choose a checkpoint with this architecture's full set of weights`);
      return { buffer };
    }
    const slice = this.slices.get(tensor.label);
    if (!slice) throw new Error(`state: ${tensor.label} is not among the trained tensors`);
    return { buffer: this.arena(tensor.role === 'gradient' ? 'gradients' : 'values'), offset: slice.offset, size: slice.bytes };
  }

  private arena(name: ArenaName): GPUBuffer {
    return this.buffers.get(name)!;
  }

  /** All trained tensors, one behind the other as `slices` says. */
  get values(): GPUBuffer {
    return this.arena('values');
  }

  get ring(): GPUBuffer {
    return this.buffers.get('ring')!;
  }

  /**
   * Sets trained tensors and forgets the optimizer's moments. One without values starts as the checkpoint has it.
   * @throws when it has none there either, or another size; LoadError for a file that cannot be read
   */
  async reset(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    if (this.arenaElements === 0) return;
    const { device } = this.gpu;
    const encoder = device.createCommandEncoder({ label: 'reset' });
    for (const name of ['values', 'gradients', 'first moments', 'second moments'] as const) encoder.clearBuffer(this.arena(name));
    device.queue.submit([encoder.finish()]);
    await this.fill(this.values, values);
  }

  /**
   * Writes trained tensors into an arena of values. One that is not among `values` is read from the checkpoint, a piece at a time.
   * @throws as `reset`
   */
  async fill(arena: GPUBuffer, values: ReadonlyMap<string, Float32Array>): Promise<void> {
    const { queue } = this.gpu.device;
    for (const { spec, offset, bytes } of this.slices.values()) {
      const given = values.get(spec.name);
      const stored = given ? undefined : this.checkpoint.get(spec.of);
      if ((given?.length ?? stored?.count) !== bytes / 4) throw new Error(`state: ${spec.name} needs ${bytes / 4} values, got ${given?.length ?? stored?.count ?? 'none'}`);
      if (given) queue.writeBuffer(arena, offset, given as Float32Array<ArrayBuffer>);
      for (let first = 0; stored && first < stored.count; first += READ_AT_ONCE) {
        queue.writeBuffer(arena, offset + 4 * first, await stored.read(first, Math.min(READ_AT_ONCE, stored.count - first)));
        // Else what was written would pile up until the device has it.
        if (first > 0) await queue.onSubmittedWorkDone();
      }
    }
  }

  /** Sets trained tensors, or a moment of them, without touching anything else. `values` has every name and size, see `reset`. */
  restore(what: 'values' | Moments, values: Map<string, Float32Array>): void {
    for (const { spec, offset } of this.slices.values()) this.gpu.device.queue.writeBuffer(this.arena(what), offset, values.get(spec.name) as Float32Array<ArrayBuffer>);
  }

  /** A buffer of this state's own, for a shared tensor that only some plans read; made once. */
  provide(label: string, bytes: number): GPUBuffer {
    const made = this.buffers.get(label) ?? this.gpu.device.createBuffer({ label, size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    this.buffers.set(label, made);
    return made;
  }

  /** Records that every gradient becomes 0, for micro-batches to add to. */
  clearGradients(encoder: GPUCommandEncoder): void {
    encoder.clearBuffer(this.arena('gradients'));
  }

  /** Reads every trained tensor, or what belongs to it, by name. The copies are submitted before anything is waited for. */
  async read(what: 'values' | 'gradients' | Moments): Promise<Map<string, Float32Array>> {
    const slices = [...this.slices.values()];
    const values = await readRanges(this.gpu.device, slices.map(({ offset, bytes }) => ({ buffer: this.arena(what), offset, bytes })));
    return new Map(slices.map(({ spec }, index) => [spec.name, values[index]]));
  }

  destroy(): void {
    for (const buffer of [...this.buffers.values(), this.step]) buffer.destroy();
  }
}
