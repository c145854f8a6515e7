/** The engine behind the protocol: takes commands in, posts events out. Knows no page and no DOM, so that it runs under Node too. */
import type { FromEngine, ToEngine } from '../protocol/messages';
import type { RunId } from '../protocol/runMessages';
import type { RunConfig } from '../config/config';
import type { WeightFormat } from '../config/weightFormats';
import type { Fault } from '../protocol/faults';
import { CompilerRefusal } from '../gpu/compilerRefusal';
import { acquireDevice, DeviceError, type DeviceOptions, type Gpu, isLost } from '../gpu/device';
import { Pipelines } from '../gpu/pipelines';
import { selfTest } from '../gpu/selfTest';
import { isTask } from '../config/tasks';
import { TASKS } from '../data/tasks';
import { LoadError } from '../model/files/loadError';
import type { StreamOptions } from '../model/files/modelFolder';
import { formatOf, frozenTensors } from '../model/formatOf';
import type { Trained } from '../model/method';
import type { ModelPlaces } from '../sources/places';
import { SourceError } from '../sources/sourceError';
import { Autotuner } from './autotune';
import { togetherBytes } from './budget';
import { chooseBudget, deviceInfo } from './deviceInfo';
import { ExportDesk } from './exportDesk';
import type { Exported } from './exporter';
import { Library, type OpenModel } from './library';
import { ModelDesk } from './modelDesk';
import { measureAdapter } from './gauge';
import { factsOf } from './head';
import { estimate, prepare, warmUp } from './preparation';
import { Refusal } from './refusal';
import { type Bench, Sessions } from './sessions';
import { WeightsKeeper } from './weightsKeeper';

/** Rows of a task that the page shows as examples. */
const PREVIEW_ROWS = 6;

export interface EngineOptions {
  gpu: GPU | undefined;
  secure: boolean;
  open: OpenModel;
  /** Where the page's models come from, for what it does about them besides running them. */
  places?: ModelPlaces;
  device?: DeviceOptions;
  /** GiB that runs may take; left out: the usual, which `budget` may change. */
  budget?: number;
  /** Whether a run that goes on sends snapshots, for whoever would go on without this engine. */
  snapshots?: boolean;
}

export class Engine {
  private bench: Bench | undefined;
  private readonly library: Library;
  private readonly desk: ModelDesk;
  private readonly exports: ExportDesk;
  private readonly sessions: Sessions;
  /** Counts preparations, so that only the newest is answered; starts are counted apart, since no preparation may supersede one. */
  private latest = 0;
  private readonly opened: Promise<void>;
  private faulted = false;
  private gauged = false;
  private lost: Gpu['lost'] | undefined;

  constructor(private readonly post: (event: FromEngine) => void, private readonly options: EngineOptions) {
    this.library = new Library(options.open);
    this.desk = new ModelDesk(post, this.library, options.places, (source, weights, how) => this.load(source, weights, how));
    this.exports = new ExportDesk(post, (command) => this.exportFiles(command));
    this.opened = this.open();
    this.sessions = new Sessions({
      bench: async () => {
        await this.opened;
        return this.bench;
      },
      library: this.library, post, report: (error, runId) => this.report(error, runId), snapshots: options.snapshots ?? false,
    });
  }

  /** Carries out one command. Never rejects: whatever goes wrong becomes a fault. */
  async handle(command: ToEngine): Promise<void> {
    try {
      await this.dispatch(command);
    } catch (error) {
      await this.report(error, 'runId' in command ? command.runId : undefined);
    }
  }

  /** What the run has trained, as files that are not written yet. @throws with a sentence */
  async exportFiles({ runId, form, weights, record }: Pick<Extract<ToEngine, { type: 'export' }>, 'runId' | 'form' | 'weights' | 'record'>): Promise<Exported> {
    const session = this.sessions.of(runId);
    if (!session) throw new Error('the engine holds the weights of the latest run only, and this is an older one; go on from its checkpoint, or train it again');
    const { source } = await this.library.describe(record.config.model.source);
    return session.exportFiles(source, { form, weights, record });
  }

