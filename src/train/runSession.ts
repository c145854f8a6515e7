/** A run with everything around it on the device: builds it, turns its events into messages, answers questions about it, frees it. */
import type { Change } from '../config/config';
import { metricsOf } from '../config/tasks';
import { Batches } from '../data/buckets';
import { Execution } from '../graph/execution';
import { bytesOf, Pool } from '../graph/pool';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import { formatOf, frozenTensors } from '../model/formatOf';
import { initialValues } from '../model/initialValues';
import { virtualRowsOf } from '../model/method';
import { parameterSpecs } from '../model/parameters';
import type { InspectionPlace } from '../protocol/inspectionMessages';
import type { FromEngine } from '../protocol/messages';
import type { KeyCommand } from '../protocol/keyMessages';
import type { ExportCommand } from '../protocol/exportMessages';
import type { RunId } from '../protocol/runMessages';
import type { PredictionCommand } from '../protocol/predictionMessages';
import type { ScoreCommand } from '../protocol/scoreMessages';
import type { WritingCommand } from '../protocol/writingMessages';
import { type Kernels, restoreRun, type SavedRun, saveRun } from './checkpoint';
import { BestWeights } from './bestWeights';
import { chosen } from './autotune';
import { chunk } from './dataset';
import type { Source } from '../sources/source';
import { type EvaluationWidth, Evaluator } from './evaluator';
import { type Exported, exportFiles } from './exporter';
import { Inspector } from './inspector';
import { Predictor } from './predictor';
import { KeyDropper } from './keyDropper';
import { keepStates } from './keptStates';
import type { Lane } from './lockStep';
import { methodOf } from './method';
import type { Preparation } from './preparation';
import { Run } from './run';
import { Scorer } from './scorer';
import { Snapshots } from './snapshots';
import { Trainer } from './trainer';
import type { Lease, WeightsKeeper } from './weightsKeeper';
import { type Following, Writer } from './writer';

export interface SessionOptions {
  runId: RunId;
  /** Replayed at their steps. */
  changes: Change[];
  /** What a saved run left off with. */
  saved?: SavedRun;
  inspecting: InspectionPlace | null;
  following: Following | null;
  kernels: Kernels;
  /** Steps a second that it takes at most; left out: as many as it can. */
  pace?: number;
  /** Whether snapshots are sent while it goes on; by a lane of a race at its end only. */
  snapshots: boolean;
  /** Its place among runs that go on in lock-step. */
  lane?: Lane;
  /** Whether the values that it began with can be made again: those of an adapter are not at hand where a saved run goes on. */
  isStartKnown: boolean;
  /** What the saved run was computed on, where that is another adapter. */
  elsewhere?: string;
}

type Post = (event: FromEngine) => void;

export class RunSession {
  private constructor(
    readonly runId: RunId, private readonly preparation: Preparation, private readonly trainer: Trainer,
    private readonly evaluator: Evaluator, private readonly best: BestWeights, private readonly inspector: Inspector, private readonly writer: Writer, private readonly scorer: Scorer, private readonly predictor: Predictor, private readonly dropper: KeyDropper, private readonly training: Run,
    private readonly lease: Lease, private readonly kernels: Kernels, private readonly snapshots: Snapshots | undefined, private readonly lane: Lane | undefined, private readonly post: Post,
  ) {}

