/** The browser's own place for files (origin private file system), as directories for shelves.ts. Files are written in workers only. */
import { type Appender, BusyError, type Directory, QuotaError } from './shelves';

/** @returns undefined where the browser has none, or grants none (private windows) */
export async function opfsDirectory(name: string): Promise<Directory | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    return wrap(await root.getDirectoryHandle(name, { create: true }));
  } catch {
    return undefined;
  }
}

const isMissing = (error: unknown) => (error as DOMException).name === 'NotFoundError';

/** What a refused write means. */
function writeError(error: unknown): Error {
  const { name, message } = error as DOMException;
  if (name === 'QuotaExceededError') return new QuotaError(message);
  if (name === 'NoModificationAllowedError' || name === 'InvalidStateError') return new BusyError(message);
  return error as Error;
}

/** The synchronous handle is only in workers' type libraries. */
interface SyncHandle {
  getSize(): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

async function open(file: FileSystemFileHandle): Promise<SyncHandle> {
  try {
    return await (file as unknown as { createSyncAccessHandle(): Promise<SyncHandle> }).createSyncAccessHandle();
  } catch (error) {
    throw writeError(error);
  }
}

function writeAll(handle: SyncHandle, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  let written: number;
  try {
    written = handle.write(bytes, { at });
  } catch (error) {
    throw writeError(error);
  }
  // Some browsers write what fits and say so, instead of refusing.
  if (written < bytes.length) {
    handle.truncate(at);
    throw new QuotaError(`${written} of ${bytes.length} bytes were written`);
  }
}

/** By then a download has read a temporary file. */
const READ_WITHIN_MS = 3_600_000;

/** A file that is written once and read by a download; older ones go when the next is begun. */
export interface TemporaryFile {
  append(bytes: Uint8Array<ArrayBuffer>): void;
  /** @returns the file, whose bytes are on the disk */
  close(): Promise<Blob>;
}

/** @returns undefined where the browser has no such place, or somebody else writes the file */
export async function temporaryFile(name: string): Promise<TemporaryFile | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('temporary', { create: true });
    // A download may still read one of a moment ago.
    for await (const before of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
      if (Date.now() - Number.parseInt(before) > READ_WITHIN_MS) await folder.removeEntry(before).catch(() => undefined);
    }
    const file = await folder.getFileHandle(`${Date.now()} ${name}`, { create: true });
    const handle = await open(file);
    handle.truncate(0);
    let at = 0;
    return {
      append(bytes) {
        writeAll(handle, bytes, at);
        at += bytes.length;
      },
      close() {
        handle.flush();
        handle.close();
        return file.getFile();
      },
    };
  } catch {
    return undefined;
  }
}

function wrap(directory: FileSystemDirectoryHandle): Directory {
  const fileOf = async (name: string) => {
    try {
      return await (await directory.getFileHandle(name)).getFile();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  return {
    async names() {
      const names: string[] = [];
      for await (const name of (directory as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
      return names;
    },
    directory: async (name) => wrap(await directory.getDirectoryHandle(name, { create: true })),
    size: async (name) => (await fileOf(name))?.size,
    async read(name, begin, end) {
      const file = await fileOf(name);
      return new Uint8Array(await (file ?? new Blob()).slice(begin, end).arrayBuffer());
    },
    async append(name): Promise<Appender> {
      const handle = await open(await directory.getFileHandle(name, { create: true }));
      let at = handle.getSize();
      return {
        append(bytes) {
          writeAll(handle, bytes, at);
          at += bytes.length;
          return Promise.resolve();
        },
        close() {
          handle.flush();
          handle.close();
          return Promise.resolve();
        },
      };
    },
    async write(name, bytes) {
      const handle = await open(await directory.getFileHandle(name, { create: true }));
      try {
        handle.truncate(0);
        writeAll(handle, bytes, 0);
        handle.flush();
      } finally {
        handle.close();
      }
    },
    async remove(name) {
      try {
        await directory.removeEntry(name, { recursive: true });
      } catch (error) {
        if (!isMissing(error)) throw writeError(error);
      }
    },
  };
}