  private async dispatch(command: ToEngine): Promise<void> {
    switch (command.type) {
      case 'preview': return this.preview(command);
      case 'take_rows': return this.library.rows.take(command);
      case 'prepare': return this.prepare(command.config);
      case 'start': return this.sessions.start([command], command.pace);
      case 'race': return this.race(command);
      case 'plan_race': return this.planRace(command.configs);
      case 'pause': return this.sessions.allow(0);
      case 'resume': return this.sessions.allow(Infinity);
      case 'step': return this.sessions.allow(command.steps);
      case 'pace': return this.sessions.setPace(command.stepsPerSecond);
      case 'reset': return this.sessions.end();
      case 'change': return (await this.sessions.built(command.runId))?.change(command.field, command.to);
      case 'inspect': return this.sessions.inspect(command.at);
      case 'write': return this.sessions.of(command.runId)?.write(command);
      case 'classify': return this.sessions.of(command.runId)?.classify(command);
      case 'drop_keys':
      case 'delete_keys': return this.sessions.of(command.runId)?.dropKeys(command);
      case 'score': return this.sessions.of(command.runId)?.score(command);
      case 'stop_scoring': return this.sessions.stopScoring();
      case 'follow': return this.sessions.follow(command.rows === null ? null : { rows: command.rows, options: command.options });
      case 'test': return (await this.sessions.built(command.runId))?.test(command.weights);
      case 'save': return this.sessions.of(command.runId)?.save(command.record);
      case 'export':
      case 'stop_exporting': return this.exports.handle(command);
      case 'estimate': return this.estimate(command.config);
      case 'ping': return this.post({ type: 'pong' });
      case 'budget': return this.setBudget(command.gib ?? undefined);
      default: return this.desk.handle(command);
    }
  }

  private async open(): Promise<void> {
    if (!this.options.secure) return this.say({ code: 'insecure_context' });
    try {
      const gpu = await acquireDevice(this.options.gpu, this.options.device);
      this.lost = gpu.lost;
      void gpu.lost.then((reason) => this.say({ code: 'device_lost', reason }));
      const pipelines = new Pipelines(gpu);
      const wrong = await selfTest(gpu, pipelines);
      if (wrong) return await this.sayUnlessLost({ code: 'self_test_failed', detail: wrong });
      // Show the first error, not the last: later ones follow from it.
      gpu.device.addEventListener('uncapturederror', (event) => {
        if (!this.faulted) void this.sayUnlessLost({ code: 'internal', detail: (event as GPUUncapturedErrorEvent).error.message });
      });
      const problem = chooseBudget(gpu, this.options.budget);
      if (problem) return this.say({ code: 'bad_config', problems: [`Memory budget: ${problem}.`] });
      if (this.faulted) return;
      this.bench = { gpu, pipelines, tuner: new Autotuner(gpu, pipelines), keeper: new WeightsKeeper(gpu) };
      this.post({ type: 'ready', device: deviceInfo(gpu) });
    } catch (error) {
      if (error instanceof DeviceError) this.say({ code: error.code });
      else await this.sayUnlessLost(faultOf(error));
    }
  }

  private say(fault: Fault, runId?: RunId): void {
    this.faulted ||= runId === undefined;
    this.post({ type: 'fault', runId, fault });
  }

  /** What breaks because the device is gone is no fault of its own. */
  private async sayUnlessLost(fault: Fault, runId?: RunId): Promise<void> {
    if (!this.lost || !(await isLost(this.lost))) this.say(fault, runId);
  }

  private async setBudget(gib: number | undefined): Promise<void> {
    await this.opened;
    if (!this.bench) return;
    const { gpu } = this.bench;
    const problem = chooseBudget(gpu, gib);
    this.post({ type: 'budgeted', device: deviceInfo(gpu), problem });
  }

  private async prepare(config: RunConfig): Promise<void> {
    const number = ++this.latest;
    await this.opened;
    if (!this.bench) return;
    const { gpu, tuner, pipelines } = this.bench;
    const preparation = await prepare(gpu, tuner, this.library, config);
    if (number !== this.latest) return;
    this.post({ type: 'planned', config, summary: preparation.summary });
    await warmUp(pipelines, preparation, (done, of) => this.post({ type: 'compiling', done, of }));
  }

