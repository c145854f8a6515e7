/** A checkpoint's folder on disk, for Node only: kept apart so that the page never sees `node:fs`. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ModelFolder } from './folder';
import { LoadError } from './loadError';

export function diskFolder(path: string): ModelFolder {
  return {
    name: basename(path),
    async read(file) {
      try {
        const bytes = await readFile(join(path, file));
        // Node may hand out a piece of a larger buffer.
        return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      } catch (error) {
        throw new LoadError(file, `could not be read (${(error as NodeJS.ErrnoException).code}); check the folder ${basename(path)}`);
      }
    },
  };
}
