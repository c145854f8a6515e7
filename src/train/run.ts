/** The loop of a run: submits steps, keeps a few in flight, says when to evaluate, and applies changes at step boundaries. */
import { type Change, type RunConfig } from '../config/config';
import { learningRateOf } from '../config/schedule';
import type { Batches } from '../data/buckets';
import { type ChangeOutcome, LiveChanges } from './liveChanges';
import { Clock } from './clock';
import { virtualRowsOf } from '../model/method';
import { batchOf, type Dataset } from './dataset';
import { Delivery } from './delivery';
import { Evaluations } from './evaluations';
import type { BestWeights } from './bestWeights';
import type { Evaluator } from './evaluator';
import { Pace } from './pace';
import { Pausing } from './pausing';
import type { RunEvents } from './runEvents';
import type { Trainer } from './trainer';

/** Submissions that may be unfinished at a time: one runs, one is ready, one is being recorded. */
const IN_FLIGHT = 3;
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
  private ended = false;
  private stopped = false;
  private finished = false;
  private readonly clock: Clock;
  private readonly pausing = new Pausing();
  private readonly pace = new Pace();
  private readonly delivery: Delivery;
  readonly evaluations: Evaluations;
  private readonly changes: LiveChanges;

  constructor(private readonly trainer: Trainer, evaluator: Evaluator, best: BestWeights, private readonly dataset: Dataset, private readonly batches: Batches, config: RunConfig, replay: Change[], private readonly events: RunEvents, start: RunStart) {
    this.step = start.step;
    this.clock = new Clock(start.seconds);
    this.delivery = new Delivery(trainer.options.gpu, trainer.state.ring, start.step, { points: (points) => events.points(points), diverged: (step, loss) => this.diverge(step, loss) });
    this.evaluations = new Evaluations(evaluator, dataset, best, config, {
      read: (step, outputs) => { if (!this.ended) events.read(step, outputs); },
      evaluated: (step, heldOut, train) => { if (!this.ended) events.evaluated(step, heldOut, train, this.clock.seconds); },
      failed: (error) => this.fail(error),
    });
    this.changes = new LiveChanges(trainer, config, replay, start.budget);
  }

  /** Seconds the run was going, those before it was saved included. */
  get seconds(): number {
    return this.clock.seconds;
  }

  get config(): RunConfig {
    return this.changes.config;
  }

  /** Whether its weights stand still: it is paused or over. */
  get isStill(): boolean {
    return this.finished || this.stopped || this.pausing.isPaused;
  }

  /** Trains until the last step, pausing after `allowance` of them. Resolves when everything is home. */
  async start(allowance = Infinity): Promise<void> {
    this.pausing.allow(allowance);
    try {
      await this.loop();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Reports the first failure and stops: what comes after it would only follow from it. */
  private fail(error: unknown): void {
    if (this.ended || this.stopped) return;
    this.halt();
    this.events.failed(error);
  }

  private diverge(step: number, loss: number): void {
    this.halt();
    this.events.diverged(step, loss, this.config.optimizer.learningRate);
  }

  private halt(): void {
    this.stopped = true;
    this.clock.stop();
    this.delivery.stopWatching();
    this.pausing.release();
    this.pace.release();
  }

  pause(): void {
    this.pausing.pause();
    this.pace.release();
  }

  /** Takes at most so many steps a second from now on; left out: as many as it can. */
  setPace(stepsPerSecond: number | undefined): void {
    this.pace.set(stepsPerSecond);
  }

  /** Goes on for `steps` more steps, or to the end. */
  resume(steps = Infinity): void {
    if (this.finished || this.stopped) return;
    this.pace.restart();
    this.pausing.allow(steps);
  }

  /** Changes a field of the running configuration, now or as soon as its plan is ready. */
  async change(field: string, to: unknown): Promise<void> {
    const refuse = (sentence: string) => this.events.refused(field, to, sentence);
    if (this.finished || this.stopped || this.ended) return refuse('The run has ended; press Start to run with this change.');
    const outcome = await this.changes.request(field, to);
    if (outcome) refuse(outcome);
    // A paused run applies changes at once: its next step boundary is now.
    else if (this.pausing.isPaused) this.announce(this.changes.apply(this.step));
  }

  /** Resolves when the points of all steps submitted so far are delivered; steps go on meanwhile. @throws when they cannot come home */
  async bringHome(): Promise<void> {
    const { step } = this;
    this.delivery.flush(step);
    while (!this.delivery.isOnItsWay(step)) {
      await this.delivery.settle();
      this.delivery.flush(this.step);
    }
    await this.delivery.settle();
  }

  /** Stops for good; nothing is delivered afterwards. */
  async end(): Promise<void> {
    this.ended = true;
    this.evaluations.close();
    this.delivery.mute();
    this.pausing.pause();
    this.pausing.release();
    this.pace.release();
    // Whatever went wrong, the buffers are freed.
    await this.delivery.settle().catch(() => undefined);
    await this.evaluations.settle();
    this.delivery.destroy();
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
    // A run that goes on was evaluated and judged up to where it was saved, unless its file is too old to say so.
    const evaluateFirst = async () => { if (first === 0 || !this.evaluations.best) await this.evaluate(first); };
    if (!quietFirst) await evaluateFirst();
    while (!this.ended && !this.stopped && this.step < total && !this.evaluations.isSpent) {
      if (this.pausing.isPaused) {
        await this.rest();
        continue;
      }
      if (this.pace.early(this.step) > 0) {
        await this.hold(inFlight.splice(0));
        continue;
      }
      this.announce(await this.changes.applyDue(this.step));
      await this.events.free();
      // A replayed change may have waited for its plan, and somebody may have paused or ended the run meanwhile.
      if (this.ended || this.stopped || this.pausing.isPaused) continue;
      this.submit();
      if (quietFirst && this.step === first + 1) {
        this.delivery.flush(this.step);
        await evaluateFirst();
      }
      if (this.step % this.config.evaluation.every === 0 || this.step === total) await this.evaluate(this.step);
      // Where its end depends on scores, they are waited for, so that it ends at the same step however fast this machine is.
      if (this.config.evaluation.patience > 0) await this.evaluations.settle();
      if (this.delivery.flushIfDue(this.step)) this.events.idle(this.step);
      const done = queue.onSubmittedWorkDone();
      // Only the oldest is waited for. A lost device refuses them all, and the others would have nobody to tell.
      done.catch(() => undefined);
      inFlight.push(done);
      if (inFlight.length >= IN_FLIGHT) await inFlight.shift();
      while (!this.ended && this.delivery.isFull(this.step)) {
        await this.delivery.settle();
        this.delivery.flush(this.step);
      }
    }
    if (this.ended) return;
    await this.settle();
    if (this.ended || this.stopped) return;
    this.clock.stop();
    this.finished = true;
    this.events.idle(this.step);
    this.events.finished(this.step, this.clock.seconds, this.step < total);
  }

  private async evaluate(step: number, judged = true): Promise<void> {
    await this.evaluations.start(step, judged);
    if (!this.ended) this.events.evaluating(step);
  }

  /** Learning rate of a step. */
  private rateOf(step: number): number {
    return learningRateOf(this.config, step);
  }

  private submit(): void {
    const { config, dataset, step } = this;
    const virtualRows = virtualRowsOf(this.trainer.options.method).rows;
    const { accumulation, weightDecay, clip, smoothing, l1, neftune } = config.optimizer;
    const batches = Array.from({ length: accumulation }, (_, microBatch) => {
      const { rows, width } = this.batches.at(step * accumulation + microBatch);
      return batchOf(dataset, dataset.training, rows, virtualRows, width);
    });
    const learningRate = this.rateOf(step);
    const { kind, every = 1, alpha } = config.consistency;
    const { seconds } = this.clock;
    const countedRows = this.trainer.step(batches, {
      seed: config.seed, ringSlot: this.delivery.slot(step), step, steps: config.optimizer.steps, learningRate, weightDecay, clip, smoothing, l1, neftune,
      alpha, rules: config.dropout,
    });
    this.delivery.note(step, { learningRate, seconds, between: kind !== 'none' && step % every !== 0, empty: countedRows === 0 });
    this.step++;
    this.pausing.spend();
  }

  private announce(outcomes: ChangeOutcome[]): void {
    for (const outcome of outcomes) {
      if ('change' in outcome) this.events.changed(outcome.change);
      else this.events.refused(outcome.field, outcome.to, outcome.sentence);
    }
  }

  /** Waits until the next step has its turn. What is on the device comes home before, so that the clock stands only while nothing is computed. */
  private async hold(inFlight: readonly Promise<unknown>[]): Promise<void> {
    this.delivery.flush(this.step);
    this.events.idle(this.step);
    await Promise.all(inFlight);
    await this.evaluations.settle();
    const early = this.pace.early(this.step);
    if (early <= 0 || this.ended || this.stopped || this.pausing.isPaused) return;
    this.clock.stop();
    await this.pace.wait(early);
    if (!this.ended && !this.stopped) this.clock.start();
  }

  /** Waits, paused, until somebody resumes. */
  private async rest(): Promise<void> {
    await this.settle();
    this.clock.stop();
    if (this.ended || this.stopped) return;
    if (this.pausing.isPaused) {
      this.events.paused(this.step);
      this.events.idle(this.step);
      await this.pausing.wait();
    }
    if (this.ended || this.stopped) return;
    this.clock.start();
    this.events.resumed(this.step);
  }

  private async settle(): Promise<void> {
    await this.delivery.settle();
    this.delivery.flush(this.step);
    await this.delivery.settle();
    await this.evaluations.settle();
  }
}
