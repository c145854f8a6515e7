/** Results, what waits and studies that were brought, kept in this browser by the tab that owns what is kept (keeping.ts); in a table of their own. */
import { readLines } from '../../studies/lines';
import type { Database } from '../../storage/database';
import type { Context } from '../context';
import type { Queue } from './queue';
import type { Queued, QueueState } from './state';

const LINE = 'line ';
const WAITING = 'waiting';
const STUDIES = 'studies';
/** Several results at once are one write. */
const SETTLE_MS = 200;

export interface KeptQueue {
  flush(): Promise<void>;
  /** Removes all, and keeps nothing from then on. */
  forget(): Promise<void>;
}

export const isQueued = (value: unknown): value is Queued => typeof (value as Queued | null)?.link === 'string' && typeof (value as Queued).name === 'string';

/** Texts of studies by name, whatever else is there. */
export const studiesIn = (value: unknown): Record<string, string> => Object.fromEntries(Object.entries((value ?? {}) as Record<string, unknown>).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));

/** What is still to be made. What was going begins anew: its snapshot is in memory alone. */
export const waitingOf = ({ going, waiting }: Pick<QueueState, 'going' | 'waiting'>): Queued[] => [...(going ? [going] : []), ...waiting].map(({ link, name }) => ({ link, name }));

export function keepQueue({ store: queue, addLines, addStudies, restore, cancelAll }: Queue, page: Context['store'], open: () => Promise<Database>): KeptQueue {
  let database: Database | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const written = new Set<string>();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(async () => {
      const { lines, going, waiting, studies } = queue.getState();
      const fresh = [...lines.values()].filter(({ link }) => !written.has(link));
      await database?.write(new Map<string, unknown>([...fresh.map((line): [string, unknown] => [LINE + line.link, JSON.stringify(line)]), [WAITING, waitingOf({ going, waiting })], ...(Object.keys(studies).length > 0 ? [[STUDIES, studies] as const] : [])]));
      if (database) for (const { link } of fresh) written.add(link);
      // No room: the results are in this page still, and are written with the next ones.
    }).catch(() => undefined);
    return writing;
  };

  const load = async () => {
    const opened = await open();
    const all = await opened.all();
    const { lines } = readLines([...all].flatMap(([key, value]) => (key.startsWith(LINE) && typeof value === 'string' ? [value] : [])).join('\n'));
    for (const { link } of lines) written.add(link);
    addLines(lines);
    // One that was brought meanwhile is newer.
    addStudies({ ...studiesIn(all.get(STUDIES)), ...queue.getState().studies });
    const waiting = all.get(WAITING);
    restore(Array.isArray(waiting) ? waiting.filter(isQueued) : []);
    database = opened;
    // What came before this tab was the owner is kept too.
    if (queue.getState().lines.size > written.size) await flush();
  };

  queue.subscribe((state, before) => {
    if (database && (state.lines !== before.lines || state.waiting !== before.waiting || state.studies !== before.studies || state.going?.link !== before.going?.link)) timer ??= setTimeout(() => void flush(), SETTLE_MS);
  });
  const stop = page.subscribe(({ keeping }) => {
    if (keeping.state !== 'kept') return;
    stop();
    void load().catch(() => undefined);
  });

  return {
    flush,
    async forget() {
      stop();
      cancelAll();
      const target = database;
      database = undefined;
      clearTimeout(timer);
      await writing;
      await (target ?? await open().catch(() => undefined))?.clear();
    },
  };
}
