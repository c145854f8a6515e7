/** Runs a tape once on the page's device and reads back what was kept. */
import { readRanges } from '../../gpu/readback';
import { compile, type Plan } from '../../graph/compile';
import type { CompileOptions, Emitter } from '../../graph/emitter';
import { Execution, type SharedBuffers } from '../../graph/execution';
import type { Gradients } from '../../graph/gradients';
import type { Op, Tape } from '../../graph/tape';
import { bufferBytes, rowBlocks } from '../../graph/rowBlocks';
import { elements, type Tensor } from '../../graph/tensor';
import { STEP_BYTES } from '../../model/state';
import { packStep, type StepValues } from '../../train/stepUniform';
import { emitAdd } from '../add';
import { fuse } from '../fusion';
import { WEIGHT_ROWS } from '../weightFormats';
import { type Launch, pageFor } from './page';

type Numbers = Float32Array | Uint32Array | Int32Array;

/** What stands in every buffer that is read back before the plan runs: a kernel that adds where it should assign, or leaves a hole, shows. */
const POISON = -7.25e5;

export const STEP_DEFAULTS: StepValues = {
  seed: 0xc0ffee, maskStep: 3, microBatch: 0, ringSlot: 0, step: 0, learningRate: 0, weightDecay: 0, clip: 0, alpha: 0, smoothing: 0, l1: 0, neftune: 0, countedRows: 1, rules: {}, layers: 1,
};

/** y = x. Its gradient is not carried on. */
const copy: Op<null> = {
  name: 'copy',
  forward(emit, { inputs, outputs }) { emitAdd(emit, inputs.x!, outputs.y, false); },
};

/** An activation with the values of `x`, as if an operation before had computed it. */
export function recordCopy(tape: Tape, label: string, x: Tensor, needsGradient: boolean): Tensor {
  const { y } = tape.record(copy, label, { x }, { y: x.shape }, null);
  y.needsGradient = needsGradient;
  return y;
}

/** Buffers of weights, parameters, gradients and shared tensors, made when they are first bound. */
class TestBuffers implements SharedBuffers {
  readonly step: GPUBuffer;
  private readonly buffers = new Map<string, GPUBuffer>();

  private readonly values: Map<string, Numbers>;

  constructor(private readonly device: GPUDevice, given: Map<string, Numbers>, step: Partial<StepValues>, weights: Tensor[], largestBuffer?: number) {
    this.values = new Map([...given, ...weights.flatMap((weight) => storedBlocks(weight, given.get(weight.label)!, largestBuffer))]);
    this.step = device.createBuffer({ size: STEP_BYTES, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(this.step, 0, packStep({ ...STEP_DEFAULTS, ...step }));
  }

  bindingOf(tensor: Tensor): { buffer: GPUBuffer } {
    const key = `${tensor.role}/${tensor.label}`;
    let buffer = this.buffers.get(key);
    if (!buffer) {
      const count = elements(tensor.shape);
      buffer = this.device.createBuffer({ label: key, size: bufferBytes(count, tensor.type), usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
      const given = tensor.role === 'gradient' ? undefined : this.values.get(tensor.label);
      this.device.queue.writeBuffer(buffer, 0, (given ?? new Float32Array(count).fill(POISON)) as Float32Array<ArrayBuffer>);
      this.buffers.set(key, buffer);
    }
    return { buffer };
  }

  destroy(): void {
    for (const buffer of [this.step, ...this.buffers.values()]) buffer.destroy();
  }
}

/** A weight as it lies on a device: by the label of each block of its rows. */
function storedBlocks({ label, shape, type }: Tensor, values: Numbers, largestBuffer?: number): [string, Numbers][] {
  const [rowCount = 1] = shape;
  const width = elements(shape) / rowCount;
  return rowBlocks(label, shape, type, largestBuffer).map((block) => {
    const rows = values.slice(block.first * width, (block.first + block.rows) * width);
    if (type === 'u32' || type === 'i32') return [block.label, rows];
    return [block.label, WEIGHT_ROWS[type].encode(rows as Float32Array<ArrayBuffer>, (index) => { throw new Error(`test: ${label} at ${index}`); })];
  });
}

export interface Parts {
  tape: Tape;
  /** Inputs, weights, parameters and shared tensors by label. */
  values: Map<string, Numbers>;
  step?: Partial<StepValues>;
  samples?: number;
  gradientSamples?: number;
  backward?: boolean;
  seeds?: Map<Tensor, Tensor>;
  /** As a GPU computes it. */
  fused?: boolean;
  finish?: (emit: Emitter, gradients: Gradients) => void;
  /** Times the plan runs before anything is read. */
  times?: number;
}

export interface Executed {
  plan: Plan;
  /** Values of kept tensors by name, and of every parameter's gradient by the parameter's label. */
  kept: Map<string, Float32Array>;
  gradients: Map<string, Float32Array>;
  /** Reads shared tensors while the buffers are there. */
  shared: Map<string, Float32Array>;
}

/** Compiles the tape for `launch`, runs it and reads it back. Throws what WebGPU complained about. */
export async function execute(parts: Parts, launch: Launch = {}): Promise<Executed> {
  const { gpu, pipelines, complaints } = await pageFor(launch);
  const { device } = gpu;
  const { tape, samples = 1, gradientSamples = samples } = parts;
  const options: CompileOptions = { profile: gpu.profile, subgroupSize: gpu.subgroupSize, samples, gradientSamples, lanes: launch.lanes, tile: launch.tile, mostGroups: launch.mostGroups, largestBuffer: launch.largestBuffer };
  const weights = tape.tensors.filter(({ role }) => role === 'weight');
  const plan = compile(tape, options, { backward: parts.backward ?? false, add: emitAdd, fuse: parts.fused ? fuse : undefined, seeds: parts.seeds, finish: parts.finish });
  const buffers = new TestBuffers(device, parts.values, parts.step ?? {}, weights, launch.largestBuffer);
  const execution = await Execution.create(gpu, pipelines, plan, buffers);
  for (const name of plan.kept.keys()) {
    const { buffer } = execution.kept(name);
    device.queue.writeBuffer(buffer, 0, new Float32Array(buffer.size / 4).fill(POISON));
  }
  for (const tensor of plan.inputs) execution.write(tensor.label, parts.values.get(tensor.label)!);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (let time = 0; time < (parts.times ?? 1); time++) execution.encode(pass);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const names = [...plan.kept.keys()];
  const trained = [...plan.parameterGradients];
  const sharedTensors = tape.tensors.filter((tensor) => tensor.role === 'shared');
  const wanted = [...trained.map(([, gradient]) => gradient), ...sharedTensors];
  const read = await readRanges(device, [
    ...names.map((name) => execution.kept(name)),
    ...wanted.map((tensor) => ({ buffer: buffers.bindingOf(tensor).buffer, bytes: elements(tensor.shape) * 4 })),
  ]);
  execution.destroy();
  buffers.destroy();
  const said = complaints();
  if (said.length > 0) throw new Error(`WebGPU: ${said[0]}`);
  return {
    plan,
    kept: new Map(names.map((name, i) => [name, read[i]])),
    gradients: new Map(trained.map(([parameter], i) => [parameter.label, read[names.length + i]])),
    shared: new Map(sharedTensors.map((tensor, i) => [tensor.label, read[names.length + trained.length + i]])),
  };
}
