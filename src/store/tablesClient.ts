/** The page's end of the conversation with the worker that reads tables. It is spawned with the first file. */
import type { FromTables, ToTables } from '../protocol/tableReading';

export type Looked = Extract<FromTables, { report: unknown }>;

/** What the page needs to have tables read. */
export interface TablesLink {
  /** @throws Error with a sentence, where the worker fails; what is wrong with the file is in the report */
  read(asked: Omit<ToTables, 'id'>): Promise<Looked>;
}

const spawnWorker = () => new Worker(new URL('../tables.worker.ts', import.meta.url), { type: 'module', name: 'tables' });

export function createTablesClient(spawn: () => Worker = spawnWorker): TablesLink {
  let worker: Worker | undefined;
  let last = 0;
  const waiting = new Map<number, (answer: FromTables) => void>();

  const open = () => {
    const current = spawn();
    current.onmessage = ({ data }: MessageEvent<FromTables>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
    current.onerror = (event) => {
      event.preventDefault();
      // What it holds is lost, most likely memory it could not get; the next file has a new one.
      current.terminate();
      if (worker === current) worker = undefined;
      for (const [id, tell] of waiting) tell({ id, detail: event.message || 'the worker could not be loaded' });
      waiting.clear();
    };
    return current;
  };

  return {
    async read(asked) {
      const id = ++last;
      worker ??= open();
      const answer = await new Promise<FromTables>((resolve) => {
        waiting.set(id, resolve);
        worker!.postMessage({ id, ...asked });
      });
      if ('detail' in answer) throw new Error(`${asked.name} could not be read (${answer.detail}). Try a smaller part of it.`);
      return answer;
    },
  };
}
