/** Files that a browser already has: dropped, picked, or made. Nothing of them leaves the machine. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { joined, type ReadOptions, type Source, type SourceFile, WHOLE_LIMIT } from './source';
import { SourceError, throwIfStopped } from './sourceError';

/** A file with its path below the folder that was dropped. */
export interface LocalFile {
  path: string;
  blob: Blob;
}

/** Bytes that are handed on at a time. */
const PIECE = 4 * 2 ** 20;
/** Of larger files only both ends and the length go into the fingerprint. */
const FINGERPRINT_WHOLE = 2 ** 20;
const FINGERPRINT_END = 64 * 2 ** 10;

/** Takes away the folders that all files share, so that `config.json` is called `config.json` wherever it was dropped from. */
function withoutCommonFolder(files: readonly LocalFile[]): LocalFile[] {
  const folders = files.map(({ path }) => path.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.'));
  let shared = 0;
  while (folders.length > 0 && folders.every((parts) => parts.length > shared + 1 && parts[shared] === folders[0][shared])) shared++;
  return files.map(({ blob }, index) => ({ blob, path: folders[index].slice(shared).join('/') }));
}

/** What tells whether it is the same files again: 16 hexadecimal digits over paths, lengths and contents (of large files both ends). */
async function fingerprintOf(files: readonly LocalFile[]): Promise<string> {
  const hash = sha256.create();
  for (const { path, blob } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(new TextEncoder().encode(`${path}\0${blob.size}\0`));
    const parts = blob.size <= FINGERPRINT_WHOLE ? [blob] : [blob.slice(0, FINGERPRINT_END), blob.slice(-FINGERPRINT_END)];
    for (const part of parts) hash.update(new Uint8Array(await part.arrayBuffer()));
  }
  return bytesToHex(hash.digest()).slice(0, 16);
}

/**
 * @param name how it is called: the folder's name, or the first file's
 * @throws SourceError where there is no file
 */
export async function localSource(name: string, given: readonly LocalFile[]): Promise<Source> {
  const files = withoutCommonFolder(given.filter(({ path }) => !/(^|\/)\.(?!\.)/.test(path)));
  if (files.length === 0) throw new SourceError('no_file', name, 'holds no file; drop a folder with config.json and model.safetensors');
  const blobs = new Map(files.map(({ path, blob }) => [path, blob]));
  const blobOf = (path: string): Blob => {
    const blob = blobs.get(path);
    if (!blob) throw new SourceError('no_file', path, `is not among the files of ${name} (${[...blobs.keys()].slice(0, 6).join(', ')}${blobs.size > 6 ? ', …' : ''}); drop the whole folder`);
    return blob;
  };
  const bytesOf = async (path: string, blob: Blob): Promise<Uint8Array<ArrayBuffer>> => {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      // A browser forgets its right to a file that was changed or moved after it was dropped.
      throw new SourceError('no_file', path, `can no longer be read (${(error as Error).message}); drop the folder again`);
    }
  };
  return {
    reference: { kind: 'local', name, fingerprint: await fingerprintOf(files) },
    name,
    here: (path) => Promise.resolve(blobOf(path).size),
    list: () => Promise.resolve([...blobs].map(([path, blob]): SourceFile => ({ path, bytes: blob.size }))),
    async read(path) {
      const blob = blobOf(path);
      if (blob.size > WHOLE_LIMIT) throw new SourceError('too_large', path, `has ${blob.size} bytes, more than a file of its kind (${WHOLE_LIMIT}); check what was dropped`);
      return bytesOf(path, blob);
    },
    range: (path, begin, end) => bytesOf(path, blobOf(path).slice(begin, end)),
    async *stream(path, { signal, progress, from = 0 }: ReadOptions = {}) {
      const blob = blobOf(path);
      for (let at = from; at < blob.size; at += PIECE) {
        throwIfStopped(signal, path);
        const piece = await bytesOf(path, blob.slice(at, at + PIECE));
        progress?.(at + piece.length);
        yield piece;
      }
    },
  };
}

/** The whole of what a stream brings. @throws SourceError where that is more than `limit` bytes */
export async function collected(path: string, pieces: AsyncIterable<Uint8Array>, limit = WHOLE_LIMIT): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limit) throw new SourceError('too_large', path, `is larger than a file of its kind (${limit} bytes); check the address`);
    parts.push(piece);
  }
  return joined(parts);
}
