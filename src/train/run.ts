/** One run: submits steps, keeps a few in flight, evaluates, applies changes at step boundaries, and can be paused. */
import { type Change, type RunConfig } from '../config/config';
import { batchRows } from '../data/batches';
import type { Scores } from '../protocol/runMessages';
import { type ChangeOutcome, LiveChanges } from './liveChanges';
import { Clock } from './clock';
import { virtualRowsOf } from '../model/method';
import { batchOf, type Dataset } from './dataset';
import { DivergenceDetector } from './divergence';
import type { Evaluator } from './evaluator';
import { MetricsRing, type StepScalars } from './metricsRing';
import { linearSchedule } from './schedule';
import type { Trainer } from './trainer';

/** Submissions that may be unfinished at a time: one runs, one is ready, one is being recorded. */
const IN_FLIGHT = 3;
/** Shortest time between two deliveries of scalars. */
const FLUSH_MS = 100;

export interface RunEvents {
  points(scalars: StepScalars & { learningRate: Float32Array; seconds: Float32Array }): void;
  evaluated(step: number, heldOut: Scores, train: Scores, seconds: number): void;
  changed(change: Change): void;
  refused(field: string, to: unknown, sentence: string): void;
  paused(step: number): void;
  resumed(step: number): void;
  finished(step: number, seconds: number): void;
  diverged(step: number, loss: number, learningRate: number): void;
  failed(error: unknown): void;
  /** Called now and then between steps, for whoever looks at the weights meanwhile. */
  idle(step: number): void;
}

/** Where a run begins: at 0, or where a saved one left off. */
export interface RunStart {
  step: number;
  seconds: number;
  /** Bytes that all training plans may take together. */
  budget: number;
}

export class Run {
  /** Optimizer steps submitted so far. */
  step: number;
  private allowance = Infinity;
  private ended = false;
  private stopped = false;
  private finished = false;
  private wake: (() => void) | undefined;
  private lastFlush = 0;
  private readonly clock: Clock;
  /** Rate and time of every step, by its number. */
  private readonly rates: number[] = [];
  private readonly times: number[] = [];
  /** Whether a step came between two with a consistency term, by its number. */
  private readonly between: boolean[] = [];
  private readonly ring: MetricsRing;
  private readonly detector = new DivergenceDetector();
  private readonly evaluations = new Set<Promise<void>>();
  private readonly changes: LiveChanges;

  constructor(private readonly trainer: Trainer, private readonly evaluator: Evaluator, private readonly dataset: Dataset, config: RunConfig, replay: Change[], private readonly events: RunEvents, start: RunStart) {
    this.step = start.step;
    this.clock = new Clock(start.seconds);
    this.ring = new MetricsRing(trainer.options.gpu, trainer.state.ring, (scalars) => this.deliver(scalars), start.step);
    this.changes = new LiveChanges(trainer, config, replay, start.budget);
  }

  /** Seconds the run was going, those before it was saved included. */
  get seconds(): number {
    return this.clock.seconds;
  }

  get config(): RunConfig {
    return this.changes.config;
  }

