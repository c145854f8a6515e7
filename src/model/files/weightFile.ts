/** One file of weights as its readers see it: by range, or as a stream from its first byte to its last. */
import { isAbsent, type ModelFolder, type StreamOptions } from './modelFolder';

/** Bytes that are worked on at a time. No reader holds more than a few such pieces, whatever the size of a model. */
export const PIECE = 4 * 2 ** 20;

/** A file of at most this many bytes is fetched in one request and stays: two pieces, and the models that come with the page are smaller. */
const HELD = 2 * PIECE;

export interface WeightFile {
  readonly name: string;
  /** Undefined where nobody says before the file has come. */
  readonly bytes: number | undefined;
  /** The first bytes alone: whoever looks at a header fetches no weights with it. */
  head(end: number): Promise<Uint8Array<ArrayBuffer>>;
  range(begin: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** From the first byte to the last, since whoever keeps files and checks their sums needs all of them. */
  stream(options?: StreamOptions): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

async function sizeOf(folder: ModelFolder, name: string): Promise<number | undefined> {
  if (folder.size) return folder.size(name);
  return (await folder.list()).find(({ path }) => path === name)?.bytes;
}

/** @returns undefined where the folder has no such file */
export async function openWeightFile(folder: ModelFolder, name: string): Promise<WeightFile | undefined> {
  try {
    const bytes = await sizeOf(folder, name);
    const range: WeightFile['range'] = (begin, end) => folder.range(name, begin, end);
    const file: WeightFile = { name, bytes, range, head: (end) => range(0, end), stream: (options) => folder.stream(name, options) };
    // Asked for its first byte, a file that is not there says so; places without a list have no other way.
    if (bytes === undefined) await folder.range(name, 0, 1);
    return bytes !== undefined && bytes <= HELD ? heldFile(file) : file;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** A small file that comes whole when the first of its weights is asked for. What fails is forgotten, so that it can be tried again. */
function heldFile(file: WeightFile): WeightFile {
  let coming: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const whole = (options?: StreamOptions) => {
    coming ??= collect(file.stream(options));
    coming.catch(() => { coming = undefined; });
    return coming;
  };
  return {
    name: file.name, bytes: file.bytes,
    head: async (end) => (coming ? (await whole()).subarray(0, end) : file.head(end)),
    range: async (begin, end) => (await whole()).subarray(begin, end),
    async *stream(options) {
      const bytes = await whole(options);
      options?.progress?.(bytes.length);
      yield bytes;
    },
  };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A file that is in memory. */
export function memoryFile(name: string, bytes: Uint8Array<ArrayBuffer>): WeightFile {
  return {
    name, bytes: bytes.length,
    head: (end) => Promise.resolve(bytes.subarray(0, end)),
    range: (begin, end) => Promise.resolve(bytes.subarray(begin, end)),
    async *stream() {
      yield bytes;
    },
  };
}
