/** From a configuration to everything a run needs short of memory: rows, plans, pipelines, and what it will cost. */
import type { RunConfig } from '../config/config';
import { modelName } from '../config/models';
import { WEIGHT_FORMATS } from '../config/weightFormats';
import { configProblems } from '../config/problems';
import { type Buckets, paddingOf } from '../data/buckets';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import type { Plan } from '../graph/compile';
import { compileAll } from '../graph/execution';
import { bytesOf } from '../graph/pool';
import { elements } from '../graph/tensor';
import { formatOf, frozenTensors } from '../model/formatOf';
import { checkpointFor } from '../model/forProblem';
import type { ModelConfig } from '../model/modelConfig';
import type { Method } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import { type Cached, statesBytes } from '../model/passes';
import { planEvaluation, targetOf } from '../model/plans';
import { firstRandomStage } from '../model/stages';
import { ARENAS, sliceArena } from '../model/state';
import { traitsOf } from '../model/traits';
import { weightBytes } from '../model/weights';
import type { PlanSummary } from '../protocol/planMessages';
import type { Tuner } from './autotune';
import { BEST_COPIES } from './bestWeights';
import { checkPlans, checkState, planOrRefuse } from './budget';
import { bucketsFor, type Dataset } from './dataset';
import { evaluationWidths } from './evaluationChunks';
import { EVALUATION_ROWS, WRITING_ROWS } from './evaluator';
import { headFor } from './head';
import type { Library, LoadedModel } from './library';
import { methodOf } from './method';
import { Refusal } from './refusal';
import { statesToKeep } from './keptStates';
import { type Start, startProblem } from './start';
import { plansOf } from './stepExecutions';
import { workOfRun } from './work';

/** Buffers as large as all trained tensors: values, gradients, moments and groups, and those that hold the best evaluation's. */
export const ARENA_COPIES = ARENAS.length + BEST_COPIES;

export interface Preparation {
  config: RunConfig;
  model: LoadedModel;
  modelConfig: ModelConfig;
  dataset: Dataset;
  /** How the training rows are shared out to widths. */
  buckets: Buckets;
  /** The plans that steps take turns with, the widest first: one for each width, two where a consistency term comes at every n-th step only. */
  training: Plan[];
  /** Evaluate plans, each for rows of up to `width` tokens, ascending. */
  evaluation: { width: number; plan: Plan }[];
  evaluationRows: number;
  /** States of lower stages that are computed once for every training row, where that is worth it. */
  cached?: Cached;
  summary: PlanSummary;
  /** The adapter that the run begins with. */
  start?: Start;
}

/** Tiles change no bytes, so who only wants to know those measures none. */
const UNTUNED: Tuner = { tileFor: () => undefined, tune: () => Promise.resolve(false) };

/** Rows, plans and cost of `config`; on a GPU the plan's tiles are measured first. @throws Refusal for a bad configuration or one whose bytes do not fit */
export async function prepare(gpu: Gpu, tuner: Tuner, library: Library, config: RunConfig): Promise<Preparation> {
  return prepareModel(gpu, tuner, library, config, await library.model(config.model.source));
}

/** What `config` will cost on a model of which no weight is here. @throws Refusal as `prepare` does */
export async function estimate(gpu: Gpu, library: Library, config: RunConfig): Promise<PlanSummary> {
  return (await prepareModel(gpu, UNTUNED, library, config, await library.outline(config.model.source))).summary;
}

