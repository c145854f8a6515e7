/**
 * Changes while a run is going on. Rates and weights of terms are uniforms and take effect at the next step. A change of position, pattern
 * or consistency needs another plan: it is recorded in the background over the same weights, gradients and moments, and swapped in at a
 * step boundary while the old plan goes on training.
 */
import { changeKind, fieldOf, withField } from '../config/change';
import type { Change, RunConfig } from '../config/config';
import { modelName } from '../config/models';
import { configProblems } from '../config/problems';
import { traitsOf } from '../model/traits';
import { bytes } from '../protocol/format';
import { largestBuffer } from '../gpu/device';
import type { Plan } from '../graph/compile';
import { bytesOf } from '../graph/pool';
import { methodOf } from './method';
import { hasLarger, plansOf, type StepExecutions } from './stepExecutions';
import type { Trainer } from './trainer';

export type ChangeOutcome = { change: Change } | { field: string; to: unknown; sentence: string };

/** A change that is ready to be applied at the next step boundary. */
interface Ready {
  field: string;
  to: unknown;
  executions?: StepExecutions;
}

export class LiveChanges {
  private readonly ready: Ready[] = [];
  /** Plans are prepared one after the other, each on top of the configuration the last one leaves. */
  private preparing: Promise<unknown> = Promise.resolve();
  private planned: RunConfig;
  /** Fields whose plans are not ready yet. */
  private readonly pending: string[] = [];
  private readonly replay: Change[];
  private destroyed = false;

  /** @param budget bytes that all plans may take together */
  constructor(private readonly trainer: Trainer, private current: RunConfig, replay: Change[], private readonly budget: number) {
    this.planned = current;
    this.replay = [...replay].sort((one, other) => one.step - other.step);
  }

  /** The configuration in force. */
  get config(): RunConfig {
    return this.current;
  }

  /** Takes a change in. Resolves to a sentence when it is refused, to undefined when it is ready for the next step boundary. */
  async request(field: string, to: unknown): Promise<string | undefined> {
    const kind = changeKind(field);
    if (kind === 'restart') return `${field} cannot change while a run goes on; press Restart with changes.`;
    // The rate of a place that a pending plan brings or rewrites has to wait for it: earlier there is no such place, or the plan would undo it.
    const waits = kind === 'plan' || this.pending.some((plan) => field.startsWith(`${plan}.`));
    if (!waits) return this.take(field, to);
    if (kind === 'plan') this.pending.push(field);
    const turn = this.preparing.then(() => (kind === 'plan' ? this.prepare(field, to) : this.take(field, to)));
    this.preparing = turn.catch(() => undefined).then(() => {
      if (kind === 'plan') this.pending.shift();
    });
    return turn;
  }

  /** Applies what is ready at this boundary, and replayed changes whose step has come, waiting for their plans. */
  async applyDue(step: number): Promise<ChangeOutcome[]> {
    const outcomes: ChangeOutcome[] = [];
    while (this.replay.length > 0 && this.replay[0].step <= step) {
      const { field, to } = this.replay.shift()!;
      const sentence = await this.request(field, to);
      if (sentence) outcomes.push({ field, to, sentence });
    }
    return [...outcomes, ...this.apply(step)];
  }

  /** Applies what is ready. */
  apply(step: number): ChangeOutcome[] {
    return this.ready.splice(0).map(({ field, to, executions }) => {
      const from = fieldOf(this.current, field);
      this.current = withField(this.current, field, to);
      if (executions) this.trainer.swap(executions, methodOf(this.current));
      return { change: { step, field, from: from ?? null, to: to ?? null } };
    });
  }

  destroy(): void {
    this.destroyed = true;
    for (const { executions } of this.ready) executions?.destroy();
    this.ready.length = 0;
  }

  /** Takes a uniform in; no plan depends on its value. */
  private take(field: string, to: unknown): string | undefined {
    const next = this.attempt(this.planned, field, to);
    if (typeof next === 'string') return next;
    this.planned = next;
    this.ready.push({ field, to });
    return undefined;
  }

  private async prepare(field: string, to: unknown): Promise<string | undefined> {
    const next = this.attempt(this.planned, field, to);
    if (typeof next === 'string') return next;
    const method = methodOf(next);
    let executions: StepExecutions;
    try {
      const tooMuch = this.tooMuch(plansOf({ ...this.trainer.options, method }));
      if (tooMuch) return tooMuch;
      executions = await this.trainer.prepare(method);
    } catch (error) {
      // The plan in force is as good as before, so the run goes on with it.
      return `This change cannot be made while the run goes on: ${(error as Error).message}`;
    }
    if (this.destroyed) {
      executions.destroy();
      return 'The run has ended; press Start to run with this change.';
    }
    this.planned = withField(this.planned, field, to);
    this.ready.push({ field, to, executions });
    return undefined;
  }

  /** A sentence when `plans` do not fit beside the present ones and those that wait for their step. */
  private tooMuch(plans: readonly Plan[]): string | undefined {
    const most = largestBuffer(this.trainer.options.gpu);
    if (hasLarger(plans, most)) return `This change needs a buffer of more than ${bytes(most)}, the most that this adapter has; lower the batch size and restart.`;
    const waiting = this.ready.reduce((sum, { executions }) => sum + (executions?.bytes ?? 0), 0);
    const needed = bytesOf(plans) + this.trainer.planBytes + waiting;
    if (needed <= this.budget) return undefined;
    return `This change needs ${bytes(needed)} while both plans exist, ${bytes(this.budget)} are free; lower the batch size and restart.`;
  }

  private attempt(config: RunConfig, field: string, to: unknown): RunConfig | string {
    try {
      const next = withField(config, field, to);
      return configProblems(next, traitsOf(this.trainer.options.config, modelName(next.model.source)))[0] ?? next;
    } catch (error) {
      return (error as Error).message;
    }
  }
}