  static async create(
    gpu: Gpu, pipelines: Pipelines, keeper: WeightsKeeper, preparation: Preparation, options: SessionOptions,
    post: Post, fail: (error: unknown) => void,
  ): Promise<RunSession> {
    const { config, model, modelConfig, dataset, buckets, evaluationRows, cached, summary } = preparation;
    const { runId, saved, lane } = options;
    const method = methodOf(config);
    const virtualRows = virtualRowsOf(method).rows;
    const { batchSize, accumulation } = config.optimizer;
    const { widths: trainingWidths } = buckets;
    const batch = { samples: batchSize, tokens: trainingWidths[trainingWidths.length - 1] };
    const { kernels } = options;
    // What is measured for other plans meanwhile is no matter of this run: all its plans multiply in one way.
    const target = { tileFor: chosen(kernels.tiles).tileFor };
    // What PiSSA leaves of the weights is of no use to the next run.
    const lease = await keeper.take(frozenTensors(modelConfig, method, model.checkpoint.tensors), { alone: method.peft === 'pissa', formatOf: formatOf(modelConfig, method) });
    const trainer = await Trainer.create({ gpu, pipelines, checkpoint: model.checkpoint, weights: lease.weights, config: modelConfig, method, batch, widths: trainingWidths, accumulation, cached, target }, (done, of) => post({ type: 'compiling', done, of }))
      .catch((error: unknown) => {
        lease.release();
        throw error;
      });
    const pool = await Pool.create(gpu.device, preparation.evaluation.map(({ plan }) => plan)).catch((error: unknown) => {
      trainer.destroy();
      lease.release();
      throw error;
    });
    const initial = async () => new Map([...await initialValues(modelConfig, method, parameterSpecs(modelConfig, method), model.checkpoint.tensors, config.seed), ...preparation.start?.values ?? []]);
    const fill = async () => {
      await trainer.reset(await initial());
      if (saved) restoreRun(trainer.state, best, saved);
      if (cached) await keepStates(trainer, Array.from({ length: cached.rows / evaluationRows }, (_, number) => chunk(dataset, dataset.training, number * evaluationRows, evaluationRows, virtualRows)));
      for (const { width, plan } of preparation.evaluation) widths.push({ width, execution: await Execution.create(gpu, pipelines, plan, trainer.state, undefined, pool) });
    };
    const widths: EvaluationWidth[] = [];
    const evaluator = new Evaluator(gpu, widths, modelConfig, evaluationRows, virtualRows, metricsOf(config.data), pool);
    const best = new BestWeights(gpu, trainer.state);
    await fill().catch((error: unknown) => {
      evaluator.destroy();
      best.destroy();
      trainer.destroy();
      lease.release();
      throw error;
    });
    const inspector = new Inspector(trainer, dataset, model.tokenizer, config.seed, (step, at, attention) => post({ type: 'inspected', runId, step, at, attention }), fail);
    inspector.at = options.inspecting;
    const writer = new Writer(trainer, dataset, model.tokenizer, gpu.memoryBudget - summary.bytes.total, (event) => post({ runId, ...event }));
    writer.following = options.following;
    const scorer = new Scorer(trainer, dataset, model.tokenizer, gpu.memoryBudget - summary.bytes.total, async () => (options.isStartKnown ? initial() : undefined), (event) => post({ runId, ...event }));
    const predictor = new Predictor(evaluator, dataset, model.tokenizer, modelConfig, (event) => post({ runId, ...event }));
    predictor.following = options.following !== null;
    const dropper = new KeyDropper(trainer, dataset, model.tokenizer, gpu.memoryBudget - summary.bytes.total, () => (training.isStill ? training.step : undefined), (event) => post({ runId, ...event }));
    const training: Run = new Run(trainer, evaluator, best, dataset, new Batches(config.seed, batchSize, buckets), config, options.changes, {
      points: (points) => post({ type: 'points', runId, ...points }),
      evaluated: (step, heldOut, train, seconds) => {
        post({ type: 'evaluated', runId, step, heldOut, train, seconds });
        steady?.evaluated(step);
      },
      read: (step, outputs) => predictor.evaluated(step, outputs),
      changed: (change) => post({ type: 'changed', runId, change }),
      refused: (field, to, sentence) => post({ type: 'refused', runId, field, to, sentence }),
      paused: (step) => {
        post({ type: 'paused', runId, step });
        lane?.rest(step);
        steady?.resting();
      },
      resumed: (step) => post({ type: 'resumed', runId, step }),
      finished: (step, seconds, early) => {
        lane?.leave();
        post({ type: 'finished', runId, step, seconds, early });
        snapshots?.resting();
      },
      diverged: (step, loss, learningRate) => {
        lane?.leave();
        post({ type: 'fault', runId, fault: { code: 'diverged', step, loss, learningRate } });
      },
      failed: (error) => {
        lane?.leave();
        fail(error);
      },
      evaluating: (step) => {
        steady?.evaluating(step);
        void writer.follow(step);
      },
      free: async () => {
        await writer.settle();
        await lane?.turn(training.step);
      },
      idle: (step) => {
        steady?.between();
        inspector.look(step);
      },
    }, { budget: gpu.memoryBudget - summary.bytes.total + bytesOf(preparation.training), step: saved?.step ?? 0, seconds: saved?.seconds ?? 0 });
    const snapshots = options.snapshots ? new Snapshots({
      state: trainer.state, best, kernels, now: () => ({ step: training.step, seconds: training.seconds }), home: () => training.bringHome(), isJudging: () => training.evaluations.isOpen,
    }, (step, file) => post({ type: 'snapshotted', runId, step, file })) : undefined;
    // Lanes that went on from snapshots of different steps would not be in step; a race that loses its device begins again.
    const steady = lane ? undefined : snapshots;
    training.setPace(options.pace);
    post({ type: 'started', runId, step: training.step, summary, ...(options.elsewhere !== undefined && { elsewhere: options.elsewhere }) });
    return new RunSession(runId, preparation, trainer, evaluator, best, inspector, writer, scorer, predictor, dropper, training, lease, kernels, snapshots, lane, post);
  }

