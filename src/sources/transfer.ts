/**
 * Bytes over HTTP, with everything that goes wrong on the way: broken and stalled transfers go on where they stopped, servers that ignore
 * ranges are read from their beginning, and what is not the file is refused. Only GET, only the safelisted forms of Range (a suffix or
 * several ranges would cost a preflight, which content networks refuse), no credentials, no Referer.
 */
import { SourceError, throwIfStopped } from './sourceError';

export interface Endpoint {
  /** Address of a file. Asked again after a break, since a signed address that it leads to may have expired. */
  address: string;
  /** Sent to the address's own origin only; browsers take it off where a redirect leaves that. */
  token?: string;
  /** The file as people know it. */
  file: string;
  cache?: RequestCache;
  /** Turns a refusal into what it means here; left out: a plain sentence with the status. */
  refusal?: (response: Response, file: string) => Promise<SourceError>;
  /** Told of every answer that is taken. */
  answered?: (response: Response) => void;
  /** Whether `address` may be asked: the page's policy. @throws SourceError */
  allowed?: (address: string) => void;
}

export interface Patience {
  /** Tries without a new byte before it gives up. */
  tries: number;
  /** Milliseconds before the second try; doubled for each further one. */
  pause: number;
  /** Longest time without an answer or a byte, in milliseconds. */
  silence: number;
}

/** As huggingface_hub: five tries, counted anew when bytes came. Its 10 s are for headers; a slow line may pause longer between pieces. */
export const PATIENCE: Patience = { tries: 5, pause: 500, silence: 20_000 };

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);

export interface TransferOptions {
  signal?: AbortSignal;
  patience?: Patience;
  /** Range: first byte, and the one after the last. */
  begin?: number;
  end?: number;
  /** Length of the whole file, where it is known. */
  bytes?: number;
}

/** A try that failed in a way that may pass. */
class Passing extends Error {
  constructor(message: string, readonly final: SourceError) {
    super(message);
  }
}

const isPage = (response: Response) => /text\/html|application\/xhtml/.test(response.headers.get('content-type') ?? '');

/** `bytes 5-9/100` → where it starts and how long the whole is. */
function contentRange(response: Response): { begin?: number; total?: number } {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
  return match ? { begin: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) } : {};
}

/** One request. @throws Passing where it may be tried again, SourceError where not */
async function ask(endpoint: Endpoint, at: number, end: number | undefined, ranged: boolean, signal: AbortSignal): Promise<Response> {
  const { address, token, file, cache = 'no-store' } = endpoint;
  endpoint.allowed?.(address);
  const headers: Record<string, string> = {};
  if (ranged) headers.Range = `bytes=${at}-${end === undefined ? '' : end - 1}`;
  if (token) headers.Authorization = `Bearer ${token}`;
  let response: Response;
  try {
    response = await fetch(address, { headers, signal, credentials: 'omit', referrerPolicy: 'no-referrer', cache });
  } catch (error) {
    const host = new URL(address).host;
    throw new Passing((error as Error).message, new SourceError('offline', file, `could not be fetched from ${host} (${(error as Error).message}); check the connection, and whether ${host} lets other pages read from it`));
  }
  if (response.ok) {
    if (!isPage(response)) {
      endpoint.answered?.(response);
      return response;
    }
    await response.body?.cancel();
    throw new SourceError('not_the_file', file, `the server answered with a page instead of the file (status ${response.status}, text/html); check the name, and whether a proxy or login stands between`);
  }
  if (response.status === 416) {
    await response.body?.cancel();
    return response;
  }
  const refused = (await endpoint.refusal?.(response, file)) ?? new SourceError(response.status === 404 ? 'no_file' : 'not_the_file', file, `could not be fetched (status ${response.status}); check the address`);
  // A signed address that has expired answers 403 from another host; asking the first address again gives a fresh one.
  const elsewhere = response.url !== '' && new URL(response.url).origin !== new URL(address).origin;
  if (RETRIED.has(response.status) || (elsewhere && response.status === 403)) throw new Passing(`status ${response.status}`, refused);
  throw refused;
}

