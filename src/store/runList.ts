/** The runs that are overlaid: colours, pins, names, removal, and the way to files and back. */
import type { Change, RunConfig } from '../config/config';
import { nameOfRun, sameData, withChanges } from '../config/diff';
import { referenceConfig } from '../config/presets';
import type { RunId } from '../protocol/runMessages';
import type { RunRecord } from '../protocol/run';
import type { Checkpoint } from './checkpointFile';
import type { Context } from './context';
import { readRecords } from './recordFile';
import { RunData } from './runData';
import { factsOf, type RunInfo } from './state';

/** Colours to tell runs apart by; beyond that nobody can. */
export const RUN_COLOURS = 8;

/** Finished runs of the queue that are drawn beside a person's own. */
const QUEUED_SHOWN = 4;

export interface RunList {
  add(id: RunId, config: RunConfig, changes: Change[], device: string): void;
  /** Adds a finished run of the queue. Of those only the last few stay in the list, and they take nobody's place but each other's. */
  addQueued(record: RunRecord): void;
  /** Puts a run that goes on in the place of the one that shows its curves so far. */
  goOn(id: RunId, checkpoint: Checkpoint, device: string): void;
  update(id: RunId, part: Partial<RunInfo>): void;
  appendChange(id: RunId, change: Change): void;
  remove(id: RunId): void;
  /** Removes all that are neither current nor pinned. */
  clearOthers(): void;
  /** Answers the run's id here. */
  addRecord(record: RunRecord, kind: 'recorded' | 'loaded'): RunId;
  /** Puts back a run of an earlier visit. */
  restore(run: RunInfo, points: RunData): void;
  /** Adds the runs of a dropped file; what cannot be read becomes a notice. */
  open(text: string, fileName: string): void;
  /** Records of what is visible, for a download. */
  records(): RunRecord[];
}


export function freeColour(runs: readonly RunInfo[]): number {
  const counts = Array.from({ length: RUN_COLOURS }, (_, colour) => runs.filter((run) => run.colour === colour).length);
  return counts.indexOf(Math.min(...counts));
}

