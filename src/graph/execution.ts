/** A plan made real on a device: its buffers, bind groups and pipelines, and how to encode one step of it. */
import type { Gpu } from '../gpu/device';
import type { Pipeline, Pipelines } from '../gpu/pipelines';
import { packParams, paramsBytes } from '../gpu/shader';
import type { Plan } from './compile';
import type { Dispatch } from './emitter';
import type { Pool } from './pool';
import { elements, type Tensor } from './tensor';

/** Buffers that outlive a plan: weights, the arenas, the metrics ring. */
export interface SharedBuffers {
  /** @throws when the tensor is unknown, with its label */
  bindingOf(tensor: Tensor): GPUBufferBinding;
  step: GPUBuffer;
}

const ALIGNMENT = 256;
/** Most bindings of a kernel that may be written. */
const UNUSED = 8;
const round = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What of a plan one submit runs, where a step takes several (micro-batches whose gradients add up). */
export interface Part {
  /** Records what goes before the plan's work. */
  prepare?: (encoder: GPUCommandEncoder) => void;
  /** Whether the dispatches that finish a step run. */
  finishes?: boolean;
}

interface Encoded {
  label: string;
  pipeline: GPUComputePipeline;
  group: GPUBindGroup;
  grid: [number, number, number];
}

export class Execution {
  private constructor(
    readonly plan: Plan,
    private readonly steps: Encoded[],
    private readonly inputs: Map<string, GPUBuffer>,
    private readonly pool: GPUBuffer[],
    private readonly owned: GPUBuffer[],
    private readonly device: GPUDevice,
  ) {}

  /**
   * Compiles what is missing and allocates everything the plan needs.
   * @param progress called as pipelines become ready
   * @param taken buffers for the plan's activations, the caller's, which plans that take turns share; left out: it has its own
   */
  static async create(gpu: Gpu, pipelines: Pipelines, plan: Plan, shared: SharedBuffers, progress?: (done: number, of: number) => void, taken?: Pool): Promise<Execution> {
    const { device } = gpu;
    const compiled = await compileAll(pipelines, plan.dispatches, progress);
    device.pushErrorScope('out-of-memory');
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const pool = taken?.of(plan) ?? plan.placement.buffers.map(({ bytes, label }) => device.createBuffer({ label, size: bytes, usage }));
    const inputs = new Map(plan.inputs.map((tensor) => [tensor.label, device.createBuffer({ label: tensor.label, size: round(elements(tensor.shape) * 4), usage })]));
    const constants = new Map([...plan.constants].map(([tensor, values]) => {
      const buffer = device.createBuffer({ label: tensor.label, size: values.byteLength, usage });
      device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
      return [tensor, buffer];
    }));
    const { params, offsets } = packAll(device, plan.dispatches);
    const placeholders = { read: device.createBuffer({ label: 'unused input', size: 16, usage }), written: device.createBuffer({ label: 'unused outputs', size: UNUSED * ALIGNMENT, usage }) };
    const bindingOf = (tensor: Tensor): GPUBufferBinding => {
      if (tensor.role === 'activation') return { buffer: pool[plan.placement.bufferOf.get(tensor)!], size: elements(tensor.shape) * 4 };
      if (tensor.role === 'input') return { buffer: inputs.get(tensor.label)!, size: elements(tensor.shape) * 4 };
      if (tensor.role === 'constant') return { buffer: constants.get(tensor)! };
      return shared.bindingOf(tensor);
    };
    const steps = plan.dispatches.map((dispatch, index) => {
      const { pipeline, layout, bindings } = compiled[index];
      let unused = 0;
      const entries = bindings.map(({ name, binding, type }): GPUBindGroupEntry => {
        if (name === 'params') return { binding, resource: { buffer: params, offset: offsets[index], size: paramsBytes(dispatch.shader) } };
        if (name === 'step') return { binding, resource: { buffer: shared.step } };
        const tensor = dispatch.bindings[name];
        // An optional binding that the constants switch off must still be bound to something.
        if (tensor) return { binding, resource: bindingOf(tensor) };
        // No two that may be written are allowed to be the same place.
        return { binding, resource: type === 'storage' ? { buffer: placeholders.written, offset: ALIGNMENT * unused++, size: 16 } : { buffer: placeholders.read } };
      });
      return { label: dispatch.label, pipeline, group: device.createBindGroup({ label: dispatch.label, layout, entries }), grid: dispatch.grid };
    });
    const failure = await device.popErrorScope();
    const execution = new Execution(plan, steps, inputs, pool, [params, placeholders.read, placeholders.written, ...inputs.values(), ...constants.values(), ...(taken ? [] : pool)], device);
    if (failure) {
      execution.destroy();
      throw new Error(`plan: the GPU could not allocate ${plan.bytes} bytes (${failure.message}); lower the batch size`);
    }
    return execution;
  }

