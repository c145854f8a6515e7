/**
 * The plans that the steps of a run take turns with: for each width of a batch one with the consistency term and, where that runs at every
 * n-th step only, one without.
 */
import { Execution } from '../graph/execution';
import type { Plan } from '../graph/compile';
import { bytesOf, Pool } from '../graph/pool';
import { parameterSpecs } from '../model/parameters';
import { planTraining, targetOf } from '../model/plans';
import { unchangingStages } from '../model/stages';
import type { Method } from '../model/method';
import { type ModelState, sliceArena } from '../model/state';
import type { TrainerOptions } from './trainerOptions';

/**
 * The training plans of `options`, without allocating anything: their bytes are what Start would take. The widest come first. Of each
 * width the first has the whole loss; a second, if any, is for the steps between those with a consistency term.
 */
export function plansOf(options: Omit<TrainerOptions, 'pipelines' | 'checkpoint'>): Plan[] {
  const { gpu, config, method, batch, widths = [batch.tokens], accumulation = 1, passes, keep, recompute, whole } = options;
  const arena = sliceArena(parameterSpecs(config, method));
  // A rule in a layer whose output was kept makes the kept states wrong for this plan; without such rules they are right again.
  const cached = options.cached && unchangingStages(config, method) >= options.cached.stages ? options.cached : undefined;
  const plan = (of: typeof method, tokens: number) => planTraining(config, of, { ...batch, tokens }, arena, targetOf(gpu, options.target), { passes, keep, recompute, whole, cached, accumulating: accumulation > 1 });
  const turns = turnsOf(method);
  return widths.toReversed().flatMap((tokens) => turns.map((of) => plan(of, tokens)));
}

/** The losses that steps of one width take turns with. */
function turnsOf(method: Method): Method[] {
  const { kind, every = 1 } = method.consistency;
  return kind === 'none' || every === 1 ? [method] : [method, { ...method, consistency: { ...method.consistency, kind: 'none' } }];
}

export const hasLarger = (plans: readonly Plan[], bytes: number): boolean => plans.some((plan) => plan.placement.buffers.some((buffer) => buffer.bytes > bytes));

export class StepExecutions {
  private constructor(private readonly byWidth: ReadonlyMap<number, Execution[]>, private readonly pool: Pool, private readonly every: number) {}

  /** Compiles and allocates the plans of `options`. @throws when something cannot be allocated or compiled */
  static async create(options: TrainerOptions, state: ModelState, progress?: (done: number, of: number) => void): Promise<StepExecutions> {
    const { gpu, pipelines, method, batch, widths = [batch.tokens] } = options;
    const plans = plansOf(options);
    const turns = plans.length / widths.length;
    const pool = await Pool.create(gpu.device, plans);
    const all: Execution[] = [];
    try {
      for (const plan of plans) all.push(await Execution.create(gpu, pipelines, plan, state, progress, pool));
      const byWidth = widths.toReversed().map((width, number) => [width, all.slice(number * turns, (number + 1) * turns)] as const);
      return new StepExecutions(new Map(byWidth), pool, method.consistency.every ?? 1);
    } catch (error) {
      for (const execution of all) execution.destroy();
      pool.destroy();
      throw error;
    }
  }

  /** The widest plan with the whole loss. */
  get main(): Execution {
    return this.all[0];
  }

  private get all(): Execution[] {
    return [...this.byWidth.values()].flat();
  }

  /**
   * What the step runs on batches of a width: the consistency term comes at steps 0, n, 2n …
   * @throws where there is no plan of that width
   */
  at(step: number, width: number): Execution {
    const turns = this.byWidth.get(width);
    if (!turns) throw new Error(`trainer: a batch of ${width} tokens a row, plans are for ${[...this.byWidth.keys()].join(', ')}; pad its rows to one of these`);
    return step % this.every === 0 ? turns[0] : turns[turns.length - 1];
  }

  get bytes(): number {
    return bytesOf(this.all.map(({ plan }) => plan));
  }

  destroy(): void {
    for (const execution of this.all) execution.destroy();
    this.pool.destroy();
  }
}
