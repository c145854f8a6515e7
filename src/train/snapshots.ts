/**
 * Snapshots of a run while it goes on: what it takes to go on from a step, should the device or the worker be lost later. Tensors are copied
 * out at a step boundary and read beside the steps, which do not wait; the file is handed on when the points and the judgement of that step
 * are home, so that whoever has a snapshot has everything that came before it.
 */
import type { BestWeights } from './bestWeights';
import { beginRead, type Kernels, type Reading } from './checkpoint';
import type { ModelState } from '../model/state';

/** Shortest time between two snapshots of a run that is going, in milliseconds. */
const APART_MS = 1000;
/** Longest time without one, where evaluations are rare. */
const RARE_MS = 10_000;
/** A snapshot may take this part of the time at most. */
const SHARE = 1 / 20;
/** Larger files would fill the page's memory: a run of this many bytes begins again from its first step. */
const MOST_BYTES = 2 ** 29;
/** Tensors as large as all that is trained in a file: values, two moments, the best values. */
const COPIES = 4;

export interface SnapshotSource {
  state: ModelState;
  best: BestWeights;
  kernels: Kernels;
  /** Optimizer steps that were submitted, and the seconds so far. */
  now(): { step: number; seconds: number };
  /** Resolves when the points of all steps so far were delivered. */
  home(): Promise<void>;
  /** Whether an evaluation is being judged: what it is worth is in no file yet. */
  isJudging(): boolean;
}

export class Snapshots {
  /** The newest step that a snapshot was begun of. */
  private last: number;
  private at = performance.now();
  private cost = 0;
  private reading: { step: number; seconds: number; begun: number; tensors: Promise<Reading>; home: Promise<void> } | undefined;
  private writing = false;
  /** Somebody rested while one was being written. */
  private wanted = false;
  private ended = false;

  /** @param taken handed the file of a run at `step` */
  constructor(private readonly source: SnapshotSource, private readonly taken: (step: number, file: Uint8Array<ArrayBuffer>) => void) {
    this.last = source.now().step;
  }

  /** An evaluation of this moment was submitted, and no later step is yet. */
  evaluating(step: number): void {
    // After a warm-up step the evaluation of step 0 comes late: it is none of this moment.
    if (step === this.source.now().step && this.isDue(APART_MS)) this.begin();
  }

  /** It is home and judged. */
  evaluated(step: number): void {
    if (this.reading?.step === step) this.finish();
  }

  /** A moment between two steps; a snapshot is taken where evaluations are far apart. */
  between(): void {
    if (!this.source.isJudging() && this.isDue(RARE_MS)) this.take();
  }

  /** The run rests or has ended: everything is home, and nothing is held up. */
  resting(): void {
    this.wanted = this.writing;
    if (!this.reading && !this.writing && !this.source.isJudging() && this.source.now().step > this.last && this.fits) this.take();
  }

  end(): void {
    this.ended = true;
  }

  private take(): void {
    this.begin();
    this.finish();
  }

  private get fits(): boolean {
    return this.source.state.arenaElements * 4 * COPIES <= MOST_BYTES;
  }

  private isDue(apart: number): boolean {
    return !this.reading && !this.writing && this.fits && this.source.now().step > this.last && performance.now() - this.at >= Math.max(apart, this.cost / SHARE);
  }

  private begin(): void {
    const { state, now, home } = this.source;
    const begun = performance.now();
    const tensors = beginRead(state);
    // Whoever waits for it comes later; a lost device must not be an error of nobody's meanwhile.
    tensors.catch(() => undefined);
    const points = home();
    points.catch(() => undefined);
    this.reading = { ...now(), begun, tensors, home: points };
    this.last = this.reading.step;
  }

  private finish(): void {
    const { step, seconds, begun, tensors, home } = this.reading!;
    this.reading = undefined;
    this.writing = true;
    const { best, kernels } = this.source;
    // The best weights are read now: the next judgement may put others in their place.
    const judged = best.read();
    const found = best.best;
    const write = async () => {
      const [read, kept] = await Promise.all([tensors, judged, home]);
      if (!this.ended) this.taken(step, read.file({ step, seconds, record: '', kernels, ...(found && kept && { best: { found, kept } }) }));
    };
    // What cannot be read is told by whoever else needs the device.
    void write().catch(() => undefined).finally(() => {
      this.writing = false;
      this.at = performance.now();
      this.cost = this.at - begun;
      if (this.wanted && !this.ended) this.resting();
    });
  }
}
