/** Frozen weights on the device. They come from their files in pieces, so that no part of this program ever holds a model in memory. */
import type { Gpu } from '../gpu/device';
import type { StreamOptions } from './files/modelFolder';
import { piecesOf } from './files/pieces';
import type { StoredTensor } from './files/storedTensors';

/** Pieces that may be on their way to the device before the next is read. */
const IN_FLIGHT = 4;

export class Weights {
  private constructor(private readonly gpu: Gpu, private readonly buffers: ReadonlyMap<string, GPUBuffer>) {}

  /**
   * Brings `tensors` to the device, by the names they have in the map.
   * @param options.progress is told the bytes that have come of all files
   * @throws LoadError for files that are cut off or hold what is no number, and where the device grants no memory
   */
  static async load(gpu: Gpu, tensors: ReadonlyMap<string, StoredTensor>, options: StreamOptions = {}): Promise<Weights> {
    const { device } = gpu;
    device.pushErrorScope('out-of-memory');
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffers = new Map([...tensors].map(([name, { count }]) => [name, device.createBuffer({ label: name, size: Math.max(4 * count, 4), usage })]));
    const failure = await device.popErrorScope();
    const weights = new Weights(gpu, buffers);
    try {
      if (failure) throw new Error(`weights: the GPU could not allocate them (${failure.message}); choose a smaller model, or close what else uses the GPU`);
      await weights.fill(tensors, options);
      return weights;
    } catch (error) {
      weights.destroy();
      throw error;
    }
  }

  private async fill(tensors: ReadonlyMap<string, StoredTensor>, options: StreamOptions): Promise<void> {
    const { queue } = this.gpu.device;
    let inFlight = 0;
    for await (const { name, first, values } of piecesOf(tensors, options)) {
      queue.writeBuffer(this.buffers.get(name)!, 4 * first, values);
      if (++inFlight < IN_FLIGHT) continue;
      // What was written is copied somewhere until the device has it: without a wait, that would be the whole model.
      queue.submit([]);
      await queue.onSubmittedWorkDone();
      inFlight = 0;
    }
  }

  /** @returns undefined where the checkpoint has no such tensor */
  bufferOf(name: string): GPUBuffer | undefined {
    return this.buffers.get(name);
  }

  /** Writes a weight anew: what PiSSA leaves of it. Whoever shares these weights sees that too. */
  overwrite(name: string, values: Float32Array<ArrayBuffer>): void {
    this.gpu.device.queue.writeBuffer(this.buffers.get(name)!, 0, values);
  }

  destroy(): void {
    for (const buffer of this.buffers.values()) buffer.destroy();
  }
}

/** Bytes that weights take on the device. */
export const weightBytes = ({ count }: StoredTensor): number => 4 * count;
