/**
 * Files that outlive a visit, on shelves: a shelf is what was kept under one name (a model at its commit, a dataset), with its files, its
 * size and when it was last used. Knows no model and no dataset. What lies below is a `Directory`: OPFS in a browser, a folder under Node,
 * memory in tests.
 */

/** The least that a place for files can do. Names hold no slash. */
export interface Directory {
  /** Names of what is in it. */
  names(): Promise<string[]>;
  directory(name: string): Promise<Directory>;
  /** Length of a file; undefined where there is none. */
  size(name: string): Promise<number | undefined>;
  read(name: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** A file opened for writing at its end; made where there is none. @throws BusyError where somebody else writes it */
  append(name: string): Promise<Appender>;
  /** Replaces a small file. */
  write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Removes a file or a directory with all that is in it; nothing happens where there is none. */
  remove(name: string): Promise<void>;
}

export interface Appender {
  /** @throws QuotaError where the browser grants no more room */
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Writes out what is held back. */
  close(): Promise<void>;
}

/** There is no room for more. */
export class QuotaError extends Error {
  override name = 'QuotaError';
}

/** Another tab writes the same file. */
export class BusyError extends Error {
  override name = 'BusyError';
}

export interface ShelfEntry {
  name: string;
  bytes: number;
  /** Milliseconds since 1970, as `Date.now()`. */
  used: number;
  /** Whether every file on it was brought to its end. */
  complete: boolean;
}

/** What a shelf remembers of itself. */
interface Label {
  used: number;
  /** Names of files that came to their end and had the right checksum. */
  whole: string[];
  /** Names of files that were begun. */
  begun: string[];
  /** What the keeper wants to know when it comes again without a network. */
  note?: string;
}

const LABEL = 'label.json';

export interface Shelf {
  /** What was noted down here last. */
  readonly note: string | undefined;
  /** Notes something down beside the files. */
  remember(note: string): Promise<void>;
  /** Bytes of a file that are here, 0 where there are none; `whole` once it was finished. */
  state(path: string): Promise<{ bytes: number; whole: boolean }>;
  read(path: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Opens a file for what follows the bytes that are here. @throws BusyError */
  append(path: string): Promise<Appender>;
  /** Says that all bytes of a file are here and right. */
  finish(path: string): Promise<void>;
  /** Throws away what is here of a file. */
  drop(path: string): Promise<void>;
}

const nameOf = (path: string) => `f-${encodeURIComponent(path)}`;

export class Shelves {
  /** One object a shelf, so that two who use it see each other's labels. */
  private readonly opened = new Map<string, Promise<Shelf>>();

  constructor(private readonly root: Directory, private readonly now: () => number = Date.now) {}

  /** The shelf of that name, made where there is none; it counts as used now. */
  open(name: string): Promise<Shelf> {
    const opening = this.opened.get(name) ?? this.make(name);
    this.opened.set(name, opening);
    opening.catch(() => this.opened.delete(name));
    return opening;
  }

  private async make(name: string): Promise<Shelf> {
    const directory = await this.root.directory(encodeURIComponent(name));
    const label = await readLabel(directory);
    // One after the other: two files that come at once would find the label being written, and one of them would not be kept.
    let writing = Promise.resolve();
    const write = () => {
      writing = writing.catch(() => undefined).then(() => directory.write(LABEL, new TextEncoder().encode(JSON.stringify(label))));
      return writing;
    };
    label.used = this.now();
    await write();
    return {
      get note() {
        return label.note;
      },
      async remember(note) {
        label.note = note;
        await write();
      },
      async state(path) {
        const bytes = (await directory.size(nameOf(path))) ?? 0;
        return { bytes, whole: label.whole.includes(path) };
      },
      read: (path, begin, end) => directory.read(nameOf(path), begin, end),
      async append(path) {
        const file = await directory.append(nameOf(path));
        if (!label.begun.includes(path)) {
          label.begun.push(path);
          await write();
        }
        return file;
      },
      async finish(path) {
        if (!label.whole.includes(path)) label.whole.push(path);
        await write();
      },
      async drop(path) {
        await directory.remove(nameOf(path));
        label.whole = label.whole.filter((one) => one !== path);
        label.begun = label.begun.filter((one) => one !== path);
        await write();
      },
    };
  }

  /** Whether there is a shelf of that name, without making one. */
  async has(name: string): Promise<boolean> {
    return (await this.root.names()).includes(encodeURIComponent(name));
  }

  /** Everything that is kept, last used first. */
  async list(): Promise<ShelfEntry[]> {
    const entries = await Promise.all((await this.root.names()).map(async (encoded): Promise<ShelfEntry> => {
      const directory = await this.root.directory(encoded);
      const { used, whole, begun } = await readLabel(directory);
      const sizes = await Promise.all((await directory.names()).filter((name) => name !== LABEL).map((name) => directory.size(name)));
      return { name: decodeURIComponent(encoded), bytes: sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0), used, complete: begun.every((path) => whole.includes(path)) };
    }));
    return entries.sort((a, b) => b.used - a.used);
  }

  remove(name: string): Promise<void> {
    this.opened.delete(name);
    return this.root.remove(encodeURIComponent(name));
  }
}

async function readLabel(directory: Directory): Promise<Label> {
  const size = await directory.size(LABEL);
  const empty: Label = { used: 0, whole: [], begun: [] };
  if (size === undefined) return empty;
  try {
    const label = JSON.parse(new TextDecoder().decode(await directory.read(LABEL, 0, size))) as Partial<Label>;
    const names = (list: unknown) => (Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : []);
    return { used: Number(label.used) || 0, whole: names(label.whole), begun: names(label.begun), note: typeof label.note === 'string' ? label.note : undefined };
  } catch {
    // A visit that ended in the middle of writing it: what is here counts as begun.
    return empty;
  }
}
