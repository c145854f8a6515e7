/**
 * What outlives the page: its runs with their curves and what they have trained, the rows of tables that they or the cards name, and the last snapshot of the run that is
 * going. One tab owns the store; another keeps its own runs in memory until that one is closed. A snapshot and the run it belongs to are
 * written together or not at all; rows are written apart, so that a table too large for this browser takes no run along.
 */
import { dataName } from '../config/sources';
import { isTableMapping, tableKey } from '../config/tables';
import type { HandedTable } from '../protocol/rowMessages';
import type { RunId } from '../protocol/runMessages';
import type { Database } from '../storage/database';
import { QuotaError } from '../storage/shelves';
import { damageOf } from './checkpointFile';
import type { Checkpoints } from './checkpoints';
import type { Context } from './context';
import { keptRun, readKeptRun, recordToGoOn } from './keptRun';
import { type KeptWeights, WEIGHTS } from './keptWeights';
import type { RunList } from './runList';
import type { Recovery, Snapshot } from './recovery';
import { isLive, type RunInfo } from './state';
import type { Tables } from './tables';

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
  /** Removes all that is kept, and keeps nothing from then on. */
  forget(): Promise<void>;
}

export interface Kept {
  runList: RunList;
  checkpoints: Checkpoints;
  recovery: Recovery;
  tables: Pick<Tables, 'held' | 'restore'>;
  weights: KeptWeights;
}

/** Shortest time between two writes, in milliseconds. */
const APART_MS = 1000;
/** Writing may take this part of the time at most. */
const SHARE = 1 / 20;
/** A browser that had no room is asked again after this time, in milliseconds. */
const NO_ROOM_MS = 30_000;
/** A tab that is being loaded again lets go of the store within this time. */
const OWNED_WITHIN_MS = 1000;

/** The name of a checkpoint that comes from no file. */
export const LAST_VISIT = 'the last visit';

const RUN = 'run ';
const TABLE = 'table ';
const SNAPSHOT = 'snapshot';

/** A state of the store that was written, or is to be. */
interface Written {
  runs: Map<RunId, { run: RunInfo; version: number; over: boolean }>;
  tables: Set<string>;
  snapshot: Snapshot | undefined;
}

