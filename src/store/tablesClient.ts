/** The page's end of the conversation with the worker that reads tables. It is spawned with the first question. */
import type { DatasetOffer } from '../protocol/datasetMessages';
import type { FromTables, LoadAsked, MeasureAsked, MeasuredTable, ReadAsked, ToTables } from '../protocol/tableReading';

export type Looked = Extract<FromTables, { report: unknown }>;
type Asked = ToTables extends infer One ? One extends { id: number } ? Omit<One, 'id'> : never : never;

/** What the page needs to have tables read. All throw an Error with a sentence. */
export interface TablesLink {
  /** What is wrong with the file is in the report. */
  read(asked: ReadAsked): Promise<Looked>;
  offer(text: string): Promise<DatasetOffer>;
  /** @param progress told how many bytes have come */
  load(asked: LoadAsked, progress: (bytes: number) => void): Promise<Looked>;
  /** The table that was read last, in tokens. */
  measure(asked: MeasureAsked): Promise<MeasuredTable>;
  authorise(token: string | undefined): void;
}

const spawnWorker = () => new Worker(new URL('../tables.worker.ts', import.meta.url), { type: 'module', name: 'tables' });

export function createTablesClient(spawn: () => Worker = spawnWorker): TablesLink {
  let worker: Worker | undefined;
  let last = 0;
  let token: string | undefined;
  const waiting = new Map<number, { tell: (answer: FromTables) => void; progress?: (bytes: number) => void }>();

  const open = () => {
    const current = spawn();
    current.onmessage = ({ data }: MessageEvent<FromTables>) => {
      const asker = waiting.get(data.id);
      if ('bytes' in data) return asker?.progress?.(data.bytes);
      waiting.delete(data.id);
      asker?.tell(data);
    };
    current.onerror = (event) => {
      event.preventDefault();
      // What it holds is lost, most likely memory it could not get; the next file has a new one.
      current.terminate();
      if (worker === current) worker = undefined;
      for (const [id, { tell }] of waiting) tell({ id, detail: event.message || 'the worker could not be loaded' });
      waiting.clear();
    };
    if (token !== undefined) current.postMessage({ id: 0, type: 'authorise', token } satisfies ToTables);
    return current;
  };

  const ask = (asked: Asked, progress?: (bytes: number) => void): Promise<FromTables> => {
    const id = ++last;
    worker ??= open();
    return new Promise((tell) => {
      waiting.set(id, { tell, progress });
      worker!.postMessage({ id, ...asked });
    });
  };
  const answerOf = async <K extends 'report' | 'offer' | 'measured'>(answer: Promise<FromTables>, kind: K, say: (detail: string) => string): Promise<Extract<FromTables, Record<K, unknown>>> => {
    const found = await answer;
    if (!(kind in found)) throw new Error(say('detail' in found ? found.detail : 'another answer came'));
    return found as Extract<FromTables, Record<K, unknown>>;
  };
  const plainly = (detail: string) => `${detail.charAt(0).toUpperCase()}${detail.slice(1).replace(/\.$/, '')}.`;

  return {
    read: (asked) => answerOf(ask({ type: 'read', ...asked }), 'report', (detail) => `${asked.name} could not be read (${detail}). Try a smaller part of it.`),
    offer: async (text) => (await answerOf(ask({ type: 'offer', text }), 'offer', plainly)).offer,
    load: (asked, progress) => answerOf(ask({ type: 'load', ...asked }, progress), 'report', plainly),
    measure: async (asked) => (await answerOf(ask({ type: 'measure', ...asked }), 'measured', plainly)).measured,
    authorise(given) {
      token = given;
      worker?.postMessage({ id: 0, type: 'authorise', token } satisfies ToTables);
    },
  };
}
