/** A small table of the browser's (IndexedDB): values by name, of which several are written at once or not at all. Knows no domain. */
import { openDB } from 'idb';
import { QuotaError } from './shelves';

const TABLE = 'entries';

export interface Database {
  all(): Promise<Map<string, unknown>>;
  /** Puts and removes in one transaction; undefined removes. @throws QuotaError where there is no room for it */
  write(entries: ReadonlyMap<string, unknown>): Promise<void>;
  clear(): Promise<void>;
}

/** @throws where the browser has none, or grants none (private windows) */
export async function openDatabase(name: string): Promise<Database> {
  const database = await openDB(name, 1, { upgrade: (made) => void made.createObjectStore(TABLE) });
  return {
    async all() {
      const { store } = database.transaction(TABLE);
      const [names, values] = await Promise.all([store.getAllKeys(), store.getAll() as Promise<unknown[]>]);
      return new Map(names.map((key, index) => [String(key), values[index]]));
    },
    async write(entries) {
      try {
        const { store, done } = database.transaction(TABLE, 'readwrite');
        await Promise.all([...[...entries].map(([key, value]) => (value === undefined ? store.delete(key) : store.put(value, key))), done]);
      } catch (error) {
        throw (error as Error).name === 'QuotaExceededError' ? new QuotaError((error as Error).message) : error;
      }
    },
    clear: () => database.clear(TABLE),
  };
}
