/** A table that somebody gives the page: what it holds, and how they want it read. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Wishes } from '../protocol/tableMessages';
import type { Looked, TablesLink } from './tablesClient';

export interface TableState {
  name: string | undefined;
  /** What was chosen otherwise than it was found. */
  wishes: Wishes;
  reading: boolean;
  /** The last table that was read; it stays until the next one is. */
  looked: Looked | undefined;
  fault: string | undefined;
}

export interface Tables {
  store: StoreApi<TableState>;
  open(name: string, file: Blob): Promise<void>;
  /** Reads the same file another way. */
  choose(wishes: Wishes): Promise<void>;
  /** Reads it as it is found. */
  forget(): Promise<void>;
}

export function createTables(link: TablesLink): Tables {
  const store = createStore<TableState>(() => ({ name: undefined, wishes: {}, reading: false, looked: undefined, fault: undefined }));
  let file: Blob | undefined;
  let asked = 0;

  const read = async (name: string, wishes: Wishes): Promise<void> => {
    const mine = ++asked;
    store.setState({ name, wishes, reading: true, fault: undefined });
    try {
      const looked = await link.read(name, file!, wishes);
      if (mine === asked) store.setState({ looked, reading: false });
    } catch (error) {
      if (mine === asked) store.setState({ fault: (error as Error).message, reading: false });
    }
  };
  const again = async (wishes: Wishes): Promise<void> => {
    const { name } = store.getState();
    if (name !== undefined) await read(name, wishes);
  };

  return {
    store,
    async open(name, given) {
      file = given;
      await read(name, {});
    },
    choose: (wishes) => again({ ...store.getState().wishes, ...wishes }),
    forget: () => again({}),
  };
}