  /** Trains until the last step, pausing after `allowance` of them. Resolves when everything is home. */
  async start(allowance = Infinity): Promise<void> {
    this.allowance = allowance;
    try {
      await this.loop();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Reports the first failure and stops: what comes after it would only follow from it. */
  private fail(error: unknown): void {
    if (this.ended || this.stopped) return;
    this.stopped = true;
    this.clock.stop();
    this.wake?.();
    this.events.failed(error);
  }

  pause(): void {
    this.allowance = 0;
  }

  /** Goes on for `steps` more steps, or to the end. */
  resume(steps = Infinity): void {
    if (this.finished || this.stopped) return;
    this.allowance = steps;
    this.wake?.();
  }

  /** Changes a field of the running configuration, now or as soon as its plan is ready. */
  async change(field: string, to: unknown): Promise<void> {
    const refuse = (sentence: string) => this.events.refused(field, to, sentence);
    if (this.finished || this.stopped || this.ended) return refuse('The run has ended; press Start to run with this change.');
    const outcome = await this.changes.request(field, to);
    if (outcome) refuse(outcome);
    // A paused run applies changes at once: its next step boundary is now.
    else if (this.allowance === 0) this.announce(this.changes.apply(this.step));
  }

  /** Stops for good; nothing is delivered afterwards. */
  async end(): Promise<void> {
    this.ended = true;
    this.allowance = 0;
    this.wake?.();
    // Whatever went wrong, the buffers are freed.
    await this.ring.settle().catch(() => undefined);
    await Promise.all(this.evaluations);
    this.ring.destroy();
    this.changes.destroy();
  }

  private async loop(): Promise<void> {
    const total = this.config.optimizer.steps;
    const inFlight: Promise<unknown>[] = [];
    const { queue } = this.trainer.options.gpu.device;
    this.clock.start();
    // With warm-up the first step has rate 0 and changes nothing, so its loss may be shown before the slower evaluation of step 0.
    const first = this.step;
    const quietFirst = this.rateOf(first) === 0;
    if (!quietFirst) this.evaluate(first);
    while (!this.ended && !this.stopped && this.step < total) {
      if (this.allowance <= 0) {
        await this.rest();
        continue;
      }
      this.announce(await this.changes.applyDue(this.step));
      // A replayed change may have waited for its plan, and somebody may have paused or ended the run meanwhile.
      if (this.ended || this.stopped || this.allowance <= 0) continue;
      this.submit();
      if (quietFirst && this.step === first + 1) {
        this.ring.flush(this.step);
        this.evaluate(first);
      }
      if (this.step % this.config.evaluation.every === 0 || this.step === total) this.evaluate(this.step);
      if (performance.now() - this.lastFlush > FLUSH_MS || this.ring.isFull(this.step)) {
        this.lastFlush = performance.now();
        this.ring.flush(this.step);
        this.events.idle(this.step);
      }
      const done = queue.onSubmittedWorkDone();
      // Only the oldest is waited for. A lost device refuses them all, and the others would have nobody to tell.
      done.catch(() => undefined);
      inFlight.push(done);
      if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
      while (!this.ended && this.ring.isFull(this.step)) {
        await this.ring.settle();
        this.ring.flush(this.step);
      }
    }
    if (this.ended) return;
    await this.settle();
    if (this.ended || this.stopped) return;
    this.clock.stop();
    this.finished = true;
    this.events.idle(this.step);
    this.events.finished(this.step, this.clock.seconds);
  }

  /** Learning rate of a step. */
  private rateOf(step: number): number {
    const { learningRate, warmup, steps } = this.config.optimizer;
    return learningRate * linearSchedule(step, warmup, steps);
  }

  private submit(): void {
    const { config, dataset, step } = this;
    const virtualRows = virtualRowsOf(this.trainer.options.method).rows;
    const { batchSize, accumulation, weightDecay, clip, smoothing, l1, neftune } = config.optimizer;
    const batches = Array.from({ length: accumulation }, (_, microBatch) => {
      const rows = batchRows(config.seed, step * accumulation + microBatch, batchSize, dataset.training.ids.length);
      return batchOf(dataset, dataset.training, rows, virtualRows);
    });
    const learningRate = this.rateOf(step);
    this.rates[step] = learningRate;
    this.times[step] = this.clock.seconds;
    const { kind, every = 1, alpha } = config.consistency;
    this.between[step] = kind !== 'none' && step % every !== 0;
    this.trainer.step(batches, {
      seed: config.seed, ringSlot: this.ring.slot(step), step, steps: config.optimizer.steps, learningRate, weightDecay, clip, smoothing, l1, neftune,
      alpha, rules: config.dropout,
    });
    this.step++;
    this.allowance--;
  }

  private evaluate(step: number): void {
    const evaluation = this.evaluator.evaluate(this.dataset, [this.dataset.validation, this.dataset.sample]).then(([heldOut, train]) => {
      if (!this.ended) this.events.evaluated(step, heldOut, train, this.clock.seconds);
    });
    const settled = evaluation.catch((error) => this.fail(error)).finally(() => this.evaluations.delete(settled));
    this.evaluations.add(settled);
  }

  private deliver({ from, crossEntropy, consistency, gradientNorm }: StepScalars): void {
    if (this.ended) return;
    const to = from + crossEntropy.length;
    // Between its steps there is no consistency term: a hole in its line, not a zero.
    consistency.forEach((_, index) => { if (this.between[from + index]) consistency[index] = NaN; });
    this.events.points({ from, crossEntropy, consistency, gradientNorm, learningRate: Float32Array.from(this.rates.slice(from, to)), seconds: Float32Array.from(this.times.slice(from, to)) });
    if (this.stopped) return;
    for (let index = 0; index < crossEntropy.length; index++) {
      if (!this.detector.see(crossEntropy[index], gradientNorm[index])) continue;
      this.stopped = true;
      this.clock.stop();
      this.wake?.();
      this.events.diverged(from + index, crossEntropy[index], this.config.optimizer.learningRate);
      return;
    }
  }

  private announce(outcomes: ChangeOutcome[]): void {
    for (const outcome of outcomes) {
      if ('change' in outcome) this.events.changed(outcome.change);
      else this.events.refused(outcome.field, outcome.to, outcome.sentence);
    }
  }

  /** Waits, paused, until somebody resumes. */
  private async rest(): Promise<void> {
    await this.settle();
    this.clock.stop();
    if (this.ended || this.stopped) return;
    if (this.allowance <= 0) {
      this.events.paused(this.step);
      this.events.idle(this.step);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.wake = undefined;
    }
    if (this.ended || this.stopped) return;
    this.clock.start();
    this.events.resumed(this.step);
  }

  private async settle(): Promise<void> {
    await this.ring.settle();
    this.ring.flush(this.step);
    await this.ring.settle();
    await Promise.all(this.evaluations);
  }
}
