/**
 * A source whose files are kept: what came once is not fetched again, and a download that broke off goes on where it stopped, in another
 * visit too. Every file's checksum is checked when it has come whole; a file that is wrong is thrown away.
 */
import { referenceText } from '../config/sources';
import { BusyError, QuotaError, type Shelf, type Shelves } from '../storage/shelves';
import { checkedSource, Checksum } from './checksum';
import { collected } from './files';
import type { ReadOptions, Source, SourceFile } from './source';
import { SourceError } from './sourceError';

/** Bytes read from disk at a time. */
const PIECE = 4 * 2 ** 20;

export interface KeptOptions {
  /** Told, once, why files of this source are not kept. The source works all the same. */
  notKept?: (sentence: string) => void;
}

/** Wraps `source`, whose reference has to be pinned. */
export async function keptSource(source: Source, shelves: Shelves, { notKept }: KeptOptions = {}): Promise<Source> {
  let told = false;
  const refuse = (error: unknown) => {
    const sentence = error instanceof QuotaError ? 'The browser grants no more room on this machine, so the model is not kept: it is loaded again next time. Delete models that are kept, or free disk space.'
      : error instanceof BusyError ? 'Another tab keeps the same file at this moment; this one loads it without keeping it.'
      : `The model could not be kept (${(error as Error).message}); it is loaded again next time.`;
    if (!told) notKept?.(sentence);
    told = true;
  };
  let shelf: Shelf;
  try {
    shelf = await shelves.open(referenceText(source.reference));
  } catch (error) {
    refuse(error);
    return checkedSource(source);
  }
  const fileOf = async (path: string, options: ReadOptions): Promise<SourceFile> => (await source.list(options)).find((file) => file.path === path) ?? { path };

  /** All bytes of a file: those that are here first, then the rest, which is kept as it comes. */
  async function* stream(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const file = await fileOf(path, options);
    const { bytes: here, whole } = await shelf.state(path);
    const checksum = whole ? undefined : new Checksum(file);
    let at = 0;
    for (; at < here; at = Math.min(here, at + PIECE)) {
      const piece = await shelf.read(path, at, Math.min(here, at + PIECE));
      checksum?.add(piece);
      options.progress?.(at + piece.length);
      yield piece;
    }
    if (whole) return;
    const keeper = await shelf.append(path).catch(refuse);
    let keeping = keeper;
    try {
      for await (const piece of source.stream(path, { ...options, from: here })) {
        checksum!.add(piece);
        await keeping?.append(piece).catch((error: unknown) => {
          refuse(error);
          keeping = undefined;
        });
        yield piece;
      }
    } finally {
      await keeper?.close();
    }
    try {
      checksum!.finish();
    } catch (error) {
      await shelf.drop(path);
      throw error;
    }
    if (keeping) await shelf.finish(path).catch(refuse);
  }

  return {
    reference: source.reference, name: source.name, licence: source.licence,
    keeps: true,
    here: async (path) => (await shelf.state(path)).bytes,
    list: (options) => source.list(options),
    size: source.size && ((path) => source.size!(path)),
    read: (path, options) => collected(path, stream(path, options)),
    async range(path, begin, end, options) {
      const { bytes } = await shelf.state(path);
      return end <= bytes ? shelf.read(path, begin, end) : source.range(path, begin, end, options);
    },
    async *stream(path, options = {}) {
      if (options.from !== undefined && options.from > 0) throw new SourceError('damaged', path, 'a kept file is read from its first byte; read it again');
      yield* stream(path, options);
    },
  };
}
