/** The plans that the steps of a run take turns with: one with the consistency term and, where that runs at every n-th step only, one without. */
import { Execution } from '../graph/execution';
import type { Plan } from '../graph/compile';
import { parameterSpecs } from '../model/parameters';
import { planTraining, targetOf } from '../model/plans';
import { unchangingStages } from '../model/stages';
import { type ModelState, sliceArena } from '../model/state';
import type { TrainerOptions } from './trainerOptions';

/**
 * The training plans of `options`, without allocating anything: their bytes are what Start would take. The first has the whole loss; a
 * second, if any, is for the steps between those with a consistency term.
 */
export function plansOf(options: Omit<TrainerOptions, 'pipelines' | 'checkpoint'>): Plan[] {
  const { gpu, config, method, batch, accumulation = 1, passes, keep, recompute, whole } = options;
  const arena = sliceArena(parameterSpecs(config, method));
  // A rule in a layer whose output was kept makes the kept states wrong for this plan; without such rules they are right again.
  const cached = options.cached && unchangingStages(config, method) >= options.cached.stages ? options.cached : undefined;
  const plan = (of: typeof method) => planTraining(config, of, batch, arena, targetOf(gpu, options.target), { passes, keep, recompute, whole, cached, accumulating: accumulation > 1 });
  const { kind, every = 1 } = method.consistency;
  if (kind === 'none' || every === 1) return [plan(method)];
  return [plan(method), plan({ ...method, consistency: { ...method.consistency, kind: 'none' } })];
}

export const hasLarger = (plans: readonly Plan[], bytes: number): boolean => plans.some((plan) => plan.placement.buffers.some((buffer) => buffer.bytes > bytes));

export const bytesOf = (plans: readonly Plan[]): number => plans.reduce((sum, { bytes }) => sum + bytes, 0);

export class StepExecutions {
  private constructor(private readonly all: Execution[], private readonly every: number) {}

  /** Compiles and allocates the plans of `options`. @throws when something cannot be allocated or compiled */
  static async create(options: TrainerOptions, state: ModelState, progress?: (done: number, of: number) => void): Promise<StepExecutions> {
    const { gpu, pipelines, method } = options;
    const all: Execution[] = [];
    try {
      for (const plan of plansOf(options)) all.push(await Execution.create(gpu, pipelines, plan, state, progress));
      return new StepExecutions(all, method.consistency.every ?? 1);
    } catch (error) {
      for (const execution of all) execution.destroy();
      throw error;
    }
  }

  /** The plan with the whole loss. */
  get main(): Execution {
    return this.all[0];
  }

  /** What the step runs: the consistency term comes at steps 0, n, 2n … */
  at(step: number): Execution {
    return step % this.every === 0 ? this.all[0] : this.all[this.all.length - 1];
  }

  get bytes(): number {
    return bytesOf(this.all.map(({ plan }) => plan));
  }

  destroy(): void {
    for (const execution of this.all) execution.destroy();
  }
}
