/**
 * Buffers for the activations of plans that take turns: only one runs at a time and each writes before it reads, so they share them, the
 * largest of one with the largest of the others. What the plans of a run need is little more than what the largest of them needs alone.
 */
import type { Plan } from './compile';

interface Size {
  bytes: number;
  label: string;
}

/** For each buffer of a plan, its number in the pool. */
const numbersIn = ({ placement: { buffers } }: Plan): number[] => {
  const order = buffers.map((_, index) => index).sort((one, other) => buffers[other].bytes - buffers[one].bytes || one - other);
  const numbers = new Array<number>(buffers.length);
  order.forEach((buffer, number) => { numbers[buffer] = number; });
  return numbers;
};

/** The buffers that `plans` share. */
export function sharedBuffers(plans: readonly Plan[]): Size[] {
  const sizes: Size[] = [];
  for (const plan of plans) {
    numbersIn(plan).forEach((number, buffer) => {
      const wanted = plan.placement.buffers[buffer];
      if (!(sizes[number]?.bytes >= wanted.bytes)) sizes[number] = wanted;
    });
  }
  return sizes;
}

/** Bytes of plans that take turns: of the buffers they share, and of each one's own constants. */
export const bytesOf = (plans: readonly Plan[]): number =>
  sharedBuffers(plans).reduce((sum, { bytes }) => sum + bytes, 0) + plans.reduce((sum, { bytes, placement }) => sum + bytes - placement.bytes, 0);

export class Pool {
  private constructor(private readonly buffers: GPUBuffer[]) {}

  /** Allocates what `plans` share. @throws when the GPU cannot */
  static async create(device: GPUDevice, plans: readonly Plan[]): Promise<Pool> {
    device.pushErrorScope('out-of-memory');
    const sizes = sharedBuffers(plans);
    const pool = new Pool(sizes.map(({ bytes, label }) => device.createBuffer({ label, size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST })));
    const failure = await device.popErrorScope();
    if (!failure) return pool;
    pool.destroy();
    throw new Error(`plan: the GPU could not allocate ${sizes.reduce((sum, { bytes }) => sum + bytes, 0)} bytes (${failure.message}); lower the batch size`);
  }

  /** The buffers of one of the plans, in the order of its placement. */
  of(plan: Plan): GPUBuffer[] {
    return numbersIn(plan).map((number) => this.buffers[number]);
  }

  destroy(): void {
    for (const buffer of this.buffers) buffer.destroy();
  }
}
