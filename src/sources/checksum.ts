/** Checks bytes against what a place promised of them, while they come. */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ReadOptions, Source, SourceFile } from './source';
import { SourceError } from './sourceError';

/** Sums up pieces of a file; `finish` throws where length or checksum is not the promised one. */
export class Checksum {
  private bytes = 0;
  private readonly hash;
  private readonly expected: string | undefined;

  constructor(private readonly file: SourceFile) {
    this.expected = file.sha256 ?? (file.bytes === undefined ? undefined : file.gitSha1);
    this.hash = file.sha256 ? sha256.create() : this.expected ? sha1.create().update(new TextEncoder().encode(`blob ${file.bytes}\0`)) : undefined;
  }

  add(piece: Uint8Array): void {
    this.bytes += piece.length;
    this.hash?.update(piece);
  }

  /** @throws SourceError `damaged` */
  finish(): void {
    const { path, bytes } = this.file;
    if (bytes !== undefined && this.bytes !== bytes) throw new SourceError('damaged', path, `${this.bytes} bytes came instead of ${bytes}; load it again`);
    if (!this.hash) return;
    const found = bytesToHex(this.hash.digest());
    if (found !== this.expected) {
      throw new SourceError('damaged', path, `its checksum is ${found.slice(0, 12)}… instead of ${this.expected!.slice(0, 12)}…, so bytes were changed on the way; load it again`);
    }
  }
}

/** `source` with every file that is read from its first byte to its last held to what was promised: for what is not kept, which does it itself. */
export function checkedSource(source: Source): Source {
  return {
    ...source,
    async *stream(path, options: ReadOptions = {}) {
      const file = options.from ? undefined : (await source.list(options)).find((one) => one.path === path);
      const checksum = file && new Checksum(file);
      for await (const piece of source.stream(path, options)) {
        checksum?.add(piece);
        yield piece;
      }
      checksum?.finish();
    },
  };
}