async function prepareModel(gpu: Gpu, tuner: Tuner, library: Library, config: RunConfig, loaded: LoadedModel): Promise<Preparation> {
  const { source } = config.model;
  const problems = configProblems(config, traitsOf(loaded.checkpoint.config, modelName(source)));
  if (problems.length > 0) throw new Refusal({ code: 'bad_config', problems });
  const dataset = await library.data(config, loaded);
  const start = await library.start(config, loaded, headFor(dataset.facts));
  const apart = start && startProblem(start, config);
  if (apart) throw new Refusal({ code: 'bad_config', problems: [apart] });
  const method = methodOf(config);
  const model = { ...loaded, checkpoint: checkpointFor(loaded.checkpoint, headFor(dataset.facts), method) };
  const modelConfig = model.checkpoint.config;
  const { batchSize, accumulation } = config.optimizer;
  const buckets = bucketsFor(config, dataset);
  const batch = { samples: batchSize, tokens: buckets.widths[buckets.widths.length - 1] };
  const written = modelConfig.problem === 'language_model';
  const evaluationRows = (written ? WRITING_ROWS : EVALUATION_ROWS)[gpu.profile];
  const cached = statesToKeep(gpu, modelConfig, method, dataset.training.ids.length, dataset.width, evaluationRows);
  const target = { tileFor: tuner.tileFor };
  const makeTraining = () => planOrRefuse(gpu, config, () => plansOf({ gpu, config: modelConfig, method, batch, widths: buckets.widths, accumulation, cached, target }));
  const evaluateWidths = evaluationWidths([dataset.validation, dataset.sample], evaluationRows, dataset.width);
  const makeEvaluation = () => planOrRefuse(gpu, config, () => evaluateWidths.map((width) => ({ width, plan: planEvaluation(modelConfig, method, { samples: evaluationRows, tokens: width }, targetOf(gpu, target), written ? 'losses' : 'logits') })));
  let training = makeTraining();
  let evaluation = makeEvaluation();
  const { conversations } = dataset;
  const work = workOfRun(config, { training, evaluation, evaluationRows, buckets }, dataset);
  const summary = { ...summarise({ model, modelConfig, method, dataset, buckets, training, evaluation, cached }), work, rows: rowsOf(dataset), ...(conversations && { conversations }) };
  const smaller = WEIGHT_FORMATS.slice(method.peft === 'full' ? WEIGHT_FORMATS.length : WEIGHT_FORMATS.indexOf(method.weights ?? 'f32') + 1)
    .map((format) => ({ format, saved: summary.bytes.weights - weightsBytes(model, modelConfig, { ...method, weights: format }) }));
  checkState(gpu, config, summary.bytes.optimizer / ARENA_COPIES);
  checkPlans(gpu, config, { summary, plans: [...training, ...evaluation.map(({ plan }) => plan)], smaller });
  // Tiles change neither buffers nor bytes nor the number of dispatches: only the workgroups are planned anew.
  let measured = false;
  for (const plan of training) measured = (await tuner.tune(plan)) || measured;
  if (measured) {
    training = makeTraining();
    evaluation = makeEvaluation();
  }
  return { config, model, modelConfig, dataset, buckets, training, evaluation, evaluationRows, cached, summary, ...(start && { start }) };
}

function rowsOf({ training, heldOut, test, leftOut = 0 }: Dataset): PlanSummary['rows'] {
  return { of: leftOut + training.ids.length + heldOut.ids.length + test.ids.length, leftOut };
}

/** Bytes of the frozen weights on the device, in the format that `method` holds each in. */
function weightsBytes({ checkpoint }: LoadedModel, config: ModelConfig, method: Method): number {
  const held = formatOf(config, method);
  return [...frozenTensors(config, method, checkpoint.tensors)].reduce((sum, [name, tensor]) => sum + weightBytes(tensor, held(name)), 0);
}

function summarise({ model, modelConfig: config, method, dataset, buckets, training, evaluation, cached }: Pick<Preparation, 'model' | 'modelConfig' | 'dataset' | 'buckets' | 'training' | 'evaluation' | 'cached'> & { method: Method }): Omit<PlanSummary, 'work'> {
  const specs = parameterSpecs(config, method);
  const weights = weightsBytes(model, config, method);
  const values = [...model.checkpoint.tensors.values()].reduce((sum, { count }) => sum + count, 0);
  const trainable = specs.reduce((sum, { shape }) => sum + elements(shape), 0);
  // What comes to the tensors of the checkpoint: those of the method, and a new head.
  const added = specs.reduce((sum, { of, shape }) => sum + (model.checkpoint.tensors.has(of) ? 0 : elements(shape)), 0);
  const optimizer = ARENA_COPIES * sliceArena(specs).bytes;
  const states = cached ? statesBytes(cached, config.hidden) : 0;
  const train = bytesOf(training) + states;
  const evaluate = evaluation.map(({ plan }) => plan);
  const buffers = [...training, ...evaluate].flatMap((plan) => plan.placement.buffers).sort((one, other) => other.bytes - one.bytes);
  const common = method.consistency.kind === 'none' ? 0 : Math.max(0, firstRandomStage(config, method) - 1);
  return {
    bytes: { weights, optimizer, train, evaluate: bytesOf(evaluate), total: weights + optimizer + train + bytesOf(evaluate) },
    largest: buffers.slice(0, 3),
    dispatchesPerStep: training[0].dispatches.length,
    parameters: { trainable, total: values + added },
    model: { layers: config.layers, heads: config.heads, width: config.hidden, vocabulary: config.vocabulary },
    shared: cached ? { layers: cached.stages - 1, cached: true } : { layers: common, cached: false },
    lengths: { widths: buckets.widths, padding: paddingOf(buckets, dataset.training.lengths), cut: dataset.training.cutRows },
  };
}

/** Compiles every pipeline of a preparation in the background, so that Start need not wait. */
export async function warmUp(pipelines: Pipelines, { training, evaluation }: Preparation, progress: (done: number, of: number) => void): Promise<void> {
  await compileAll(pipelines, [...training, ...evaluation.map(({ plan }) => plan)].flatMap(({ dispatches }) => dispatches), progress);
}