/** Rejects a read that takes longer than `silence`. */
async function within<T>(promise: Promise<T>, silence: number, file: string, stop: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Passing('silence', new SourceError('offline', file, `nothing came for ${silence / 1000} s; check the connection and load it again`)));
      // After it: what is stopped rejects too, with less to say.
      stop();
    }, silence);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const wait = (ms: number, signal?: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
});

/**
 * Bytes of a file in order, from `begin` on, in pieces as they come.
 * @throws SourceError when tries are used up, when the server refuses, or when more or other bytes come than the file has
 */
export async function* transfer(endpoint: Endpoint, options: TransferOptions = {}): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const { signal, patience = PATIENCE, begin = 0, bytes } = options;
  const end = options.end ?? bytes;
  const ranged = begin > 0 || options.end !== undefined;
  let at = begin;
  for (let tries = 0; ;) {
    const controller = new AbortController();
    const stop = () => controller.abort();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      throwIfStopped(signal, endpoint.file);
      if (end !== undefined && at >= end) return;
      const response = await within(ask(endpoint, at, options.end, ranged || at > 0, controller.signal), patience.silence, endpoint.file, stop);
      const start = startOf(response, at, ranged || at > 0, bytes, endpoint.file);
      if (start === 'end') return;
      for await (const piece of body(response, start, at, end, patience.silence, endpoint.file, stop)) {
        at += piece.length;
        tries = 0;
        yield piece;
      }
      if (end === undefined || at >= end) return;
      throw new Passing('cut off', new SourceError('damaged', endpoint.file, `the transfer ended after ${at} of ${end} bytes, again and again; load it later, or from another place`));
    } catch (error) {
      throwIfStopped(signal, endpoint.file);
      if (!(error instanceof Passing)) throw error;
      if (++tries >= patience.tries) throw error.final;
      await wait(patience.pause * 2 ** (tries - 1), signal);
    } finally {
      signal?.removeEventListener('abort', stop);
      controller.abort();
    }
  }
}

/** Where the bytes of an answer begin; `end` where the file has none behind `at`. @throws SourceError for an answer to another question */
function startOf(response: Response, at: number, ranged: boolean, bytes: number | undefined, file: string): number | 'end' {
  if (response.status === 416) {
    if (bytes === undefined ? at > 0 : at >= bytes) return 'end';
    if (at === 0 && (bytes ?? 0) === 0) return 'end';
    throw new SourceError('damaged', file, `the server has no byte ${at} of ${bytes}; it may have been replaced, open it again`);
  }
  // A proxy that ignores Range sends everything: what is here already is skipped.
  if (response.status !== 206) return 0;
  const { begin, total } = contentRange(response);
  if (!ranged) return begin ?? 0;
  if (begin !== undefined && begin !== at) throw new SourceError('damaged', file, `bytes from ${begin} on came where those from ${at} on were asked for; load it from another place`);
  if (total !== undefined && bytes !== undefined && total !== bytes) throw new SourceError('damaged', file, `it has ${total} bytes by now instead of ${bytes}; it was replaced meanwhile, open it again`);
  return at;
}

/** The pieces of one answer that lie from `at` to `end`. @throws Passing for a break, SourceError for bytes beyond the end of the file */
async function* body(response: Response, start: number, at: number, end: number | undefined, silence: number, file: string, stop: () => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (!reader) return;
  let position = start;
  for (;;) {
    let read: ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
    try {
      read = await within(reader.read(), silence, file, stop);
    } catch (error) {
      if (error instanceof Passing) throw error;
      throw new Passing((error as Error).message, new SourceError('offline', file, `the transfer broke off after ${position} bytes (${(error as Error).message}); check the connection and load it again`));
    }
    if (read.done) return;
    const first = Math.max(0, at - position);
    const last = end === undefined ? read.value.length : Math.min(read.value.length, end - position);
    position += read.value.length;
    if (last > first) yield read.value.subarray(first, last);
    if (end !== undefined && position > end) {
      await reader.cancel();
      // More than was asked for, of a server that ignores the end of a range, is no fault; more than the file has is found by its checksum.
      return;
    }
  }
}
