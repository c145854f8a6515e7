/** The loop that all engines share: submit a step, await its loss, take the time. */
import type { PeerShape } from './cases';
import { gpuCounts, heapBytes } from './counts';

export interface Spec {
  shape: PeerShape;
  /** `dropout` drops elements of the attention weights. `hiddenkey`: the paper's winner, ours alone. */
  variant: 'plain' | 'dropout' | 'hiddenkey';
  /** Ours alone: where HiddenKey's rules begin, how often its term is due, how its branches run, whether all rows of the last layer are computed, and with which kernels. */
  fromLayer?: number;
  every?: number;
  passes?: 'doubled' | 'sequential';
  whole?: boolean;
  profile?: 'software' | 'gpu';
}

export interface Engine {
  /** Trains on batch `number` and answers with its loss. */
  step(number: number): Promise<number>;
  /** Kernels that one step dispatches, where they have names. */
  dispatches?(): string[];
}

export interface Subject {
  /** Gets a device, which is not timed. */
  open(spec: Spec): Promise<unknown>;
  /** Loads weights and builds what can be built before the first step. */
  make(spec: Spec, device: unknown): Promise<Engine>;
}

export interface Counted {
  dispatches: number;
  submits: number;
  peakBytes: number;
  heapPeak: number;
  names?: string[];
}

/** What the measuring process calls. */
export function served({ open, make }: Subject) {
  let engine: Engine;
  let next = 0;
  let heapPeak = 0;
  const step = async () => {
    const loss = await engine.step(next++);
    heapPeak = Math.max(heapPeak, heapBytes());
    return loss;
  };
  return {
    /** Milliseconds from weights in memory to the loss of the first step. */
    async create(spec: Spec) {
      const device = await open(spec);
      const begun = performance.now();
      engine = await make(spec, device);
      const loss = await step();
      return { ms: performance.now() - begun, loss };
    },
    /** Steps one after the other, each awaited: milliseconds and losses. */
    async run(count: number) {
      const ms: number[] = [];
      const losses: number[] = [];
      for (let i = 0; i < count; i++) {
        const begun = performance.now();
        losses.push(await step());
        ms.push(performance.now() - begun);
      }
      return { ms, losses };
    },
    /** What one step asks of WebGPU, and what lives after it. */
    async count(): Promise<Counted> {
      const before = gpuCounts();
      await step();
      const after = gpuCounts();
      return { dispatches: after.dispatches - before.dispatches, submits: after.submits - before.submits, peakBytes: after.peakBytes, heapPeak, names: engine.dispatches?.() };
    },
  };
}
