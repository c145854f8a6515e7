/** Refusals of what a device cannot hold, each with the controls that make it smaller. */
import type { RunConfig } from '../config/config';
import { isLora } from '../config/peft';
import type { WeightFormat } from '../config/weightFormats';
import { type Gpu, largestBuffer } from '../gpu/device';
import type { Plan } from '../graph/compile';
import type { PlanSummary } from '../protocol/planMessages';
import { Refusal } from './refusal';
import { hasLarger } from './stepExecutions';

/** A control is named where it saves at least this share of what is too much: advice that would not be felt is none. */
const LEAST_SAVED = 0.1;

/** A plan that no grid can hold is, to a person, one that is too large. */
export function planOrRefuse<T>(gpu: Gpu, config: RunConfig, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!/needs a grid/.test((error as Error).message)) throw error;
    throw new Refusal({ code: 'out_of_memory', predicted: true, neededBytes: Infinity, budgetBytes: gpu.memoryBudget, largest: [], lower: smallerPlan(config) });
  }
}

/** What is trained is given to the optimizer whole, whatever the batch is: `bytes` of it must fit a binding of this device. Weights are cut where they do not. @throws Refusal */
export function checkState(gpu: Gpu, config: RunConfig, bytes: number): void {
  const most = largestBuffer(gpu);
  if (bytes <= most) return;
  const lower = isLora(config.model.peft) ? ['model.rank', 'model.targets'] : [];
  throw new Refusal({ code: 'out_of_memory', predicted: true, neededBytes: bytes, budgetBytes: most, largest: [{ label: 'optimizer', bytes }], lower });
}

/** A format that frozen weights could be held in, and the bytes that it would save. */
interface SmallerWeights {
  format: WeightFormat;
  saved: number;
}

/** @param smaller ones than the present, the largest first. @throws Refusal where a buffer, or all together, are larger than the device's */
export function checkPlans(gpu: Gpu, config: RunConfig, { summary, plans, smaller }: { summary: PlanSummary; plans: Plan[]; smaller: readonly SmallerWeights[] }): void {
  const { bytes, largest } = summary;
  const most = largestBuffer(gpu);
  const tooLarge = hasLarger(plans, most);
  const over = bytes.total - gpu.memoryBudget;
  if (!tooLarge && over <= 0) return;
  // The first that is enough rounds least.
  const weights = smaller.find(({ saved }) => saved >= over) ?? smaller.at(-1);
  const lower = tooLarge ? smallerPlan(config) : strongest(config, bytes, weights?.saved ?? 0, over);
  throw new Refusal({ code: 'out_of_memory', predicted: true, neededBytes: bytes.total, budgetBytes: tooLarge ? most : gpu.memoryBudget, largest, lower, ...(!tooLarge && bytes.total <= gpu.mostBudget && { raise: true }), ...(lower.includes('model.weights') && { weights: weights?.format }) });
}

/** Controls that shrink every buffer of a plan. */
const smallerPlan = (config: RunConfig): string[] => (config.consistency.kind === 'none' ? ['optimizer.batchSize'] : ['optimizer.batchSize', 'consistency.kind']);

/** Controls that save something of what is too much, the strongest first; none where the model itself is too large. @param byWeights bytes that weights of another format would save */
function strongest(config: RunConfig, bytes: PlanSummary['bytes'], byWeights: number, over: number): string[] {
  const saved: Record<string, number> = {
    'optimizer.batchSize': bytes.train * (1 - 1 / config.optimizer.batchSize),
    'consistency.kind': config.consistency.kind === 'none' ? 0 : bytes.train / 2,
    'model.weights': byWeights,
  };
  return Object.keys(saved).filter((field) => saved[field] >= over * LEAST_SAVED).sort((one, other) => saved[other] - saved[one]);
}

/** A run with what it takes by itself. */
interface Planned {
  config: RunConfig;
  summary: PlanSummary;
}

/** Bytes of runs that go on together: frozen weights are there once, but where each run writes into its own. */
export function togetherBytes(all: readonly Planned[]): number {
  return all.reduce((sum, { config, summary: { bytes } }, index) => sum + bytes.total - (index > 0 && config.model.peft !== 'pissa' ? bytes.weights : 0), 0);
}

/** @throws Refusal where the lanes of a race fit one by one and not together */
export function checkTogether(gpu: Gpu, all: readonly Planned[]): void {
  const needed = togetherBytes(all);
  if (all.length < 2 || needed <= gpu.memoryBudget) return;
  const [{ config, summary }] = all;
  throw new Refusal({ code: 'out_of_memory', predicted: true, neededBytes: needed, budgetBytes: gpu.memoryBudget, largest: summary.largest, lower: smallerPlan(config) });
}
