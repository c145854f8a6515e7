/** A table that somebody gives the page: what it holds, how they want it read, and handing its rows to the engine. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../config/config';
import { dataPreset, type DataPresetName } from '../config/dataPresets';
import { isVirtual } from '../config/peft';
import { dataName, readReference } from '../config/sources';
import { type Part, PARTS, tableKey } from '../config/tables';
import type { DatasetOffer } from '../protocol/datasetMessages';
import type { ModelEvent } from '../protocol/modelMessages';
import type { HandedTable } from '../protocol/rowMessages';
import type { TableSet, Wishes } from '../protocol/tableMessages';
import type { MeasuredTable } from '../protocol/tableReading';
import type { Context } from './context';
import type { Edits } from './edits';
import type { Looked, TablesLink } from './tablesClient';

export interface TableState {
  name: string | undefined;
  /** What was chosen otherwise than it was found. */
  wishes: Wishes;
  /** The set of the paper that it is said to be. */
  preset: DataPresetName | undefined;
  reading: boolean;
  /** Bytes that have come of what lies elsewhere. */
  bytes: number | undefined;
  /** What a dataset elsewhere has to choose from. */
  offer: DatasetOffer | undefined;
  /** The last table that was read; it stays until the next one is. */
  looked: Looked | undefined;
  /** The same in tokens of the model of the cards, once that is known. */
  measured: MeasuredTable | undefined;
  /** Whether it is the one that the cards name, from a link or a record. */
  isNamed: boolean;
  fault: string | undefined;
}

export interface GivenFile {
  path: string;
  blob: Blob;
}

/** What is read again with every choice, under the name that it came with. */
type Given = { name: string } & ({ files: readonly GivenFile[]; source?: undefined } | { files?: undefined; source: string });

export interface Tables {
  store: StoreApi<TableState>;
  open(name: string, files: readonly GivenFile[]): Promise<void>;
  /** Asks what a dataset of the Hub or an address has to choose from. */
  look(text: string): Promise<void>;
  /** Fetches files of what was looked at, by what they are for. */
  load(parts: Record<string, Part>): Promise<void>;
  /** Fetches what the cards name. */
  loadNamed(): Promise<void>;
  /** Says which set of the paper it is. */
  mirror(preset: DataPresetName | undefined): Promise<void>;
  /** Reads the same files another way. */
  choose(wishes: Wishes): Promise<void>;
  /** Says what a file is for. */
  assign(path: string, part: TableSet['part']): Promise<void>;
  /** Reads them as they are found. */
  forget(): Promise<void>;
  /** Has what was read measured in tokens of the model of the cards. */
  measure(): void;
  /** A tokenizer came from the engine. */
  lent(event: Extract<ModelEvent, { type: 'lent' }>): void;
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
  authorise(token: string | undefined): void;
}

