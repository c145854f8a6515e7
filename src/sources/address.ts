/** A folder somewhere on the web that has the files of a model under their usual names. It has no list: what is there is found by asking. */
import type { SourceReference } from '../config/sources';
import { collected } from './files';
import type { ReadOptions, Source, SourceFile } from './source';
import { SourceError } from './sourceError';
import { type Endpoint, type Patience, transfer } from './transfer';

/** Small files that a model's folder may have. Weights are looked for by way of their index first. */
export const MODEL_FILES: readonly string[] = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'generation_config.json', 'chat_template.jinja'];

export interface AddressOptions {
  allowed?: (address: string) => void;
  patience?: Patience;
  /** Left out: never from the browser's cache, since nothing says whether a folder has changed. */
  cache?: RequestCache;
}

/** A folder below `base`, an absolute address without a slash at its end. */
export function addressSource(reference: SourceReference, name: string, base: string, { allowed, patience, cache }: AddressOptions = {}): Source {
  const endpointOf = (path: string) => ({
    address: `${base}/${path.split('/').map(encodeURIComponent).join('/')}`, file: path, allowed, cache,
    refusal: (response: Response) => Promise.resolve(response.status === 404 || response.status === 403
      ? new SourceError('no_file', path, `could not be fetched (status ${response.status}); check that the folder ${base} holds it`)
      : new SourceError(response.status === 429 ? 'busy' : 'offline', path, `could not be fetched (status ${response.status}); check that the folder ${base} is served`)),
  });
  const sizes = new Map<string, Promise<number | undefined>>();
  /** Length of a file: from the answer to a request for its first byte. Undefined where it is not there. */
  const sizeOf = (path: string): Promise<number | undefined> => {
    const known = sizes.get(path) ?? lengthOf(endpointOf(path), patience);
    sizes.set(path, known);
    known.catch(() => sizes.delete(path));
    return known;
  };
  return {
    reference, name,
    async list() {
      const found: SourceFile[] = [];
      for (const path of ['model.safetensors.index.json', 'model.safetensors', ...MODEL_FILES]) {
        const bytes = await sizeOf(path);
        if (bytes !== undefined) found.push({ path, bytes });
      }
      return found;
    },
    size: sizeOf,
    read: (path, { signal } = {}) => collected(path, transfer(endpointOf(path), { signal, patience })),
    range: (path, begin, end, { signal } = {}) => collected(path, transfer(endpointOf(path), { signal, patience, begin, end })),
    async *stream(path, { signal, progress, from = 0 }: ReadOptions = {}) {
      let at = from;
      for await (const piece of transfer(endpointOf(path), { signal, patience, begin: from, bytes: await sizes.get(path) })) {
        at += piece.length;
        progress?.(at);
        yield piece;
      }
    },
  };
}

/** Length of a file, from the answer to a request for its first byte; undefined where it is not there, or where the answer does not say. @throws SourceError */
async function lengthOf(endpoint: Endpoint, patience: Patience | undefined): Promise<number | undefined> {
  let total: number | undefined;
  const answered = ({ headers, status }: Response) => {
    const whole = status === 206 ? /\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] : headers.has('content-encoding') ? undefined : headers.get('content-length') ?? undefined;
    total = whole === undefined ? undefined : Number(whole);
  };
  try {
    await collected(endpoint.file, transfer({ ...endpoint, answered }, { patience, begin: 0, end: 1 }));
  } catch (error) {
    // Not there, or a page: servers of single-page applications answer every unknown address with theirs.
    if (error instanceof SourceError && (error.code === 'no_file' || error.code === 'not_the_file')) return undefined;
    throw error;
  }
  return total;
}
