/** What can go wrong with a place that has files, as data with a sentence. Whoever shows it may offer what the code allows. */

export type SourceFaultCode =
  /** No such repository, or one that is hidden from whoever asks. */
  | 'not_found'
  | 'no_revision'
  | 'no_file'
  /** Its terms have to be accepted on its page, or a token of somebody who did is missing. */
  | 'gated'
  | 'forbidden'
  /** Too many requests. */
  | 'busy'
  /** No answer: no network, a host that refuses pages, a policy. */
  | 'offline'
  /** An address that the page's policy does not allow. */
  | 'outside_policy'
  /** The place answered, but not with the file. */
  | 'not_the_file'
  /** Bytes differ from what was promised. */
  | 'damaged'
  | 'too_large'
  /** Weights in a format that may run a program when it is opened, and in no other. */
  | 'pickle_only'
  | 'stopped';

export class SourceError extends Error {
  override name = 'SourceError';

  /**
   * @param file which file, or the name of the source
   * @param detail what is wrong, with the value, and what to do next
   */
  constructor(readonly code: SourceFaultCode, readonly file: string, readonly detail: string) {
    super(`${file}: ${detail}`);
  }
}

/** Throws what a stopped download throws, where `signal` says so. */
export function throwIfStopped(signal: AbortSignal | undefined, file: string): void {
  if (signal?.aborted) throw new SourceError('stopped', file, 'stopped; what has come is kept, and it goes on from there when it is asked for again');
}