export function createTables(link: TablesLink, { store: page, engine }: Pick<Context, 'store' | 'engine'>, edits: Pick<Edits, 'useTable'>): Tables {
  const store = createStore<TableState>(() => ({ name: undefined, wishes: {}, preset: undefined, reading: false, bytes: undefined, offer: undefined, looked: undefined, measured: undefined, isNamed: false, fault: undefined }));
  let given: Given | undefined;
  let parts: Record<string, Part> | undefined;
  let asked = 0;
  /** How often it was measured: the last one counts. */
  let asks = 0;
  /** Tables whose rows the engine was given, by their key. */
  const handed = new Map<string, HandedTable>();

  /** How a link or record that names this table says it is read. */
  const wanted = (reference: string, fingerprint: string) => {
    const { source, table } = page.getState().draft.data;
    const named = table && readReference(source);
    const isIt = named?.kind === 'local' ? named.fingerprint === fingerprint : source === reference;
    return named && isIt ? table : undefined;
  };

  const ask = (given: Given, wishes: Wishes): Promise<Looked> => {
    const { seed } = page.getState().draft;
    const { preset } = store.getState();
    const how = { parts, wishes, seed, preset };
    if (given.source === undefined) return link.read({ name: given.name, files: [...given.files], ...how });
    return link.load({ ...how, source: given.source, parts: parts ?? {} }, (bytes) => store.setState({ bytes }));
  };

  const read = async (what: Given, wishes: Wishes, isFirst = false): Promise<void> => {
    const mine = ++asked;
    given = what;
    store.setState({ name: what.name, wishes, reading: true, bytes: undefined, fault: undefined });
    try {
      let looked = await ask(what, wishes);
      const named = mine === asked ? wanted(what.source ?? '', looked.fingerprint) : undefined;
      if (isFirst && named) {
        store.setState({ wishes: named.read, preset: named.mirrors });
        looked = await ask(what, named.read);
      }
      if (mine !== asked) return;
      const isOther = named?.fingerprint !== undefined && named.fingerprint !== looked.fingerprint;
      store.setState({ looked, isNamed: named !== undefined && !isOther, reading: false, bytes: undefined, measured: undefined, ...(isOther && { fault: `This is no longer the file that the settings name: its fingerprint is ${looked.fingerprint.slice(0, 8)} instead of ${named.fingerprint!.slice(0, 8)}. Its rows are others, and so would the run be.` }) });
      measure();
    } catch (error) {
      if (mine === asked) store.setState({ fault: (error as Error).message, reading: false, bytes: undefined });
    }
  };
  const again = async (wishes: Wishes): Promise<void> => {
    if (given) await read(given, wishes);
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
  const measure = () => {
    if (store.getState().looked?.handed) engine.post({ type: 'lend_tokenizer', source: page.getState().draft.model.source });
  };

  return {
    store,
    async open(name, files) {
      parts = undefined;
      store.setState({ offer: undefined });
      await read({ name, files }, {}, true);
    },
    async look(text) {
      const mine = ++asked;
      store.setState({ name: text, reading: true, offer: undefined, fault: undefined });
      try {
        const offer = await link.offer(text);
        if (mine === asked) store.setState({ name: offer.name, offer, reading: false });
      } catch (error) {
        if (mine === asked) store.setState({ fault: (error as Error).message, reading: false });
      }
    },
    async load(chosen) {
      const { offer } = store.getState();
      if (!offer) return;
      parts = chosen;
      await read({ name: offer.name, source: offer.source }, {}, true);
    },
    async loadNamed() {
      const { source, table } = page.getState().draft.data;
      if (!table) return;
      parts = Object.fromEntries(PARTS.flatMap((part) => (table.files[part] ?? []).map((path) => [path, part])));
      store.setState({ preset: table.mirrors, offer: undefined });
      await read({ name: dataName(source), source }, table.read, true);
    },
    async mirror(preset) {
      store.setState({ preset, ...(preset !== undefined && { offer: undefined }) });
      await again(store.getState().wishes);
    },
    choose: (wishes) => again({ ...store.getState().wishes, ...wishes }),
    async assign(path, part) {
      parts = { ...store.getState().looked?.parts, ...parts, [path]: part };
      await again(store.getState().wishes);
    },
    forget: () => again({}),
    measure,
    lent({ source, tokenizer, longest, obstacle }) {
      const { draft: { model, data } } = page.getState();
      if (source !== model.source || !store.getState().looked?.handed) return;
      const name = dataName(source);
      const most = data.maxLength || longest - (isVirtual(model.peft) ? model.virtualTokens : 0);
      const nothing = (why: string): MeasuredTable => ({ model: name, longest: most, rows: 0, of: 0, noRoom: 0, preview: [], obstacle: why });
      if (!tokenizer) return store.setState({ measured: nothing(obstacle ?? 'its tokenizer is not read') });
      const { looked } = store.getState();
      const mine = ++asks;
      const show = (measured: MeasuredTable) => mine === asks && looked === store.getState().looked && store.setState({ measured });
      link.measure({ model: name, tokenizer, longest: most }).then(show, (error: unknown) => show(nothing((error as Error).message)));
    },
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
    authorise: (token) => link.authorise(token),
  };
}

/** What the splits of a dataset are for: as a set of the paper has them, else by their names. */
export function partsFor(splits: DatasetOffer['configurations'][number]['splits'], preset: DataPresetName | undefined, name: string): Record<string, Part | ''> {
  const hub = preset && dataPreset(preset).hub;
  const known = hub?.configuration === name ? Object.fromEntries(Object.entries(hub.splits).map(([part, split]) => [split, part as Part])) : undefined;
  return Object.fromEntries(splits.map((split) => [split.name, (known ? known[split.name] : split.part) ?? '']));
}
