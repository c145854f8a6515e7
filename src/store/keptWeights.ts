/**
 * What runs have trained, kept when they are over: the engine holds the weights of one run only, and none after a reload. Each is the file that
 * `resume` takes, of the run's last step, so bringing it back is going on with nothing left to do. Within a bound; the oldest make room.
 */
import type { RunId } from '../protocol/runMessages';
import type { Database } from '../storage/database';
import { bytes } from '../protocol/format';
import { QuotaError } from '../storage/shelves';
import type { Context } from './context';
import type { TrainedFile, TrainedFiles } from './state';

/** Bytes of all files together. */
export const MOST_KEPT = 2 ** 28;

export interface KeptWeights {
  /** Takes what an earlier visit has left, by the ids of runs. */
  restore(entries: readonly { key: string; value: unknown }[]): void;
  /** Takes what a file has, by the ids of runs that are here; what is here stays. Says what found no room. */
  take(files: TrainedFiles): void;
  /** Makes the store the same as what is here. Where there is no room for a file, older ones go, then it stays in memory alone; each is said. */
  write(target: Database): Promise<void>;
}

/** What an entry of the store is called before the run's id. */
export const WEIGHTS = 'weights ';

const isTrained = (value: unknown): value is TrainedFile => {
  const { step, at, file } = (value ?? {}) as Partial<TrainedFile>;
  return Number.isInteger(step) && typeof at === 'number' && file instanceof Blob;
};

/** Ids, the oldest first. */
const byAge = (files: TrainedFiles): RunId[] => Object.keys(files).sort((one, other) => files[one].at - files[other].at);

export function without(files: TrainedFiles, ids: readonly RunId[]): TrainedFiles {
  return Object.fromEntries(Object.entries(files).filter(([id]) => !ids.includes(id)));
}

export function createKeptWeights({ store, engine }: Pick<Context, 'store' | 'engine'>, most = MOST_KEPT): KeptWeights {
  const { getState: get, setState: set } = store;
  /** What a run that goes on was last, and where runs ended; when both are of one step, that file is kept. */
  const latest = new Map<RunId, { step: number; file: Uint8Array<ArrayBuffer> }>();
  const ended = new Map<RunId, number>();
  let written = new Set<RunId>();
  /** Those that the store would not take. */
  const refused = new Set<RunId>();

  const nameOf = (id: RunId) => get().runs.find((run) => run.id === id)?.name ?? 'a run';
  const say = (notice: string) => set({ notice });
  const madeRoom = (ids: readonly RunId[]) => ids.length > 0 && say(`The trained weights of ${ids.map(nameOf).join(' and of ')} made room for newer ones; ${ids.length === 1 ? 'its' : 'their'} curves stay. Take an adapter along while its run is new (the download menu).`);

  const keep = (id: RunId) => {
    const found = latest.get(id);
    if (!found || ended.get(id) !== found.step) return;
    latest.delete(id);
    const file = new Blob([found.file]);
    if (file.size > most) return say(`The trained weights of ${nameOf(id)} take ${bytes(file.size)}, more than is kept of all runs (${bytes(most)}); they are here until the next run begins. Take the adapter along from the download menu.`);
    const all = { ...without(get().weights, [id]), [id]: { step: found.step, at: Date.now(), file } };
    const gone: RunId[] = [];
    let sum = Object.values(all).reduce((total, one) => total + one.file.size, 0);
    for (const old of byAge(all)) {
      if (sum <= most) break;
      if (old === id) continue;
      sum -= all[old].file.size;
      gone.push(old);
    }
    written.delete(id);
    set({ weights: without(all, gone) });
    madeRoom(gone);
  };

  engine.subscribe((event) => {
    if (event.type === 'started') {
      ended.delete(event.runId);
      latest.delete(event.runId);
    } else if (event.type === 'snapshotted') latest.set(event.runId, { step: event.step, file: event.file });
    else if (event.type === 'finished') ended.set(event.runId, event.step);
    else return;
    if (event.type !== 'started') keep(event.runId);
  });

  store.subscribe(({ runs, weights }, before) => {
    if (runs === before.runs) return;
    const orphans = Object.keys(weights).filter((id) => !runs.some((run) => run.id === id));
    if (orphans.length > 0) set({ weights: without(weights, orphans) });
  });

  return {
    restore(entries) {
      const { runs, weights } = get();
      written = new Set(entries.map(({ key }) => key));
      const left = entries.flatMap(({ key, value }) => (isTrained(value) && runs.some(({ id }) => id === key) ? [[key, value] as const] : []));
      set({ weights: { ...Object.fromEntries(left), ...weights } });
    },
    take(files) {
      const { runs, weights } = get();
      const wanted = byAge(files).reverse().filter((id) => !(id in weights) && runs.some((run) => run.id === id));
      const taken: Record<RunId, TrainedFile> = { ...weights };
      let sum = Object.values(weights).reduce((total, one) => total + one.file.size, 0);
      const left = wanted.filter((id) => {
        if (sum + files[id].file.size > most) return true;
        sum += files[id].file.size;
        taken[id] = files[id];
        return false;
      });
      set({ weights: taken });
      if (left.length > 0) say(`The trained weights of ${left.map(nameOf).join(' and of ')} stay in the file: of all runs ${bytes(most)} are kept here. Remove runs and bring the file again.`);
    },
    async write(target) {
      for (;;) {
        const { weights } = get();
        const fresh = Object.keys(weights).filter((id) => !written.has(id) && !refused.has(id));
        const stale = [...written].filter((id) => !(id in weights));
        if (fresh.length + stale.length === 0) return;
        try {
          await target.write(new Map<string, unknown>([...fresh.map((id) => [WEIGHTS + id, weights[id]] as const), ...stale.map((id) => [WEIGHTS + id, undefined] as const)]));
          written = new Set([...[...written].filter((id) => !stale.includes(id)), ...fresh]);
        } catch (error) {
          const oldest = byAge(weights).find((id) => written.has(id) && !fresh.includes(id));
          if (error instanceof QuotaError && oldest !== undefined) {
            set({ weights: without(get().weights, [oldest]) });
            madeRoom([oldest]);
          } else {
            for (const id of fresh) refused.add(id);
            say(`The trained weights of ${fresh.map(nameOf).join(' and of ')} found no room in this browser and are here until the page is left; take the adapter along from the download menu.`);
          }
        }
      }
    },
  };
}
