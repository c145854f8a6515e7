/** Files from the engine to a person: into a folder that was chosen, or as one zip. Never more than a piece of them in memory. */
import { Zip, ZipPassThrough } from 'fflate';
import type { OutFile } from '../model/files/outFile';
import { temporaryFile } from '../storage/opfs';

export interface Handing {
  signal: AbortSignal;
  /** Told after every piece: how many bytes are written. */
  progress: (bytes: number) => void;
}

/** A zip without its 64-bit extension, which the packer lacks, ends here. */
const MOST_ZIPPED = 2 ** 32 - 2 ** 20;

export const bytesOf = (files: readonly OutFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** What somebody may still do about a refused write. */
function writeProblem(error: unknown): Error {
  const { name, message } = error as Error;
  if (name === 'QuotaExceededError' || name === 'QuotaError') return new Error('there is no room for it; free some space on the disk, or choose a folder on another one');
  if (name === 'NotAllowedError') return new Error('the browser may not write there; choose the folder again and allow it');
  return error instanceof Error ? error : new Error(message);
}

/** Makes `name` in `parent` and writes all files into it. @throws with a sentence */
export async function intoFolder(files: readonly OutFile[], parent: FileSystemDirectoryHandle, name: string, { signal, progress }: Handing): Promise<void> {
  let written = 0;
  try {
    const folder = await parent.getDirectoryHandle(name, { create: true });
    for (const { path, pieces } of files) {
      const [file, ...above] = path.split('/').reverse();
      let at = folder;
      for (const part of above.reverse()) at = await at.getDirectoryHandle(part, { create: true });
      const stream = await (await at.getFileHandle(file, { create: true })).createWritable();
      try {
        for await (const piece of pieces()) {
          signal.throwIfAborted();
          await stream.write(piece);
          progress(written += piece.length);
        }
      } catch (error) {
        // What was there before stays.
        await stream.abort().catch(() => undefined);
        throw error;
      }
      await stream.close();
    }
  } catch (error) {
    throw writeProblem(error);
  }
}

/** A zip's bytes as they come: stored, since numbers hardly get smaller. @throws where there are too many */
export async function* zipped(files: readonly OutFile[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (bytesOf(files) > MOST_ZIPPED) throw new Error('it is larger than a zip can be (4 GB); choose a folder to write it into');
  let made: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    made.push(piece as Uint8Array<ArrayBuffer>);
  });
  for (const { path, pieces } of files) {
    const entry = new ZipPassThrough(path);
    zip.add(entry);
    for await (const piece of pieces()) {
      entry.push(piece);
      yield* made;
      made = [];
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  yield* made;
}

/** A zip on the disk, where the browser has one for the page, so that it is downloaded from there; else in the browser's own store of blobs. @throws with a sentence */
export async function asZip(files: readonly OutFile[], { signal, progress }: Handing): Promise<Blob> {
  const place = await temporaryFile('download.zip') ?? blobs();
  let written = 0;
  try {
    for await (const piece of zipped(files)) {
      signal.throwIfAborted();
      place.append(piece);
      progress(written += piece.length);
    }
    return await place.close();
  } catch (error) {
    await place.close().catch(() => undefined);
    throw writeProblem(error);
  }
}

/** Each piece becomes a blob at once: those are the browser's, which puts large ones on the disk. */
function blobs() {
  const parts: Blob[] = [];
  return { append: (piece: Uint8Array<ArrayBuffer>) => void parts.push(new Blob([piece])), close: () => Promise.resolve(new Blob(parts, { type: 'application/zip' })) };
}
