/** A place with the files of a checkpoint: what of a source (`src/sources`) reading a model needs. Any `Source` is one. */

export interface StreamOptions {
  signal?: AbortSignal;
  /** Told after every piece how many bytes of the file are here. */
  progress?: (bytes: number) => void;
}

export interface ModelFolder {
  /** As people know it. */
  readonly name: string;
  /** Files with their sizes, as far as the place says. */
  list(): Promise<readonly { path: string; bytes?: number }[]>;
  /** Length of one file where that is cheaper to find than the list; undefined where nobody says. */
  size?(path: string): Promise<number | undefined>;
  /** A whole small file. @throws with the file's name */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Bytes `begin` to `end`, without the one at `end`; fewer where the file ends before. */
  range(path: string, begin: number, end: number, options?: StreamOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** All bytes in order, as they come. */
  stream(path: string, options?: StreamOptions): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** Whether a file is simply not there, as every source says it. */
export const isAbsent = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'no_file';

/** A folder of files that are in memory already. */
export function heldFolder(name: string, files: ReadonlyMap<string, Uint8Array>): ModelFolder {
  const reading = folderReading(name, async (path) => {
    const found = files.get(path);
    if (!found) throw new Error(`${path}: is not in ${name}; choose a complete folder`);
    return found.slice();
  });
  return { ...reading, size: undefined, list: () => Promise.resolve([...files].map(([path, { length }]) => ({ path, bytes: length }))) };
}

/** What lies below `path` of a folder, such as the `model` of a golden case. */
export function subfolder(folder: ModelFolder, path: string): ModelFolder {
  const at = (file: string) => `${path}/${file}`;
  return {
    name: folder.name,
    list: async () => (await folder.list()).flatMap((file) => (file.path.startsWith(at('')) ? [{ ...file, path: file.path.slice(path.length + 1) }] : [])),
    size: folder.size && ((file) => folder.size!(at(file))),
    read: (file) => folder.read(at(file)),
    range: (file, begin, end, options) => folder.range(at(file), begin, end, options),
    stream: (file, options) => folder.stream(at(file), options),
  };
}

/** A folder of which nothing is known but how a whole file is read, and that reading throws where there is none. */
export function folderReading(name: string, read: (path: string) => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>): ModelFolder {
  const bytesOf = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
    const bytes = await read(path).catch((error: unknown) => { throw Object.assign(error as Error, { code: 'no_file' }); });
    return new Uint8Array(bytes);
  };
  return {
    name,
    list: () => Promise.resolve([]),
    size: async (path) => (await bytesOf(path)).length,
    read: bytesOf,
    range: async (path, begin, end) => (await bytesOf(path)).slice(begin, end),
    async *stream(path) {
      yield await bytesOf(path);
    },
  };
}
