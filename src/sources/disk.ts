/** A folder on this machine's disk, for Node only: kept apart so that the page never sees `node:fs`. */
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { SourceReference } from '../config/sources';
import { type Source, type SourceFile, WHOLE_LIMIT } from './source';
import { SourceError } from './sourceError';

/** @param reference how links and records call it; left out: the folder's name, with no fingerprint */
export function diskSource(folder: string, reference: SourceReference = { kind: 'local', name: basename(folder), fingerprint: '0'.repeat(16) }): Source {
  const refuse = (path: string) => (error: unknown): never => {
    throw new SourceError('no_file', path, `could not be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); check the folder ${basename(folder)}`);
  };
  const sizeOf = async (path: string) => (await stat(join(folder, path)).catch(refuse(path))).size;
  return {
    reference, name: basename(folder),
    here: sizeOf,
    async list() {
      const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(refuse(basename(folder)));
      const files = names.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
      return Promise.all(files.map(async (entry): Promise<SourceFile> => {
        const path = join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, '');
        return { path, bytes: await sizeOf(path) };
      }));
    },
    async read(path) {
      const bytes = await sizeOf(path);
      if (bytes > WHOLE_LIMIT) throw new SourceError('too_large', path, `has ${bytes} bytes, more than a file of its kind (${WHOLE_LIMIT}); check the folder`);
      // Node may hand out a piece of a larger buffer.
      return Uint8Array.from(await readFile(join(folder, path)).catch(refuse(path)));
    },
    async range(path, begin, end) {
      const file = await open(join(folder, path)).catch(refuse(path));
      try {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, (await file.stat()).size) - begin));
        await file.read(bytes, 0, bytes.length, begin);
        return bytes;
      } finally {
        await file.close();
      }
    },
    async *stream(path, { progress, from = 0 } = {}) {
      let at = from;
      await sizeOf(path);
      for await (const piece of createReadStream(join(folder, path), { start: from, highWaterMark: 4 * 2 ** 20 }) as AsyncIterable<Buffer>) {
        at += piece.length;
        progress?.(at);
        yield Uint8Array.from(piece);
      }
    },
  };
}
