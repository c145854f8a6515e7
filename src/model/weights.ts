/** Frozen weights on the device. They come from their files in pieces, so that no part of this program ever holds a model in memory. */
import type { WeightFormat } from '../config/weightFormats';
import { type Gpu, largestBuffer } from '../gpu/device';
import { bufferBytes, type RowBlock, rowBlocks } from '../graph/rowBlocks';
import { elements, PACKING } from '../graph/tensor';
import { WEIGHT_ROWS } from '../kernels/weightFormats';
import { LoadError } from './files/loadError';
import type { StreamOptions } from './files/modelFolder';
import { piecesOf } from './files/pieces';
import type { StoredTensor } from './files/storedTensors';

/** Pieces that may be on their way to the device before the next is read. */
const IN_FLIGHT = 4;

/** The format that each tensor is held in, by its name. */
export type FormatOf = (name: string) => WeightFormat;

/** A weight as it lies on the device. */
interface Held {
  format: WeightFormat;
  /** Values of a row. */
  width: number;
  blocks: (RowBlock & { buffer: GPUBuffer })[];
}

export interface LoadOptions extends StreamOptions {
  /** Left out: float32 for all. */
  formatOf?: FormatOf;
}

export class Weights {
  /** By label of a block of rows, which is the tensor's name where there is one. */
  private readonly buffers: ReadonlyMap<string, GPUBuffer>;

  private constructor(private readonly gpu: Gpu, private readonly held: ReadonlyMap<string, Held>) {
    this.buffers = new Map([...held.values()].flatMap(({ blocks }) => blocks.map(({ label, buffer }) => [label, buffer])));
  }

  /**
   * Brings `tensors` to the device, by the names they have in the map; one that is larger than a kernel may be given in several buffers.
   * @param options.progress is told the bytes that have come of all files
   * @throws LoadError for files that are cut off, hold what is no number or what the format cannot hold; Error where the device grants no memory
   */
  static async load(gpu: Gpu, tensors: ReadonlyMap<string, StoredTensor>, { formatOf = () => 'f32', ...options }: LoadOptions = {}): Promise<Weights> {
    const { device } = gpu;
    device.pushErrorScope('out-of-memory');
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const hold = (name: string, shape: readonly number[]): Held => {
      const format = formatOf(name);
      const width = elements(shape.slice(1));
      const blocks = rowBlocks(name, shape, format, largestBuffer(gpu));
      return { format, width, blocks: blocks.map((block) => ({ ...block, buffer: device.createBuffer({ label: block.label, size: bufferBytes(block.rows * width, format), usage }) })) };
    };
    const weights = new Weights(gpu, new Map([...tensors].map(([name, { shape }]) => [name, hold(name, shape)])));
    const failure = await device.popErrorScope();
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
      this.write(name, first, values, tensors.get(name)!.file.name);
      if (++inFlight < IN_FLIGHT) continue;
      // What was written is copied somewhere until the device has it: without a wait, that would be the whole model.
      queue.submit([]);
      await queue.onSubmittedWorkDone();
      inFlight = 0;
    }
  }

  /** Writes values from index `first` on, where a packing begins, wherever their rows lie. */
  private write(name: string, first: number, values: Float32Array<ArrayBuffer>, source: string): void {
    const { format, width, blocks } = this.held.get(name)!;
    for (const block of blocks) {
      const start = block.first * width;
      const from = Math.max(first, start);
      const here = values.subarray(from - first, Math.max(from, Math.min(first + values.length, start + block.rows * width)) - first);
      if (here.length === 0) continue;
      const stored = WEIGHT_ROWS[format].encode(here, (index) => {
        const { largest } = WEIGHT_ROWS[format];
        throw new LoadError(source, `tensor ${name}: the value at index ${from + index} (${here[index]}) is beyond what ${format} holds (±${largest}); keep the weights in float32`);
      });
      this.gpu.device.queue.writeBuffer(block.buffer, ((from - start) / PACKING[format].values) * PACKING[format].bytes, stored);
    }
  }

  /** @param label a tensor's, or that of a block of its rows @returns undefined where the checkpoint has no such tensor */
  bufferOf(label: string): GPUBuffer | undefined {
    return this.buffers.get(label);
  }

  /** Writes a weight anew: what PiSSA leaves of it. Whoever shares these weights sees that too. @throws LoadError as `load` */
  overwrite(name: string, values: Float32Array<ArrayBuffer>): void {
    this.write(name, 0, values, 'PiSSA');
  }

  destroy(): void {
    for (const buffer of this.buffers.values()) buffer.destroy();
  }
}

/** Bytes that a weight takes on the device. */
export const weightBytes = ({ count }: StoredTensor, format: WeightFormat): number => bufferBytes(count, format);
