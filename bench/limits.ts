/** The adapter's own ceilings, measured beside every kernel: multiply-adds, copied bytes, and a dispatch that does nothing. */
import type { Gpu } from '../src/gpu/device';
import copyCode from './copy.wgsl?raw';
import fmaCode from './fma.wgsl?raw';
import type { Subject } from './timer';

export interface Limit extends Subject {
  kind: 'fma' | 'copy' | 'dispatch';
  /** Floating-point operations, or bytes read and written, of one dispatch; 1 for the empty one. */
  work: number;
}

const TURN_FLOPS = 768;
const FMA_ENTRIES = ['vectors', 'fused', 'scalars'];

/** Sizes that keep one dispatch in the milliseconds, and a copy above the caches of a GPU. */
const SIZES = { software: { groups: 64, turns: 32, copyBytes: 2 ** 22 }, gpu: { groups: 4096, turns: 128, copyBytes: 2 ** 26 } };

export async function createLimits({ device, profile }: Gpu): Promise<{ limits: Limit[]; destroy: () => void }> {
  const { groups, turns, copyBytes } = SIZES[profile];
  const buffer = (size: number, usage: number) => device.createBuffer({ size, usage });
  const params = buffer(16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const [source, result] = [buffer(copyBytes, GPUBufferUsage.STORAGE), buffer(copyBytes, GPUBufferUsage.STORAGE)];
  const words = new DataView(new ArrayBuffer(16));
  words.setUint32(0, turns, true);
  words.setFloat32(4, 0.999, true); // shrinks and adds, so that values stay ordinary numbers for ever
  words.setFloat32(8, 0.001, true);
  device.queue.writeBuffer(params, 0, words.buffer);

  const make = async (code: string, entry: string, buffers: GPUBuffer[], count: number, kind: Limit['kind'], work: number): Promise<Limit> => {
    const module = device.createShaderModule({ label: entry, code });
    const pipeline = await device.createComputePipelineAsync({ label: entry, layout: 'auto', compute: { module, entryPoint: entry } });
    const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: buffers.map((one, binding) => ({ binding, resource: { buffer: one } })) });
    return {
      label: entry, kind, work,
      dispatch: (pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(count);
      },
    };
  };
  const limits = [
    ...await Promise.all(FMA_ENTRIES.map((entry) => make(fmaCode, entry, [params, result], groups, 'fma', groups * 64 * turns * (entry === 'scalars' ? TURN_FLOPS / 2 : TURN_FLOPS)))),
    await make(copyCode, 'copy', [source, result], copyBytes / 16 / 4 / 256, 'copy', copyBytes * 2),
    await make(copyCode, 'empty', [source, result], 1, 'dispatch', 1),
  ];
  return { limits, destroy: () => [params, source, result].forEach((one) => one.destroy()) };
}
