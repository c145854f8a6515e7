/** A table that somebody gives the page: what it holds, how they want it read, and handing its rows to the engine. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../config/config';
import { readReference } from '../config/sources';
import { tableKey } from '../config/tables';
import type { HandedTable } from '../protocol/rowMessages';
import type { TableSet, Wishes } from '../protocol/tableMessages';
import type { Context } from './context';
import type { Edits } from './edits';
import type { Looked, TablesLink } from './tablesClient';

export interface TableState {
  name: string | undefined;
  /** What was chosen otherwise than it was found. */
  wishes: Wishes;
  reading: boolean;
  /** The last table that was read; it stays until the next one is. */
  looked: Looked | undefined;
  /** Whether it is the one that the cards name, from a link or a record. */
  isNamed: boolean;
  fault: string | undefined;
}

export interface GivenFile {
  path: string;
  blob: Blob;
}

export interface Tables {
  store: StoreApi<TableState>;
  open(name: string, files: readonly GivenFile[]): Promise<void>;
  /** Reads the same files another way. */
  choose(wishes: Wishes): Promise<void>;
  /** Says what a file is for. */
  assign(path: string, part: TableSet['part']): Promise<void>;
  /** Reads them as they are found. */
  forget(): Promise<void>;
  /** Takes the rows that were read in place of what the cards name. */
  use(): void;
  /** Tells a new engine what only the old one had. */
  remind(): void;
  /** Hands over the rows of a run that is about to begin, where the engine may have put others in their place. */
  ready(data: RunConfig['data']): void;
  /** All rows that this page has, by `tableKey`. */
  held(): ReadonlyMap<string, HandedTable>;
  /** Takes back rows of an earlier visit; changes nothing on the cards. */
  restore(tables: readonly HandedTable[]): void;
}

export function createTables(link: TablesLink, { store: page, engine }: Pick<Context, 'store' | 'engine'>, edits: Pick<Edits, 'useTable'>): Tables {
  const store = createStore<TableState>(() => ({ name: undefined, wishes: {}, reading: false, looked: undefined, isNamed: false, fault: undefined }));
  let files: readonly GivenFile[] = [];
  let parts: Record<string, TableSet['part']> | undefined;
  let asked = 0;
  /** Tables whose rows the engine was given, by their key. */
  const handed = new Map<string, HandedTable>();

  /** Reads what a link or record names as that says. */
  const wanted = (fingerprint: string): Wishes | undefined => {
    const { source, table } = page.getState().draft.data;
    const reference = table && readReference(source);
    return reference?.kind === 'local' && reference.fingerprint === fingerprint ? table!.read : undefined;
  };

  const read = async (name: string, wishes: Wishes, isFirst = false): Promise<void> => {
    const mine = ++asked;
    store.setState({ name, wishes, reading: true, fault: undefined });
    const { seed } = page.getState().draft;
    const ask = (how: Wishes) => link.read({ name, files: [...files], parts, wishes: how, seed });
    try {
      let looked = await ask(wishes);
      const named = mine === asked ? wanted(looked.fingerprint) : undefined;
      if (isFirst && named) {
        looked = await ask(named);
        if (mine === asked) store.setState({ wishes: named });
      }
      if (mine === asked) store.setState({ looked, isNamed: named !== undefined, reading: false });
    } catch (error) {
      if (mine === asked) store.setState({ fault: (error as Error).message, reading: false });
    }
  };
  const again = async (wishes: Wishes): Promise<void> => {
    const { name } = store.getState();
    if (name !== undefined) await read(name, wishes);
  };
  /** The engine keeps only those that came last. */
  let last: string | undefined;
  const hand = (table: HandedTable) => {
    last = tableKey(table.source, table.table);
    engine.post({ type: 'take_rows', ...table });
  };
  const hold = (tables: readonly HandedTable[]) => {
    for (const table of tables) handed.set(tableKey(table.source, table.table), table);
    page.setState({ heldTables: [...handed.keys()] });
  };
  const remind = () => {
    const { data } = page.getState().draft;
    const draft = data.table && tableKey(data.source, data.table);
    // A run that is taken up again may be of another table than the cards name; what they name comes last, so that it is kept.
    for (const [key, table] of handed) if (key !== draft) hand(table);
    const held = draft === undefined ? undefined : handed.get(draft);
    if (held) hand(held);
  };

  return {
    store,
    async open(name, given) {
      files = given;
      parts = undefined;
      await read(name, {}, true);
    },
    choose: (wishes) => again({ ...store.getState().wishes, ...wishes }),
    async assign(path, part) {
      parts = { ...store.getState().looked?.parts, ...parts, [path]: part };
      await again(store.getState().wishes);
    },
    forget: () => again({}),
    use() {
      const { looked } = store.getState();
      if (!looked?.handed) return;
      const { source, table } = looked.handed;
      hold([looked.handed]);
      hand(looked.handed);
      edits.useTable(source, table, looked.sets.find(({ part }) => part === 'training')?.rows ?? table.rows);
    },
    remind,
    ready({ source, table }) {
      const key = table && tableKey(source, table);
      const held = key === undefined || key === last ? undefined : handed.get(key);
      if (held) hand(held);
    },
    held: () => handed,
    restore(tables) {
      if (tables.length === 0) return;
      hold(tables.filter(({ source, table }) => !handed.has(tableKey(source, table))));
      remind();
      const { source, table } = page.getState().draft.data;
      // The same table: the cards only learn that it is here.
      if (table && handed.has(tableKey(source, table))) edits.useTable(source, table, table.rows);
    },
  };
}
