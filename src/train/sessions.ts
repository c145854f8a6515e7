/** The runs that the engine holds, or is building: one, or the lanes of a race, which share a device, its kernels and the frozen weights. */
import { withField } from '../config/change';
import type { Change, RunConfig } from '../config/config';
import { withChanges } from '../config/diff';
import type { Gpu } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import type { InspectionPlace } from '../protocol/inspectionMessages';
import type { FromEngine } from '../protocol/messages';
import type { RunId } from '../protocol/runMessages';
import { type Autotuner, chosen } from './autotune';
import { checkTogether } from './budget';
import { readRun } from './checkpoint';
import { adapterKey } from './deviceInfo';
import type { Library } from './library';
import { LockStep } from './lockStep';
import { type Preparation, prepare } from './preparation';
import { RunSession } from './runSession';
import type { WeightsKeeper } from './weightsKeeper';
import type { Following } from './writer';

/** A device with what was made for it. */
export interface Bench {
  gpu: Gpu;
  pipelines: Pipelines;
  tuner: Autotuner;
  keeper: WeightsKeeper;
}

/** A run that is to be. */
export interface Entrant {
  runId: RunId;
  config: RunConfig;
  changes: Change[];
  /** A file that `saved` brought. */
  resume?: Uint8Array;
}

export interface SessionsOptions {
  /** Resolves when the device is there; undefined where none is. */
  bench: () => Promise<Bench | undefined>;
  library: Library;
  post: (event: FromEngine) => void;
  report: (error: unknown, runId: RunId) => Promise<void>;
  snapshots: boolean;
}

interface Starting {
  allowance: number;
  pace?: number;
  done: Promise<void>;
}

export class Sessions {
  private held: RunSession[] = [];
  private together: LockStep | undefined;
  /** Counts starts: only a newer one, or an end, takes the place of a start. */
  private starts = 0;
  /** A start that is under way, and what it was told meanwhile. */
  private starting: Starting | undefined;
  private inspecting: InspectionPlace | null = null;
  private following: Following | null = null;

  constructor(private readonly options: SessionsOptions) {}

  /** Whether a run is here, or being built. */
  get busy(): boolean {
    return this.starting !== undefined || this.held.length > 0;
  }

  of(runId: RunId): RunSession | undefined {
    return this.held.find((session) => session.runId === runId);
  }

  /** The same, once whatever is being built is there. */
  async built(runId: RunId): Promise<RunSession | undefined> {
    await this.starting?.done;
    return this.of(runId);
  }

  /** Lets all go on for `steps` more steps; those that are still being built remember it. */
  allow(steps: number): void {
    if (this.starting) this.starting.allowance = steps;
    else if (steps === 0) {
      for (const session of this.held) session.pause();
      this.together?.release();
    } else for (const session of this.held) session.resume(steps);
  }

  setPace(stepsPerSecond: number | undefined): void {
    if (this.starting) this.starting.pace = stepsPerSecond;
    else for (const session of this.held) session.setPace(stepsPerSecond);
  }

  inspect(at: InspectionPlace | null): void {
    this.inspecting = at;
    for (const session of this.held) session.inspect(at);
  }

  /** Texts are written, and held-out rows answered, by the first run alone. */
  follow(following: Following | null): Promise<void> | undefined {
    this.following = following;
    return this.held[0]?.follow(following);
  }

  async stopScoring(): Promise<void> {
    await Promise.all(this.held.map((session) => session.stopScoring()));
  }

  /** Ends what there is and begins with these, in lock-step where there are several. */
  async start(entrants: readonly Entrant[], pace: number | undefined): Promise<void> {
    await this.end();
    const number = ++this.starts;
    const starting: Starting = { allowance: Infinity, pace, done: Promise.resolve() };
    this.starting = starting;
    starting.done = this.build(entrants, number, starting).finally(() => {
      if (this.starting === starting) this.starting = undefined;
    });
    await starting.done;
  }

  async end(): Promise<void> {
    this.starts++;
    this.starting = undefined;
    const ending = this.held;
    this.held = [];
    this.together = undefined;
    for (const session of ending) await session.end();
  }

  private async build(entrants: readonly Entrant[], number: number, starting: Starting): Promise<void> {
    const bench = await this.options.bench();
    if (!bench) return;
    const { inspecting, following } = this;
    const prepared = [];
    for (const entrant of entrants) prepared.push(await this.prepared(bench, entrant));
    checkTogether(bench.gpu, prepared.map(({ preparation }) => preparation));
    const together = prepared.length > 1 ? new LockStep() : undefined;
    const made: RunSession[] = [];
    try {
      for (const [index, { runId, preparation, ...rest }] of prepared.entries()) {
        if (number !== this.starts) break;
        made.push(await RunSession.create(bench.gpu, bench.pipelines, bench.keeper, preparation, {
          runId, ...rest, pace: starting.pace, inspecting, following: index === 0 ? following : null, snapshots: this.options.snapshots, lane: together?.join(rest.saved?.step ?? 0),
        }, this.options.post, (error) => void this.options.report(error, runId)));
      }
    } catch (error) {
      for (const session of made) await session.end();
      throw error;
    }
    if (number !== this.starts) {
      for (const session of made) await session.end();
      return;
    }
    this.held = made;
    this.together = together;
    // Somebody may have begun to look, or looked elsewhere, while they were built.
    if (this.inspecting !== inspecting) this.inspect(this.inspecting);
    if (this.following !== following) void made[0].follow(this.following);
    for (const session of made) {
      session.setPace(starting.pace);
      void session.run(starting.allowance);
    }
  }

  private async prepared({ gpu, tuner }: Bench, { runId, config, changes, resume }: Entrant): Promise<{ preparation: Preparation } & Omit<Parameters<typeof RunSession.create>[4], 'inspecting' | 'following' | 'snapshots'>> {
    const saved = resume && readRun(resume);
    // What was changed before it was saved is in force from the first step on.
    const isPast = ({ step }: Change) => saved !== undefined && step <= saved.step;
    const inForce = withChanges(config, changes.filter(isPast));
    const adapter = adapterKey(gpu);
    // Kernels that were measured on another adapter may not run here, or be slow.
    const known = saved?.kernels?.adapter === adapter ? saved.kernels.tiles : undefined;
    // A saved run has its adapter in its own tensors.
    const preparation = await prepare(gpu, known ? chosen(known) : tuner, this.options.library, saved ? withField(inForce, 'model.adapter', undefined) : inForce);
    return {
      runId, preparation, saved, changes: changes.filter((change) => !isPast(change)), kernels: { adapter, tiles: known ?? tuner.choices() },
      isStartKnown: !saved || config.model.adapter === undefined, elsewhere: saved?.kernels && !known ? saved.kernels.adapter : undefined,
    };
  }
}