  /** Trains `allowance` steps, then pauses. */
  run(allowance: number): Promise<void> {
    return this.training.start(allowance);
  }

  pause(): void {
    this.training.pause();
  }

  setPace(stepsPerSecond: number | undefined): void {
    this.training.setPace(stepsPerSecond);
  }

  resume(steps?: number): void {
    this.training.resume(steps);
  }

  change(field: string, to: unknown): Promise<void> {
    return this.training.change(field, to);
  }

  inspect(at: InspectionPlace | null): void {
    this.inspector.at = at;
    this.inspector.look(this.training.step, true);
  }

  write({ request, prompts, options }: Extract<WritingCommand, { type: 'write' }>): Promise<void> {
    return this.writer.write(this.training.step, prompts, options, request);
  }

  classify({ request, text, pair }: PredictionCommand): Promise<void> {
    return this.predictor.classify(this.training.step, request, text, pair);
  }

  /** Drops keys one by one, while it stands still. */
  dropKeys(command: KeyCommand): Promise<void> {
    return this.dropper.ask(command);
  }

  /** Writes behind held-out prompts, or says what is made of held-out rows, at every evaluation, and at once. */
  follow(following: Following | null): Promise<void> {
    this.predictor.follow(following !== null);
    this.writer.following = following;
    return this.writer.follow(this.training.step);
  }

  /** Scores what the model writes behind test prompts; goes on beside the run. */
  async score({ weights, ...wish }: Extract<ScoreCommand, { type: 'score' }>): Promise<void> {
    await this.training.evaluations.settle();
    const { trainer: { state }, best, training } = this;
    await this.scorer.score(() => (weights === 'best' && best.values ? { values: best.values, step: best.best!.step } : { values: state.values, step: training.step }), wish);
  }

  stopScoring(): Promise<void> {
    return this.scorer.stop();
  }

  /** Scores of the test rows, with the weights of the best evaluation or those of now. */
  async test(weights: 'best' | 'last' = 'best'): Promise<void> {
    const { runId } = this;
    const { step = this.training.step, scores } = await this.training.evaluations.test(weights);
    this.post({ type: 'tested', runId, step, scores, rows: this.preparation.dataset.test.ids.length });
  }

  /** Sends the run as a file, as it is at this step; `record` is what the page knows of it. */
  async save(record: string): Promise<void> {
    const { runId } = this;
    // What is being judged would be lost: the copy of its weights is in no file.
    await this.training.evaluations.settle();
    const { step, seconds } = this.training;
    const file = await saveRun(this.trainer.state, this.best, { step, seconds, record, kernels: this.kernels });
    this.post({ type: 'saved', runId, step, file });
  }

  /** What the run has trained as files; nothing of the base is read before they are written. @throws with a sentence */
  async exportFiles(source: Source, { form, weights, record }: Pick<ExportCommand & { type: 'export' }, 'form' | 'weights' | 'record'>): Promise<Exported> {
    await this.training.evaluations.settle();
    const { step } = this.training;
    const { best } = this.best;
    if (weights === 'best' && !best) throw new Error('the run was not evaluated yet, so none of its weights is the best; take those of the last step');
    const values = weights === 'best' ? (await this.best.read())! : await this.trainer.state.read('values');
    return exportFiles(this.preparation, { values, step: weights === 'best' ? best!.step : step }, source, record, form);
  }

  async end(): Promise<void> {
    this.snapshots?.end();
    this.lane?.leave();
    const scored = this.scorer.destroy();
    await this.training.end();
    await Promise.all([scored, this.writer.destroy(), this.dropper.destroy()]);
    this.inspector.destroy();
    this.evaluator.destroy();
    this.best.destroy();
    this.trainer.destroy();
    this.lease.release();
  }
}
