/** The way of a step's scalars to the page: what was known when it was submitted joins what comes home later, and divergence is looked for. */
import type { Gpu } from '../gpu/device';
import { DivergenceDetector } from './divergence';
import { MetricsRing, type StepScalars } from './metricsRing';
import type { RunEvents } from './runEvents';

/** Shortest time between two deliveries. */
const FLUSH_MS = 100;

/** What the host knows of a step when it submits it. */
export interface StepNote {
  learningRate: number;
  seconds: number;
  /** Whether it comes between two steps with a consistency term. */
  between: boolean;
  /** Whether none of its rows had a label that counts. */
  empty: boolean;
}

export interface DeliveryEvents extends Pick<RunEvents, 'points'> {
  /** Said once, of the first step that diverged. */
  diverged(step: number, loss: number): void;
}

export class Delivery {
  private lastFlush = 0;
  private muted = false;
  private watching = true;
  /** By the number of the step. */
  private readonly notes: StepNote[] = [];
  private readonly ring: MetricsRing;
  private readonly detector = new DivergenceDetector();

  /** @param first the first step whose scalars will be in the ring */
  constructor(gpu: Gpu, buffer: GPUBuffer, first: number, private readonly events: DeliveryEvents) {
    this.ring = new MetricsRing(gpu, buffer, (scalars) => this.deliver(scalars), first);
  }

  note(step: number, note: StepNote): void {
    this.notes[step] = note;
  }

  /** Slot of the ring that a step writes its scalars into. */
  slot(step: number): number {
    return this.ring.slot(step);
  }

  /** Whether `step` would write over scalars that are not on their way home yet. */
  isFull(step: number): boolean {
    return this.ring.isFull(step);
  }

  /** Whether the scalars of all steps before `step` are home, or on their way. */
  isOnItsWay(step: number): boolean {
    return this.ring.hasLeft(step);
  }

  /** Sends the scalars of the steps before `step` home. */
  flush(step: number): void {
    this.ring.flush(step);
  }

  /** The same where the last time is long ago, or the ring full; says whether. */
  flushIfDue(step: number): boolean {
    if (performance.now() - this.lastFlush <= FLUSH_MS && !this.isFull(step)) return false;
    this.lastFlush = performance.now();
    this.flush(step);
    return true;
  }

  /** Resolves when what is on its way is home. @throws when it cannot come home */
  settle(): Promise<void> {
    return this.ring.settle();
  }

  /** From now on divergence is no news: the run has stopped. */
  stopWatching(): void {
    this.watching = false;
  }

  /** Nothing is delivered any more. */
  mute(): void {
    this.muted = true;
  }

  destroy(): void {
    this.ring.destroy();
  }

  private deliver({ from, crossEntropy, consistency, gradientNorm }: StepScalars): void {
    if (this.muted) return;
    const notes = this.notes.slice(from, from + crossEntropy.length);
    // Between its steps there is no consistency term: a hole in its line, not a zero.
    notes.forEach(({ between, empty }, index) => {
      if (between || empty) consistency[index] = NaN;
      // A mean over no rows is no number.
      if (empty) crossEntropy[index] = NaN;
    });
    this.events.points({
      from, crossEntropy, consistency, gradientNorm,
      learningRate: Float32Array.from(notes, ({ learningRate }) => learningRate), seconds: Float32Array.from(notes, ({ seconds }) => seconds),
    });
    if (!this.watching) return;
    const diverged = crossEntropy.findIndex((loss, index) => !notes[index].empty && this.detector.see(loss, gradientNorm[index]));
    if (diverged < 0) return;
    this.stopWatching();
    this.events.diverged(from + diverged, crossEntropy[diverged]);
  }
}
