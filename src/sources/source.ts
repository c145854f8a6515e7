/** What a place with files can do, whether it is the page's own folder, the Hub, a folder that somebody dropped, or another address. */
import type { SourceReference } from '../config/sources';

export interface SourceFile {
  /** Path below the source, with forward slashes. */
  path: string;
  /** Undefined where the place does not say before the file is asked for. */
  bytes?: number;
  /** Hexadecimal SHA-256 of the bytes, where the place gives it. */
  sha256?: string;
  /** Hexadecimal SHA-1 of git's blob (`blob LENGTH\0` in front of the bytes), where the place gives it. */
  gitSha1?: string;
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** Told after every piece: how many bytes of the file are here by now, those from an earlier visit included. */
  progress?: (bytes: number) => void;
  /** First byte of a stream; left out: 0. Bytes before it are the caller's, and so is the checksum. */
  from?: number;
}

export interface Source {
  /** Pinned: opening it again gives the same files. */
  readonly reference: SourceReference;
  /** As people know it. */
  readonly name: string;
  /** Licence by its identifier, where the place says so. */
  readonly licence?: string;
  /** Whether what is read once is kept, so that reading a file to its end is what fetching it means. */
  readonly keeps?: boolean;
  /** Bytes of a file that are on this machine already, or come from the page's own folder; left out: none. */
  here?(path: string): Promise<number>;
  /** Files of the source; those of a place without a list are the ones that a model or dataset may have, found by asking. @throws SourceError */
  list(options?: ReadOptions): Promise<readonly SourceFile[]>;
  /** Length of one file where the list is long to come by; undefined where nobody says. @throws SourceError where the file is not there */
  size?(path: string): Promise<number | undefined>;
  /** A whole small file (configuration, tokenizer). @throws SourceError */
  read(path: string, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** Bytes `begin` to `end`, without the one at `end`: what a header needs. @throws SourceError */
  range(path: string, begin: number, end: number, options?: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** All bytes of a file in order, as they come; goes on by itself after a break. Checksums are the caller's (checksum.ts, kept.ts). @throws SourceError */
  stream(path: string, options?: ReadOptions): AsyncGenerator<Uint8Array<ArrayBuffer>, void>;
}

/** Largest file that is read whole: more than any tokenizer, less than weights (huggingface.js refuses JSON above 10 MB; Qwen3's tokenizer has 11.4). */
export const WHOLE_LIMIT = 64 * 2 ** 20;

/** One array from pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