  /** Writes an input; a plan that does not read it ignores it. */
  write(label: string, values: Uint32Array | Int32Array | Float32Array): void {
    const buffer = this.inputs.get(label);
    if (buffer) this.device.queue.writeBuffer(buffer, 0, values as unknown as ArrayBufferView<ArrayBuffer>);
  }

  /** Whether the plan reads this input. */
  reads(label: string): boolean {
    return this.inputs.has(label);
  }

  /** Runs the plan: one pass in one submit, nothing is waited for. `copy` records copies that follow the work. */
  submit(label: string, copy?: (encoder: GPUCommandEncoder) => void, { prepare, finishes }: Part = {}): void {
    const encoder = this.device.createCommandEncoder({ label });
    prepare?.(encoder);
    const pass = encoder.beginComputePass({ label });
    this.encode(pass, finishes);
    pass.end();
    copy?.(encoder);
    this.device.queue.submit([encoder.finish()]);
  }

  /** @param finishes false leaves out what finishes a step (`Plan.finish`) */
  encode(pass: GPUComputePassEncoder, finishes = true): void {
    const { from, to } = this.plan.finish;
    let current: GPUComputePipeline | undefined;
    for (const [index, { pipeline, group, grid }] of this.steps.entries()) {
      if (!finishes && index >= from && index < to) continue;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
    }
  }

  /** Encodes the dispatches one pass each, for timing them apart. */
  encodeEach(encoder: GPUCommandEncoder, timestamps: (index: number) => GPUComputePassTimestampWrites | undefined): string[] {
    return this.steps.map((step, index) => {
      const pass = encoder.beginComputePass({ label: step.label, timestampWrites: timestamps(index) });
      pass.setPipeline(step.pipeline);
      pass.setBindGroup(0, step.group);
      pass.dispatchWorkgroups(...step.grid);
      pass.end();
      return step.label;
    });
  }

  /** Buffer and byte length of a kept tensor, to be copied home. */
  kept(name: string): { buffer: GPUBuffer; bytes: number } {
    const tensor = this.plan.kept.get(name);
    const buffer = tensor && this.pool[this.plan.placement.bufferOf.get(tensor)!];
    if (!tensor || !buffer) throw new Error(`plan: no tensor is kept as ${name}; kept are ${[...this.plan.kept.keys()].join(', ') || 'none'}`);
    return { buffer, bytes: elements(tensor.shape) * 4 };
  }

  destroy(): void {
    for (const buffer of this.owned) buffer.destroy();
  }
}

/** The pipeline of every dispatch; each distinct one is compiled once and counted once in `progress`. */
export async function compileAll(pipelines: Pipelines, dispatches: Dispatch[], progress?: (done: number, of: number) => void): Promise<Pipeline[]> {
  const wanted = dispatches.map(({ shader, entry, constants }) => pipelines.get({ shader, entry, constants }));
  const distinct = new Set(wanted);
  let done = 0;
  for (const pipeline of distinct) void pipeline.then(() => progress?.(++done, distinct.size), () => undefined);
  return Promise.all(wanted);
}

function packAll(device: GPUDevice, dispatches: Dispatch[]): { params: GPUBuffer; offsets: number[] } {
  const offsets: number[] = [];
  let size = 0;
  for (const { shader } of dispatches) {
    offsets.push(size);
    size += round(paramsBytes(shader));
  }
  const bytes = new ArrayBuffer(Math.max(size, ALIGNMENT));
  dispatches.forEach(({ shader, params }, index) => packParams(shader, params, new DataView(bytes), offsets[index]));
  const buffer = device.createBuffer({ label: 'params', size: bytes.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, bytes);
  return { params: buffer, offsets };
}