/** Two runs of one name get a number, so that sentences about them can be told apart. */
function distinct(name: string, runs: readonly RunInfo[]): string {
  const taken = new Set(runs.map((run) => run.name));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} (${number})`)) number += 1;
  return `${name} (${number})`;
}

export function effectiveConfig(run: Pick<RunInfo, 'config' | 'changes'>): RunConfig {
  return withChanges(run.config, run.changes);
}

/** What a run is compared with: the pinned ones, and where nothing is pinned the one before it. */
export function referencesFor(run: RunInfo, runs: readonly RunInfo[]): RunInfo[] {
  const others = runs.filter((other) => other.id !== run.id && !other.hidden && sameData(other.config, run.config));
  const pinned = others.filter((other) => other.pinned);
  return pinned.length ? pinned : others.filter(({ kind }) => kind !== 'recorded').slice(-1);
}

export function recordOf(run: RunInfo, data: RunData): RunRecord {
  const { id, name, createdAt, device, config, changes, test, texts, scores } = run;
  return { format: 'lora-dropout-run', version: 1, id, name, createdAt, device, config, changes, ...data.toRecord(), ...(test && { test }), ...(texts && { texts }), ...(scores && { scores }) };
}

export function createRunList({ store, data, redraw }: Context): RunList {
  const automaticName = (config: RunConfig, changes: Change[]) => nameOfRun(config, changes, referenceConfig('baseline', config, factsOf(store.getState(), config.model.source)));
  const setRuns = (map: (runs: RunInfo[]) => RunInfo[]) => {
    store.setState(({ runs }) => ({ runs: map(runs) }));
    redraw.request();
  };
  const keep = (wanted: (run: RunInfo) => boolean) => {
    setRuns((runs) => runs.filter(wanted));
    const left = new Set(store.getState().runs.map((run) => run.id));
    for (const id of data.keys()) if (!left.has(id)) data.delete(id);
  };
  const update = (id: RunId, part: Partial<RunInfo>) => setRuns((runs) => runs.map((run) => (run.id === id ? { ...run, ...part } : run)));
  const addRecord = (record: RunRecord, kind: 'recorded' | 'loaded') => {
    const { runs } = store.getState();
    const id = data.has(record.id) ? `${record.id}-${crypto.randomUUID().slice(0, 8)}` : record.id;
    data.set(id, RunData.fromRecord(record));
    const { name, createdAt, device, config, changes, test, texts, scores } = record;
    setRuns((all) => [...all, {
      id, name: distinct(kind === 'recorded' ? `${name}, recorded` : name, runs), renamed: true, colour: kind === 'recorded' ? -1 : freeColour(runs), kind, createdAt, device, config, changes,
      pinned: kind === 'loaded', hidden: false, ...(test && { test }), ...(texts && { texts }), ...(scores && { scores }),
    }]);
    return id;
  };

  return {
    update,
    addRecord,
    add(id, config, changes, device) {
      const drawn = store.getState().runs.filter((other) => other.kind !== 'recorded');
      // The oldest that nobody pinned makes room, and gives its colour away.
      const oldest = drawn.length >= RUN_COLOURS ? drawn.find((other) => !other.pinned) : undefined;
      if (oldest) keep((other) => other.id !== oldest.id);
      const { runs } = store.getState();
      data.set(id, new RunData());
      // Changes of a link come back as `changed` events when they are replayed, so the run starts without them.
      const run: RunInfo = {
        coming: changes,
        id, name: distinct(automaticName(config, changes), runs), renamed: false, colour: freeColour(runs), kind: 'live',
        createdAt: new Date().toISOString(), device, config, changes: [], pinned: false, hidden: false,
      };
      setRuns((all) => [...all, run]);
    },
    addQueued(record) {
      const before = store.getState().runs.filter(({ queued, pinned, id }) => queued && !pinned && id !== store.getState().current);
      const going = new Set(before.slice(0, Math.max(0, before.length - QUEUED_SHOWN + 1)).map(({ id }) => id));
      if (going.size > 0) keep(({ id }) => !going.has(id));
      const { runs } = store.getState();
      const { id, name, createdAt, device, config, changes, test } = record;
      data.set(id, RunData.fromRecord(record));
      setRuns((all) => [...all, { id, name: distinct(name, runs), renamed: true, colour: freeColour(runs), kind: 'live', queued: true, createdAt, device, config, changes, pinned: false, hidden: false, ...(test && { test }) }]);
    },
    goOn(id, { record, step, ...opened }, device) {
      const { runs, checkpoint } = store.getState();
      const shown = checkpoint?.file === opened.file ? runs.find((run) => run.id === checkpoint.shownAs) : undefined;
      data.set(id, RunData.fromRecord(record, step));
      const { name, createdAt, config, changes, texts } = record;
      const run: RunInfo = {
        id, name: shown?.name ?? distinct(name, runs), renamed: shown?.renamed ?? true, colour: shown?.colour ?? freeColour(runs), kind: 'live', createdAt, device,
        config, changes: changes.filter((change) => change.step <= step), coming: changes, pinned: shown?.kind === 'live' && shown.pinned, hidden: false, ...(texts && { texts }),
      };
      if (shown) data.delete(shown.id);
      setRuns((all) => [...all.filter((other) => other !== shown), run]);
    },
    appendChange(id, change) {
      const run = store.getState().runs.find((other) => other.id === id);
      if (!run) return;
      const changes = [...run.changes, change];
      const others = store.getState().runs.filter((other) => other.id !== id);
      update(id, { changes, ...(run.renamed ? {} : { name: distinct(automaticName(run.config, changes), others) }) });
    },
    restore(run, points) {
      data.set(run.id, points);
      setRuns((all) => [...all, run]);
    },
    remove: (id) => keep((run) => run.id !== id),
    clearOthers: () => keep((run) => run.pinned || run.id === store.getState().current),
    open(text, fileName) {
      const bad: string[] = [];
      for (const found of readRecords(text, fileName)) {
        if (found.ok) addRecord(found.record, 'loaded');
        const said = found.ok ? found.note : found.sentence;
        if (said) bad.push(said);
      }
      store.setState({ notice: bad[0] });
    },
    records: () => store.getState().runs.filter((run) => !run.hidden && run.kind !== 'recorded').map((run) => recordOf(run, data.get(run.id)!)),
  };
}
