/**
 * The trained tensors as they were at the best evaluation of a run. An evaluation is judged after later steps were submitted, so its
 * weights are copied when it is submitted, into a second buffer that takes the place of the first where the judgement is good.
 */
import { type Best, withEvaluation } from '../config/best';
import type { Gpu } from '../gpu/device';
import { readRanges } from '../gpu/readback';
import type { ModelState } from '../model/state';

/** Copies of the trained tensors beside the arenas: the best, and the one that is being judged. */
export const BEST_COPIES = 2;

export class BestWeights {
  private kept: GPUBuffer;
  private candidate: GPUBuffer;
  private found: Best | undefined;

  constructor(private readonly gpu: Gpu, private readonly state: ModelState) {
    const make = (label: string) => gpu.device.createBuffer({ label, size: state.arenaElements * 4, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    this.kept = make('best values');
    this.candidate = make('values being judged');
  }

  /** The best evaluation so far. */
  get best(): Best | undefined {
    return this.found;
  }

  /** Notes the weights of this point of the queue. Whoever asks for more notes before it has judged the last loses that one. */
  note(): void {
    this.copy([this.state.values, this.candidate]);
  }

  /** Says what the noted weights are worth, more being better. */
  judge(step: number, merit: number): void {
    this.found = withEvaluation(this.found, step, merit);
    if (this.found?.step === step && this.found.since === 0) [this.kept, this.candidate] = [this.candidate, this.kept];
  }

  /** Goes on from a saved run's best. @param values by name, each as long as its tensor */
  restore(best: Best, values: ReadonlyMap<string, Float32Array>): void {
    this.found = best;
    for (const { spec, offset } of this.state.slices.values()) this.gpu.device.queue.writeBuffer(this.kept, offset, values.get(spec.name) as Float32Array<ArrayBuffer>);
  }

  /**
   * Whatever `work` submits before it first waits sees the best weights in place of the present ones. No judgement may be pending.
   * @returns what `work` gives
   */
  during<T>(work: () => Promise<T>): Promise<T> {
    if (!this.found) return work();
    this.copy([this.state.values, this.candidate], [this.kept, this.state.values]);
    try {
      return work();
    } finally {
      this.copy([this.candidate, this.state.values]);
    }
  }

  /** The best weights on the device, undefined before the first evaluation; which buffer that is changes with the next judgement. */
  get values(): GPUBuffer | undefined {
    return this.found && this.kept;
  }

  /** The best weights by name, undefined before the first evaluation. What is submitted before it first waits is what is read. */
  async read(): Promise<Map<string, Float32Array> | undefined> {
    if (!this.found) return undefined;
    const slices = [...this.state.slices.values()];
    const values = await readRanges(this.gpu.device, slices.map(({ offset, bytes }) => ({ buffer: this.kept, offset, bytes })));
    return new Map(slices.map(({ spec }, index) => [spec.name, values[index]]));
  }

  destroy(): void {
    this.kept.destroy();
    this.candidate.destroy();
  }

  private copy(...pairs: [from: GPUBuffer, to: GPUBuffer][]): void {
    const encoder = this.gpu.device.createCommandEncoder({ label: 'best weights' });
    for (const [from, to] of pairs) encoder.copyBufferToBuffer(from, 0, to, 0, this.state.arenaElements * 4);
    this.gpu.device.queue.submit([encoder.finish()]);
  }
}