  /** How fast the adapter is: measured when somebody first asks what a choice would take, so that no start waits for it. */
  private async measureOnce({ gpu, pipelines }: Pick<Bench, 'gpu' | 'pipelines'>): Promise<void> {
    if (this.gauged || this.sessions.busy) return;
    this.gauged = true;
    // What goes wrong here goes wrong in a run too, and is said there; without it the menus say nothing of time.
    const gauge = await measureAdapter(gpu, pipelines).catch(() => undefined);
    if (gauge) this.post({ type: 'gauged', gauge });
  }

  /** Brings weights to the device, where they stay until another model's are wanted. */
  private async load(source: string, weights: WeightFormat | undefined, options: StreamOptions): Promise<void> {
    await this.opened;
    const { checkpoint } = await this.library.model(source);
    // As most methods want them: nothing trained but a head of classes.
    const trained: Trained = { peft: 'lora', rank: 1, alpha: 1, targets: [], weights };
    (await this.bench?.keeper.take(frozenTensors(checkpoint.config, trained, checkpoint.tensors), { formatOf: formatOf(checkpoint.config, trained), ...options }))?.release();
  }

  /** A refusal is the answer here, and no fault of what is on the cards. */
  private async estimate(config: RunConfig): Promise<void> {
    await this.opened;
    if (!this.bench) return;
    const { model: { source }, data: { source: data } } = config;
    try {
      this.post({ type: 'estimated', source, data, summary: await estimate(this.bench.gpu, this.library, config) });
    } catch (error) {
      this.post({ type: 'estimated', source, data, fault: faultOf(error) });
    }
    await this.measureOnce(this.bench);
  }

  private async race({ lanes, pace }: Extract<ToEngine, { type: 'race' }>): Promise<void> {
    try {
      await this.sessions.start(lanes.map((lane) => ({ ...lane, changes: [] })), pace);
    } catch (error) {
      // It is the first lane that the page shows in front.
      await this.report(error, lanes[0].runId);
    }
  }

  /** What lanes take together, known before any is begun. */
  private async planRace(configs: readonly RunConfig[]): Promise<void> {
    await this.opened;
    if (!this.bench) return;
    const { gpu } = this.bench;
    try {
      const summaries = [];
      for (const config of configs) summaries.push({ config, summary: await estimate(gpu, this.library, config) });
      this.post({ type: 'race_planned', lanes: configs.length, bytes: togetherBytes(summaries), budget: gpu.memoryBudget });
    } catch (error) {
      this.post({ type: 'race_planned', lanes: configs.length, fault: faultOf(error) });
    }
  }

  private async preview({ data, seed }: Extract<ToEngine, { type: 'preview' }>): Promise<void> {
    if (!this.library.rows.has(data)) return;
    const { title, labels } = factsOf(data);
    const { description = '', mirrors, citation } = isTask(data.source) ? TASKS[data.source] : {};
    const { train, validation, test } = await this.library.rows.of({ data, seed });
    this.post({
      type: 'previewed', data, title, description, mirrors, citation, labels,
      training: train.slice(0, PREVIEW_ROWS), heldOut: validation.slice(0, PREVIEW_ROWS),
      counts: { training: train.length, validation: validation.length, test: test.length },
    });
  }

  private async report(error: unknown, runId?: RunId): Promise<void> {
    if (error instanceof Refusal || error instanceof LoadError || error instanceof SourceError) this.say(faultOf(error), runId);
    else await this.sayUnlessLost(faultOf(error), runId);
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof Refusal) return error.fault;
  if (error instanceof LoadError || error instanceof SourceError) return { code: 'load_failed', file: error.file, detail: error.detail };
  if (error instanceof CompilerRefusal) return { code: 'compiler_refused', kernel: error.kernel, words: error.words };
  return { code: 'internal', detail: error instanceof Error ? error.message : String(error) };
}
