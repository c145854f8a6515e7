/** Times work on a device: never a single dispatch, always a batch that is long against the clock and the round trip. */

/** Something that can be dispatched many times in one pass. */
export interface Subject {
  label: string;
  dispatch(pass: GPUComputePassEncoder): void;
}

/** Milliseconds of one dispatch. */
export interface Times {
  best: number;
  median: number;
}

const BATCH_MS = 12; // a hundred times the coarsest timestamp (0.1 ms)
const MOST_REPEATS = 4096;

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const timesOf = (values: number[]): Times => ({ best: Math.min(...values), median: median(values) });

export class Timer {
  private readonly repeats = new Map<Subject, number>();
  private readonly clock: { queries: GPUQuerySet; resolved: GPUBuffer; staging: GPUBuffer } | undefined;

  constructor(readonly device: GPUDevice) {
    if (!device.features.has('timestamp-query')) return;
    this.clock = {
      queries: device.createQuerySet({ type: 'timestamp', count: 2 }),
      resolved: device.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC }),
      staging: device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }),
    };
  }

  /** Milliseconds of one dispatch of `subject`, from as many in one pass as fill a batch. */
  async time(subject: Subject): Promise<number> {
    let count = this.repeats.get(subject);
    if (count === undefined) {
      await this.batch(subject, 1); // the first dispatch may compile
      count = 1;
      for (let took = await this.batch(subject, 1); took < BATCH_MS && count < MOST_REPEATS; took = await this.batch(subject, count)) {
        count = Math.min(MOST_REPEATS, Math.max(count * 2, Math.ceil((count * BATCH_MS) / Math.max(took, 0.05))));
      }
      this.repeats.set(subject, count);
    }
    return (await this.batch(subject, count)) / count;
  }

  private async batch(subject: Subject, count: number): Promise<number> {
    const { device, clock } = this;
    const encoder = device.createCommandEncoder({ label: subject.label });
    const pass = encoder.beginComputePass({ timestampWrites: clock && { querySet: clock.queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } });
    for (let i = 0; i < count; i++) subject.dispatch(pass);
    pass.end();
    if (clock) {
      encoder.resolveQuerySet(clock.queries, 0, 2, clock.resolved, 0);
      encoder.copyBufferToBuffer(clock.resolved, 0, clock.staging, 0, 16);
    }
    const commands = encoder.finish();
    const begun = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    const wall = performance.now() - begun;
    if (!clock) return wall;
    await clock.staging.mapAsync(GPUMapMode.READ);
    const [from, to] = new BigUint64Array(clock.staging.getMappedRange().slice(0));
    clock.staging.unmap();
    const onDevice = Number(to - from) / 1e6;
    // A clock that stands still or runs wild is not believed.
    return onDevice > 0 && onDevice <= wall * 1.1 ? onDevice : wall;
  }

  destroy(): void {
    this.clock?.queries.destroy();
    this.clock?.resolved.destroy();
    this.clock?.staging.destroy();
  }
}
