/**
 * A run that loses its engine: the page has a new one made, and goes on from the last snapshot. Points and changes after the snapshot are
 * taken back and come again, the same as before on the same adapter.
 */
import type { Change } from '../config/config';
import type { FromEngine } from '../protocol/messages';
import type { Fault } from '../protocol/faults';
import type { RunId } from '../protocol/runMessages';
import { whenBrought } from './brought';
import type { Context } from './context';
import type { Models } from './models';
import type { Tables } from './tables';
import { stepsPerSecond } from './pace';
import { isLive, isRacing, type RunInfo } from './state';

/** How often a run goes on by itself; what happens more often is not chance, and a person is asked. */
export const MOST_BY_ITSELF = 2;
/** A GPU that was reset may need a moment before it can be had again: so many tries, so far apart. */
export const TRIES = 4;
export const TRY_AGAIN_MS = 1500;

export interface Snapshot {
  runId: RunId;
  step: number;
  /** What the engine takes to go on; undefined for the first step, which needs nothing. */
  file: Uint8Array<ArrayBuffer> | undefined;
}

export interface Recovery {
  /** A run begins, afresh or with a file: until there is a snapshot, this is what it goes back to. */
  begun(snapshot: Snapshot): void;
  took(event: Extract<FromEngine, { type: 'snapshotted' }>): void;
  /** Told of a fault that ends the engine. @returns whether the run is being taken care of, so that nobody need be told */
  lost(fault: Fault): boolean;
  /** There is an engine: a run that waits for it goes on. */
  ready(): void;
  /** The run that is being taken care of rests as soon as it is back; says whether there is one. */
  rest(): boolean;
  /** A person wants to go on. @returns false where there is nothing to go on with */
  goOn(): boolean;
  /** What there is to go on with. */
  latest(): Snapshot | undefined;
}

/** What is lost with the engine, whatever the run did. */
const ENGINE_LOST: ReadonlySet<Fault['code']> = new Set(['device_lost', 'worker_crashed']);

/** Changes that were made, and those that were to come, in the order of their steps. */
function allChanges({ changes, coming = [] }: RunInfo): Change[] {
  const isMade = ({ step, field }: Change) => changes.some((made) => made.step === step && made.field === field);
  return [...changes, ...coming.filter((change) => !isMade(change))].sort((one, other) => one.step - other.step);
}

export function createRecovery({ store, engine, data, redraw }: Context, sources: Pick<Models, 'remind'> & Pick<Tables, 'ready'>): Recovery {
  const { getState: get, setState: set } = store;
  let held: Snapshot | undefined;
  /** Times that the run went on by itself. */
  let times = 0;
  /** Tries of getting an engine again. */
  let tries = 0;
  /** Where the run is to rest, if it rested when it was lost. */
  let restAt: number | undefined;

  const current = () => get().runs.find(({ id }) => id === get().current);
  /** Lanes of a race, which begins again together: the same batches, masks and curves. */
  let lanes: readonly RunId[] = [];

  /** Takes back what came after the snapshot, and has a new engine made. */
  const rebuild = (byItself: boolean, cause: Fault['code']) => {
    const run = current();
    if (!run || held?.runId !== run.id) return false;
    const { step } = held;
    const { phase, step: reached } = get();
    // Asked for by a person after a failure, it goes on.
    if (!get().recovering) restAt = phase === 'paused' ? reached : undefined;
    lanes = isRacing(get()) ? get().race!.lanes : [];
    for (const id of [run.id, ...lanes]) data.set(id, data.get(id)!.upTo(step));
    const rewound = { ...run, changes: run.changes.filter((change) => change.step <= step), coming: allChanges(run) };
    set(({ runs, race }) => ({
      runs: runs.map((other) => (other === run ? rewound : other)),
      engine: 'starting', phase: 'starting', problem: undefined, silent: false, saving: undefined, exporting: undefined, compiling: undefined, plan: undefined, fetching: undefined, speed: undefined, inspection: undefined,
      race: lanes.length > 0 && race ? { ...race, finished: [], faults: {}, inspections: {} } : undefined,
      step, recovered: undefined, recovering: { cause, from: step, reached: Math.max(reached, get().recovering?.reached ?? 0), byItself }, goOnFrom: undefined,
    }));
    redraw.request();
    engine.restart();
    sources.remind();
    return true;
  };

  const start = () => {
    const run = current();
    if (!run || !held) return;
    // The engine keeps the last few tables only.
    sources.ready(run.config.data);
    const pace = stepsPerSecond(get().view.pace, run.config.optimizer.steps);
    const racing = get().runs.filter(({ id }) => lanes.includes(id));
    if (racing.length > 0) engine.post({ type: 'race', lanes: lanes.flatMap((id) => racing.filter((lane) => lane.id === id).map(({ config }) => ({ runId: id, config }))), pace });
    else engine.post({ type: 'start', runId: run.id, config: run.config, changes: run.coming ?? [], pace, ...(held.file && { resume: held.file }) });
    if (restAt === undefined) return;
    // It rests where it rested.
    engine.post(restAt > held.step ? { type: 'step', steps: restAt - held.step } : { type: 'pause' });
  };

  return {
    begun(snapshot) {
      held = snapshot;
      times = 0;
      set({ recovering: undefined, recovered: undefined, goOnFrom: undefined });
    },
    took({ runId, step, file }) {
      // Of a race that goes on, one lane's end is nowhere to go on from.
      if (held?.runId === runId && !isRacing(get())) held = { runId, step, file };
    },
    lost(fault) {
      const { phase, recovering } = get();
      if (fault.code === 'no_adapter' && recovering && tries < TRIES) {
        tries += 1;
        setTimeout(() => get().recovering && engine.restart(), TRY_AGAIN_MS);
        return true;
      }
      const had = isLive(phase) || phase === 'finished';
      if (ENGINE_LOST.has(fault.code) && had && times < MOST_BY_ITSELF) {
        times += 1;
        tries = 0;
        if (rebuild(true, fault.code)) return true;
      }
      if (had && held?.runId === get().current) set({ goOnFrom: held?.step, recovering: undefined, recovered: undefined });
      return false;
    },
    ready() {
      const { recovering } = get();
      if (!recovering) return;
      const run = current();
      if (run) whenBrought(engine, run.config.model, held?.file !== undefined, () => get().recovering === recovering && start());
    },
    rest() {
      if (!get().recovering || get().engine !== 'starting') return false;
      restAt ??= held?.step;
      return true;
    },
    goOn() {
      if (get().goOnFrom === undefined) return false;
      times = 0;
      tries = 0;
      return rebuild(false, get().problem?.fault.code ?? 'worker_crashed');
    },
    latest: () => held,
  };
}
