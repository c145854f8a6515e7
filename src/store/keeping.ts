/**
 * What outlives the page: its runs with their curves, and the last snapshot of the one that is going. One tab owns the store; another keeps its
 * own runs in memory until that one is closed. A snapshot and the run it belongs to are written together or not at all.
 */
import type { RunId } from '../protocol/runMessages';
import type { Database } from '../storage/database';
import { QuotaError } from '../storage/shelves';
import type { Checkpoints } from './checkpoints';
import type { Context } from './context';
import { exactPoints, keptRun, readKeptRun } from './keptRun';
import { recordOf, type RunList } from './runList';
import type { Recovery, Snapshot } from './recovery';
import { isLive, type RunInfo } from './state';

/** Where it is kept; everything is handed in, so that tests have their own. */
export interface Place {
  database: () => Promise<Database>;
  /** Resolves when this tab is the owner. */
  owned: () => Promise<void>;
  /** Whether a run that was going is to go on by itself: the page was loaded again for its sake. Asked once. */
  goesOn: () => boolean;
}

export interface Keeping {
  /** Writes what has changed now, as a page that is being left must. */
  flush(): Promise<void>;
  /** Removes all runs and snapshots, and keeps nothing from then on. */
  forget(): Promise<void>;
}

/** Shortest time between two writes, in milliseconds. */
const APART_MS = 1000;
/** Writing may take this part of the time at most. */
const SHARE = 1 / 20;
/** A tab that is being loaded again lets go of the store within this time. */
const OWNED_WITHIN_MS = 1000;

/** The name of a checkpoint that comes from no file. */
export const LAST_VISIT = 'the last visit';

const runKey = (id: RunId) => `run ${id}`;
const SNAPSHOT = 'snapshot';

export function createKeeping({ store, data, redraw, engine }: Context, runList: RunList, checkpoints: Checkpoints, recovery: Recovery, place: Place): Keeping {
  const { getState: get, setState: set } = store;
  let database: Database | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cost = 0;
  let writing: Promise<void> = Promise.resolve();
  /** What of each run was written last. */
  const written = new Map<RunId, { run: RunInfo; version: number; over: boolean }>();
  let writtenSnapshot: Snapshot | undefined;

  const refuse = (error: unknown) => {
    database = undefined;
    set({ keeping: { state: 'refused', room: error instanceof QuotaError } });
  };

  /** What differs from what was written. */
  const difference = (): Map<string, unknown> => {
    const { runs, current, phase, goOnFrom, checkpoint } = get();
    const isGoing = isLive(phase) || goOnFrom !== undefined;
    const own = runs.filter(({ kind }) => kind !== 'recorded');
    const entries = new Map<string, unknown>();
    own.forEach((run, index) => {
      const points = data.get(run.id)!;
      const over = !(run.id === current && isGoing) && run.id !== checkpoint?.shownAs;
      const before = written.get(run.id);
      if (before?.run === run && before.version === points.version && before.over === over) return;
      entries.set(runKey(run.id), keptRun(run, points, index, over));
      written.set(run.id, { run, version: points.version, over });
    });
    for (const id of written.keys()) {
      if (own.some((run) => run.id === id)) continue;
      entries.set(runKey(id), undefined);
      written.delete(id);
    }
    const latest = recovery.latest();
    // Of a run that is over nothing goes on; one that waits in the page is not thrown away for that.
    const snapshot = latest?.file && latest.runId === current && isGoing ? latest : checkpoint && writtenSnapshot;
    if (snapshot !== writtenSnapshot) {
      entries.set(SNAPSHOT, snapshot);
      writtenSnapshot = snapshot;
    }
    return entries;
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (!database) return writing;
    const begun = performance.now();
    const entries = difference();
    if (entries.size === 0) return writing;
    const target = database;
    writing = writing.then(() => target.write(entries)).catch(refuse).then(() => { cost = performance.now() - begun; });
    return writing;
  };

  const load = async () => {
    const opened = await place.database();
    const all = await opened.all();
    const kept = [...all].filter(([key]) => key.startsWith('run ')).flatMap(([key, value]) => {
      const read = readKeptRun(value);
      // What cannot be read any more goes with the next write.
      return read ? [read] : (written.set(key.slice(4), { run: undefined as never, version: -1, over: true }), []);
    }).sort((one, other) => one.place - other.place);
    for (const { run, data: points } of kept) {
      if (data.has(run.id)) continue;
      runList.restore(run, points);
      written.set(run.id, { run, version: points.version, over: false });
    }
    const snapshot = all.get(SNAPSHOT) as Snapshot | undefined;
    const going = kept.find(({ run, over }) => run.id === snapshot?.runId && !over);
    if (snapshot?.file && going && get().checkpoint === undefined && get().current === undefined) {
      const { run, data: points } = going;
      const record = recordOf(run, points);
      writtenSnapshot = snapshot;
      const changes = [...run.changes, ...(run.coming ?? []).filter(({ step }) => step > points.stepsDone())];
      set({ checkpoint: { fileName: LAST_VISIT, step: snapshot.step, file: snapshot.file, record: { ...record, points: exactPoints(points), changes }, shownAs: run.id } });
    }
    database = opened;
    set({ keeping: { state: 'kept' } });
    redraw.request();
    if (get().checkpoint && place.goesOn()) whenReady(() => checkpoints.goOn());
  };

  const whenReady = (act: () => void) => {
    if (get().engine === 'ready') return act();
    const stop = store.subscribe((state) => {
      if (state.engine !== 'ready') return;
      stop();
      act();
    });
    return undefined;
  };

  const begin = async () => {
    const owner = place.owned();
    const soon = await Promise.race([owner.then(() => true), new Promise<boolean>((resolve) => { setTimeout(resolve, OWNED_WITHIN_MS, false); })]);
    if (!soon) set({ keeping: { state: 'elsewhere' } });
    await owner;
    await load();
  };
  void begin().catch(refuse);

  const soon = () => {
    if (database) timer ??= setTimeout(() => void flush(), Math.max(APART_MS, cost / SHARE));
  };
  store.subscribe((state, before) => {
    if (state.runs !== before.runs || state.phase !== before.phase || state.checkpoint !== before.checkpoint) soon();
  });
  engine.subscribe(({ type }) => type === 'snapshotted' && soon());

  return {
    flush,
    async forget() {
      const target = database;
      database = undefined;
      clearTimeout(timer);
      await writing;
      await target?.clear();
    },
  };
}