export function createKeeping({ store, data, redraw, engine }: Context, { runList, checkpoints, recovery, tables, weights }: Kept, place: Place): Keeping {
  const { getState: get, setState: set } = store;
  let database: Database | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds that the last write took. */
  let cost = 0;
  let writing: Promise<void> = Promise.resolve();
  let written: Written = { runs: new Map(), tables: new Set(), snapshot: undefined };
  /** Rows that the browser would not take; asked for again when others have gone. */
  let refusedTables = new Set<string>();

  const refuse = (error: unknown) => {
    const room = error instanceof QuotaError;
    if (!room) database = undefined;
    set({ keeping: { state: 'refused', room, detail: (error as Error).name } });
  };

  /** What differs from what was written, and what will have been written then. */
  const difference = (): { entries: Map<string, unknown>; then: Written } => {
    const { runs, current, phase, goOnFrom, checkpoint } = get();
    const isGoing = isLive(phase) || goOnFrom !== undefined;
    const entries = new Map<string, unknown>();
    const then: Written = { ...written, runs: new Map() };
    runs.filter(({ kind }) => kind !== 'recorded').forEach((run, index) => {
      const points = data.get(run.id)!;
      const over = !(run.id === current && isGoing) && run.id !== checkpoint?.shownAs;
      const before = written.runs.get(run.id);
      then.runs.set(run.id, { run, version: points.version, over });
      if (before?.run !== run || before.version !== points.version || before.over !== over) entries.set(RUN + run.id, keptRun(run, points, index, over));
    });
    for (const id of written.runs.keys()) if (!then.runs.has(id)) entries.set(RUN + id, undefined);
    const latest = recovery.latest();
    // Of a run that is over nothing goes on; one that waits in the page is not thrown away for that.
    then.snapshot = latest?.file && latest.runId === current && isGoing ? latest : checkpoint && written.snapshot;
    if (then.snapshot !== written.snapshot) entries.set(SNAPSHOT, then.snapshot);
    return { entries, then };
  };

  const writeRuns = async (target: Database) => {
    const { entries, then } = difference();
    if (entries.size === 0) return;
    const begun = performance.now();
    await target.write(entries);
    written = { ...then, tables: written.tables };
    cost = performance.now() - begun;
  };

  /** Rows that a run or the cards name are kept, others go. @returns whose rows found no room */
  const writeTables = async (target: Database): Promise<string | undefined> => {
    const { runs, draft, checkpoint } = get();
    const named = new Set([draft, ...runs.filter(({ kind }) => kind !== 'recorded').map(({ config }) => config), ...(checkpoint ? [checkpoint.record.config] : [])]
      .flatMap(({ data: { source, table } }) => (table ? [tableKey(source, table)] : [])));
    const held = tables.held();
    refusedTables = new Set([...refusedTables].filter((key) => named.has(key)));
    const withoutRoom = () => [...refusedTables].flatMap((key) => (held.has(key) ? [dataName(held.get(key)!.source)] : []))[0];
    const entries = new Map<string, HandedTable | undefined>();
    for (const key of named) if (held.has(key) && !written.tables.has(key) && !refusedTables.has(key)) entries.set(TABLE + key, held.get(key));
    for (const key of written.tables) if (!named.has(key)) entries.set(TABLE + key, undefined);
    if (entries.size === 0) return withoutRoom();
    const wanted = [...entries].flatMap(([key, table]) => (table ? [{ key: key.slice(TABLE.length), table }] : []));
    try {
      await target.write(entries);
      written.tables = new Set([...[...written.tables].filter((key) => named.has(key)), ...wanted.map(({ key }) => key)]);
      // Some went, so there may be room for those that were refused.
      if (wanted.length < entries.size) refusedTables = new Set();
    } catch {
      // No room, or a browser that stores no files, as some do in private windows: either way they are to be opened again.
      refusedTables = new Set([...refusedTables, ...wanted.map(({ key }) => key)]);
    }
    return withoutRoom();
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(async () => {
      const target = database;
      if (!target) return;
      await writeRuns(target);
      const withoutRows = await writeTables(target);
      await weights.write(target);
      const { keeping } = get();
      const said = keeping.state === 'kept' ? keeping.withoutRows : undefined;
      if (database && (keeping.state !== 'kept' || withoutRows !== said)) set({ keeping: { state: 'kept', withoutRows } });
    }).catch(refuse);
    return writing;
  };

  const load = async () => {
    const opened = await place.database();
    const all = await opened.all();
    const under = (start: string) => [...all].filter(([key]) => key.startsWith(start)).map(([key, value]) => ({ key: key.slice(start.length), value }));
    const read = under(RUN).map(({ value }) => readKeptRun(value));
    const kept = read.flatMap((found) => (found.ok ? [found] : [])).sort((one, other) => one.place - other.place);
    // What cannot be read is left as it is: another version of the page may be able to.
    const unread = read.flatMap((found) => (found.ok ? [] : [found.sentence]));
    for (const { run, data: points } of kept) {
      if (data.has(run.id)) continue;
      runList.restore(run, points);
      written.runs.set(run.id, { run, version: points.version, over: false });
    }
    const rows = under(TABLE).map(({ value }) => value).filter(isHandedTable);
    written.tables = new Set(under(TABLE).map(({ key }) => key));
    tables.restore(rows);
    weights.restore(under(WEIGHTS));
    if (unread.length > 0) set({ notice: `${unread.length === 1 ? 'A run' : `${unread.length} runs`} of an earlier visit cannot be read here and ${unread.length === 1 ? 'is' : 'are'} left out; all others are here. ${unread[0]}` });
    offer(kept, all.get(SNAPSHOT) as Snapshot | undefined);
    database = opened;
    set({ keeping: { state: 'kept' } });
    redraw.request();
    if (get().checkpoint?.fileName === LAST_VISIT && place.goesOn()) whenReady(() => checkpoints.goOn());
    // What came before this tab was the owner is to be kept too.
    soon();
  };

  /** Offers to go on with the run that was going, if nobody has begun anything meanwhile. */
  const offer = (kept: readonly { run: RunInfo; over: boolean }[], snapshot: Snapshot | undefined) => {
    const going = kept.find(({ run, over }) => run.id === snapshot?.runId && !over);
    const points = going && data.get(going.run.id);
    if (!snapshot?.file || !points || get().checkpoint !== undefined || get().current !== undefined) return;
    const { run } = going;
    const damage = damageOf(snapshot.file);
    if (damage !== undefined) return set({ notice: `${run.name} was going when this page was left, and cannot go on: what was kept of its weights is damaged (${damage}). Its curves are below; start it again.` });
    written.snapshot = snapshot;
    return set({ checkpoint: { fileName: LAST_VISIT, step: snapshot.step, file: snapshot.file, record: recordToGoOn(run, points), shownAs: run.id } });
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
    const early = await Promise.race([owner.then(() => true), new Promise<boolean>((resolve) => { setTimeout(resolve, OWNED_WITHIN_MS, false); })]);
    if (!early) set({ keeping: { state: 'elsewhere' } });
    await owner;
    await load();
  };
  void begin().catch(refuse);

  const soon = () => {
    if (database) timer ??= setTimeout(() => void flush(), get().keeping.state === 'refused' ? NO_ROOM_MS : Math.max(APART_MS, cost / SHARE));
  };
  store.subscribe((state, before) => {
    if (state.runs !== before.runs || state.phase !== before.phase || state.checkpoint !== before.checkpoint || state.weights !== before.weights || state.heldTables !== before.heldTables || state.draft.data !== before.draft.data) soon();
  });
  engine.subscribe(({ type }) => type === 'snapshotted' && soon());

  return {
    flush,
    async forget() {
      const target = database;
      database = undefined;
      clearTimeout(timer);
      await writing;
      // A tab that is not the owner can empty the store as well; what the owner holds it writes again.
      await (target ?? await place.database().catch(() => undefined))?.clear();
    },
  };
}

function isHandedTable(value: unknown): value is HandedTable {
  const { source, table, rows } = (value ?? {}) as Partial<HandedTable>;
  return typeof source === 'string' && isTableMapping(table) && rows instanceof Blob;
}
