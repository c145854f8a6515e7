/** The scalars of finished steps on their way home: copied out of the ring a few times a second, never waited for by the loop. */
import type { Gpu } from '../gpu/device';
import { ReadbackRing } from '../gpu/readback';
import { RING_SLOTS, RING_WIDTH } from '../kernels/step_metrics';

export interface StepScalars {
  /** Step of the first entry. */
  from: number;
  crossEntropy: Float32Array;
  consistency: Float32Array;
  gradientNorm: Float32Array;
}

const SLOT_BYTES = RING_WIDTH * 4;

export class MetricsRing {
  private readonly staging: ReadbackRing;
  private readonly pending = new Set<Promise<void>>();
  private failure: { error: unknown } | undefined;
  private destroyed = false;

  /** @param next first step that was not copied out yet */
  constructor(private readonly gpu: Gpu, private readonly ring: GPUBuffer, private readonly deliver: (scalars: StepScalars) => void, private next = 0) {
    this.staging = new ReadbackRing(gpu.device, 'metrics', RING_SLOTS * SLOT_BYTES);
  }

  /** Slot of a step. */
  slot(step: number): number {
    return step % RING_SLOTS;
  }

  /** Whether the next step would write over one that was not copied out. */
  isFull(step: number): boolean {
    return step - this.next >= RING_SLOTS;
  }

  /** Whether all steps before `step` were copied out; nothing will be after `destroy`. */
  hasLeft(step: number): boolean {
    return this.destroyed || this.next >= step;
  }

  /** Copies steps up to `step` (exclusive) towards home; does nothing while all staging buffers are in flight, and after `destroy`. */
  flush(step: number): void {
    const count = step - this.next;
    const staging = count > 0 && !this.destroyed ? this.staging.take() : undefined;
    if (!staging) return;
    const from = this.next;
    this.next = step;
    const encoder = this.gpu.device.createCommandEncoder({ label: 'metrics' });
    const start = this.slot(from);
    const first = Math.min(count, RING_SLOTS - start);
    encoder.copyBufferToBuffer(this.ring, start * SLOT_BYTES, staging, 0, first * SLOT_BYTES);
    if (count > first) encoder.copyBufferToBuffer(this.ring, 0, staging, first * SLOT_BYTES, (count - first) * SLOT_BYTES);
    this.gpu.device.queue.submit([encoder.finish()]);
    const read = this.staging.read(staging).then((bytes) => {
      const values = new Float32Array(bytes);
      const column = (offset: number) => Float32Array.from({ length: count }, (_, index) => values[index * RING_WIDTH + offset]);
      this.deliver({ from, crossEntropy: column(0), consistency: column(1), gradientNorm: column(2) });
    });
    const settled = read.catch((error: unknown) => { this.failure ??= { error }; }).finally(() => this.pending.delete(settled));
    this.pending.add(settled);
  }

  /** Resolves when everything that is in flight is home. @throws what kept a copy from coming home: its staging buffer never comes back */
  async settle(): Promise<void> {
    await Promise.all(this.pending);
    if (this.failure && !this.destroyed) throw this.failure.error;
  }

  destroy(): void {
    this.destroyed = true;
    this.staging.destroy();
  }
}
