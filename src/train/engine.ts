/** The engine behind the protocol: takes commands in, posts events out. Knows no page and no DOM, so that it runs under Node too. */
import type { InspectionPlace } from '../protocol/inspectionMessages';
import type { FromEngine, ToEngine } from '../protocol/messages';
import type { RunId } from '../protocol/runMessages';
import type { Change, RunConfig } from '../config/config';
import { withField } from '../config/change';
import { withChanges } from '../config/diff';
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
import { Autotuner, chosen } from './autotune';
import { adapterKey, chooseBudget, deviceInfo } from './deviceInfo';
import { readRun } from './checkpoint';
import { ExportDesk } from './exportDesk';
import type { Exported } from './exporter';
import { Library, type OpenModel } from './library';
import { ModelDesk } from './modelDesk';
import { factsOf } from './head';
import { estimate, prepare, warmUp } from './preparation';
import { Refusal } from './refusal';
import { RunSession } from './runSession';
import { WeightsKeeper } from './weightsKeeper';
import type { Following } from './writer';

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
  private gpu: Gpu | undefined;
  private pipelines: Pipelines | undefined;
  private tuner: Autotuner | undefined;
  private keeper: WeightsKeeper | undefined;
  private readonly library: Library;
  private readonly desk: ModelDesk;
  private readonly exports: ExportDesk;
  private session: RunSession | undefined;
  /** Counts preparations, so that only the newest is answered; starts are counted apart, since no preparation may supersede one. */
  private latest = 0;
  private starts = 0;
  /** A start that is under way, and what it was told meanwhile. */
  private starting: { runId: RunId; allowance: number; pace?: number; done: Promise<void> } | undefined;
  private inspecting: InspectionPlace | null = null;
  private following: Following | null = null;
  private readonly opened: Promise<void>;
  private faulted = false;
  private lost: Gpu['lost'] | undefined;

  constructor(private readonly post: (event: FromEngine) => void, private readonly options: EngineOptions) {
    this.library = new Library(options.open);
    this.desk = new ModelDesk(post, this.library, options.places, (source, weights, how) => this.load(source, weights, how));
    this.exports = new ExportDesk(post, (command) => this.exportFiles(command));
    this.opened = this.open();
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
    const { session } = this;
    if (session?.runId !== runId) throw new Error('the engine holds the weights of the latest run only, and this is an older one; go on from its checkpoint, or train it again');
    const { source } = await this.library.describe(record.config.model.source);
    return session.exportFiles(source, { form, weights, record });
  }

  private async dispatch(command: ToEngine): Promise<void> {
    switch (command.type) {
      case 'preview': return this.preview(command);
      case 'take_rows': return this.library.rows.take(command);
      case 'prepare': return this.prepare(command.config);
      case 'start': return this.start(command);
      case 'pause': return this.allow(0);
      case 'resume': return this.allow(Infinity);
      case 'step': return this.allow(command.steps);
      case 'pace': return this.setPace(command.stepsPerSecond);
      case 'reset': return this.end();
      case 'change':
        await this.starting?.done;
        return this.session?.change(command.runId, command.field, command.to);
      case 'inspect':
        this.inspecting = command.at;
        return this.session?.inspect(command.at);
      case 'write': return this.session?.write(command);
      case 'classify': return this.session?.classify(command);
      case 'score': return this.session?.score(command);
      case 'stop_scoring': return this.session?.stopScoring();
      case 'follow':
        this.following = command.rows === null ? null : { rows: command.rows, options: command.options };
        return this.session?.follow(this.following);
      case 'test':
        await this.starting?.done;
        return this.session?.test(command.runId, command.weights);
      case 'save': return this.session?.save(command.runId, command.record);
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
      this.gpu = gpu;
      this.pipelines = pipelines;
      this.tuner = new Autotuner(gpu, pipelines);
      this.keeper = new WeightsKeeper(gpu);
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

  /** Lets the run go on for `steps` more steps; a run that is still being built remembers it. */
  private allow(steps: number): void {
    if (this.starting) this.starting.allowance = steps;
    else if (steps === 0) this.session?.pause();
    else this.session?.resume(steps);
  }

  private setPace(stepsPerSecond: number | undefined): void {
    if (this.starting) this.starting.pace = stepsPerSecond;
    else this.session?.setPace(stepsPerSecond);
  }

  private async setBudget(gib: number | undefined): Promise<void> {
    await this.opened;
    if (!this.gpu) return;
    const problem = chooseBudget(this.gpu, gib);
    this.post({ type: 'budgeted', device: deviceInfo(this.gpu), problem });
  }

  private async prepare(config: RunConfig): Promise<void> {
    const number = ++this.latest;
    await this.opened;
    if (!this.gpu) return;
    const preparation = await prepare(this.gpu, this.tuner!, this.library, config);
    if (number !== this.latest) return;
    this.post({ type: 'planned', config, summary: preparation.summary });
    await warmUp(this.pipelines!, preparation, (done, of) => this.post({ type: 'compiling', done, of }));
  }

  /** Brings weights to the device, where they stay until another model's are wanted. */
  private async load(source: string, weights: WeightFormat | undefined, options: StreamOptions): Promise<void> {
    await this.opened;
    const { checkpoint } = await this.library.model(source);
    // As most methods want them: nothing trained but a head of classes.
    const trained: Trained = { peft: 'lora', rank: 1, alpha: 1, targets: [], weights };
    (await this.keeper?.take(frozenTensors(checkpoint.config, trained, checkpoint.tensors), { formatOf: formatOf(checkpoint.config, trained), ...options }))?.release();
  }

  /** A refusal is the answer here, and no fault of what is on the cards. */
  private async estimate(config: RunConfig): Promise<void> {
    await this.opened;
    if (!this.gpu) return;
    const { source } = config.model;
    try {
      this.post({ type: 'estimated', source, summary: await estimate(this.gpu, this.library, config) });
    } catch (error) {
      this.post({ type: 'estimated', source, fault: faultOf(error) });
    }
  }

  /** Only a newer start, or a reset, takes the place of a start. */
  private async start({ runId, config, changes, pace, resume }: Extract<ToEngine, { type: 'start' }>): Promise<void> {
    await this.end();
    const number = ++this.starts;
    const build = async () => {
      await this.opened;
      if (!this.gpu) return;
      const saved = resume && readRun(resume);
      // What was changed before it was saved is in force from the first step on.
      const isPast = ({ step }: Change) => saved !== undefined && step <= saved.step;
      const inForce = withChanges(config, changes.filter(isPast));
      const adapter = adapterKey(this.gpu);
      // Kernels that were measured on another adapter may not run here, or be slow.
      const known = saved?.kernels?.adapter === adapter ? saved.kernels.tiles : undefined;
      // A saved run has its adapter in its own tensors.
      const preparation = await prepare(this.gpu, known ? chosen(known) : this.tuner!, this.library, saved ? withField(inForce, 'model.adapter', undefined) : inForce);
      if (number !== this.starts) return;
      const options = {
        runId, saved, pace, changes: changes.filter((change) => !isPast(change)), inspecting: this.inspecting, following: this.following,
        kernels: { adapter, tiles: known ?? this.tuner!.choices() }, snapshots: this.options.snapshots ?? false, isStartKnown: !saved || config.model.adapter === undefined, elsewhere: saved?.kernels && !known ? saved.kernels.adapter : undefined,
      };
      const session = await RunSession.create(this.gpu, this.pipelines!, this.keeper!, preparation, options, this.post, (error) => void this.report(error, runId));
      if (number !== this.starts) return session.end();
      this.session = session;
      // Somebody may have begun to look, or looked elsewhere, while it was built.
      if (this.inspecting !== options.inspecting) session.inspect(this.inspecting);
      if (this.following !== options.following) void session.follow(this.following);
      if (starting.pace !== pace) session.setPace(starting.pace);
      void session.run(starting.allowance);
    };
    const starting = { runId, allowance: Infinity, pace, done: Promise.resolve() };
    this.starting = starting;
    starting.done = build().finally(() => {
      if (this.starting === starting) this.starting = undefined;
    });
    await starting.done;
  }

  private async end(): Promise<void> {
    this.starts++;
    this.starting = undefined;
    const session = this.session;
    this.session = undefined;
    await session?.end();
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
