/** From a configuration to everything a run needs short of memory: rows, plans, pipelines, and what it will cost. */
import type { RunConfig } from '../config/config';
import { configProblems } from '../config/problems';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import type { Plan } from '../graph/compile';
import { compileAll } from '../graph/execution';
import { elements } from '../graph/tape';
import type { ModelConfig } from '../model/architectures/architecture';
import { parameterSpecs } from '../model/parameters';
import { planEvaluation } from '../model/plans';
import { sliceArena } from '../model/state';
import type { Fault } from '../protocol/faults';
import type { PlanSummary } from '../protocol/messages';
import type { Autotuner } from './autotune';
import { type Dataset } from './dataset';
import { EVALUATION_ROWS } from './evaluator';
import { configFor, type Library, type LoadedModel } from './library';
import { methodOf } from './method';
import { planOf, targetOf } from './trainer';

/** Thrown where a configuration cannot be prepared; carries what the page shows. */
export class Refusal extends Error {
  constructor(readonly fault: Fault) {
    super(fault.code);
  }
}

export interface Preparation {
  config: RunConfig;
  model: LoadedModel;
  modelConfig: ModelConfig;
  dataset: Dataset;
  training: Plan;
  evaluation: Plan;
  evaluationRows: number;
  summary: PlanSummary;
}

/** Rows, plans and cost of `config`; on a GPU the plan's tiles are measured first. @throws Refusal for a bad configuration or one whose bytes do not fit */
export async function prepare(gpu: Gpu, tuner: Autotuner, library: Library, config: RunConfig): Promise<Preparation> {
  const model = await library.model(config.model.folder);
  const problems = configProblems(config, model.checkpoint.config.layers);
  if (problems.length > 0) throw new Refusal({ code: 'bad_config', problems });
  const dataset = library.data(config, model);
  const modelConfig = configFor(model.checkpoint, dataset);
  const method = methodOf(config);
  const batch = { samples: config.optimizer.batchSize, tokens: dataset.width };
  const evaluationRows = EVALUATION_ROWS[gpu.profile];
  const target = { tileFor: tuner.tileFor };
  const makeTraining = () => planOrRefuse(gpu, config, () => planOf({ gpu, config: modelConfig, method, batch, target }));
  const makeEvaluation = () => planEvaluation(modelConfig, method, { samples: evaluationRows, tokens: dataset.width }, targetOf(gpu, target));
  let training = makeTraining();
  let evaluation = makeEvaluation();
  const summary = summarise(model, modelConfig, method, training, evaluation, dataset.width);
  check(gpu, config, summary, [training, evaluation]);
  // Tiles change neither buffers nor bytes nor the number of dispatches: only the workgroups are planned anew.
  if (await tuner.tune(training)) {
    training = makeTraining();
    evaluation = makeEvaluation();
  }
  return { config, model, modelConfig, dataset, training, evaluation, evaluationRows, summary };
}

/** A plan that no grid can hold is, to a person, one that is too large. */
function planOrRefuse(gpu: Gpu, config: RunConfig, make: () => Plan): Plan {
  try {
    return make();
  } catch (error) {
    if (!/needs a grid/.test((error as Error).message)) throw error;
    throw new Refusal({ code: 'out_of_memory', predicted: true, neededBytes: Infinity, budgetBytes: gpu.memoryBudget, largest: [], lower: controlsToLower(config) });
  }
}

function summarise(model: LoadedModel, config: ModelConfig, method: ReturnType<typeof methodOf>, training: Plan, evaluation: Plan, tokens: number): PlanSummary {
  const specs = parameterSpecs(config, method);
  const weights = [...model.checkpoint.tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
  const trainable = specs.reduce((sum, { shape }) => sum + elements(shape), 0);
  const lora = specs.reduce((sum, { name, shape }) => sum + (name.includes('.lora_') ? elements(shape) : 0), 0);
  // values, gradients, two moments, groups
  const optimizer = 5 * sliceArena(specs).bytes;
  const buffers = [...training.placement.buffers, ...evaluation.placement.buffers].sort((one, other) => other.bytes - one.bytes);
  return {
    bytes: { weights, optimizer, train: training.bytes, evaluate: evaluation.bytes, total: weights + optimizer + training.bytes + evaluation.bytes },
    largest: buffers.slice(0, 3),
    dispatchesPerStep: training.dispatches.length,
    parameters: { trainable, total: weights / 4 + lora },
    model: { layers: config.layers, heads: config.heads, width: config.hidden, vocabulary: config.vocabulary },
    shared: { layers: 0, cached: false },
    tokens,
  };
}

/** Controls that shrink a plan, the strongest first. */
function controlsToLower(config: RunConfig): string[] {
  return config.consistency.kind === 'none' ? ['optimizer.batchSize'] : ['optimizer.batchSize', 'consistency.kind'];
}

function check(gpu: Gpu, config: RunConfig, summary: PlanSummary, plans: Plan[]): void {
  const { maxBufferSize, maxStorageBufferBindingSize } = gpu.device.limits;
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const tooLarge = plans.some((plan) => plan.placement.buffers.some(({ bytes }) => bytes > most));
  if (!tooLarge && summary.bytes.total <= gpu.memoryBudget) return;
  throw new Refusal({
    code: 'out_of_memory', predicted: true, neededBytes: summary.bytes.total, budgetBytes: tooLarge ? most : gpu.memoryBudget,
    largest: summary.largest, lower: controlsToLower(config),
  });
}

/** Compiles every pipeline of a preparation in the background, so that Start need not wait. */
export async function warmUp(pipelines: Pipelines, { training, evaluation }: Preparation, progress: (done: number, of: number) => void): Promise<void> {
  await compileAll(pipelines, [...training.dispatches, ...evaluation.dispatches], progress);
}
