/** The trained tensors as they were at one moment, for plans that go on reading them while training changes the run's own. Frozen weights are shared. */
import type { SharedBuffers } from '../graph/execution';
import type { Tensor } from '../graph/tensor';
import type { Gpu } from '../gpu/device';
import type { ModelState } from '../model/state';

export class ValuesCopy implements SharedBuffers {
  readonly step: GPUBuffer;
  private readonly buffer: GPUBuffer;

  constructor(private readonly gpu: Gpu, private readonly state: ModelState) {
    this.step = state.step;
    this.buffer = gpu.device.createBuffer({ label: 'copied values', size: ValuesCopy.bytesOf(state), usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  }

  static bytesOf(state: ModelState): number {
    return state.arenaElements * 4;
  }

  /** Takes values as they are in `from`, an arena like the state's own, at this point of the queue. */
  take(from: GPUBuffer): void {
    const { device } = this.gpu;
    const encoder = device.createCommandEncoder({ label: 'copied values' });
    encoder.copyBufferToBuffer(from, 0, this.buffer, 0, ValuesCopy.bytesOf(this.state));
    device.queue.submit([encoder.finish()]);
  }

  /** Sets values by name, as `ModelState.reset` does. */
  async set(values: ReadonlyMap<string, Float32Array>): Promise<void> {
    await this.state.fill(this.buffer, values);
  }

  bindingOf(tensor: Tensor): GPUBufferBinding {
    const bound = this.state.bindingOf(tensor);
    return bound.buffer === this.state.values ? { ...bound, buffer: this.buffer } : bound;
  }

  destroy(): void {
    this.buffer.destroy();
  }
}
