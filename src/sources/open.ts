/** A reference → the place it names. The one door to models and datasets for page, worker and commands. */
import { HUB, isCommit, referenceText, type SourceReference } from '../config/sources';
import type { Shelves } from '../storage/shelves';
import { addressSource } from './address';
import { checkedSource } from './checksum';
import type { HubAccess, Repository, RepositoryKind } from './hub/api';
import { hubSource, type HubSource, sourceOf } from './hub/hub';
import { keptSource, type KeptOptions } from './kept';
import type { ReadOptions, Source } from './source';
import { SourceError } from './sourceError';
import type { Patience } from './transfer';

export interface Places extends KeptOptions {
  /** The folder of what comes with the page. @throws SourceError for a name that does not */
  builtIn: (name: string) => Source;
  /** Files that were dropped in this visit, by their fingerprint. */
  local: (fingerprint: string) => Source | undefined;
  /** What is kept from one visit to the next; left out: nothing. */
  shelves?: Shelves;
  /** `https://huggingface.co`, or a mirror with the same layout. */
  endpoint?: string;
  /** `https://datasets-server.huggingface.co`, or one with the same layout. */
  datasetsServer?: string;
  /** Of the person, in memory only. */
  token?: string;
  allowed?: (address: string) => void;
  patience?: Patience;
}

/** @throws SourceError */
export async function openSource(reference: SourceReference, places: Places, options: ReadOptions & { kind?: RepositoryKind } = {}): Promise<Source> {
  switch (reference.kind) {
    case 'builtin': return places.builtIn(reference.name);
    case 'local': {
      const found = places.local(reference.fingerprint);
      if (found) return found;
      throw new SourceError('no_file', reference.name, `is a folder of somebody's machine (fingerprint ${reference.fingerprint.slice(0, 8)}); drop that folder on the page to go on`);
    }
    // Nothing says whether a folder has changed since, so it is not kept.
    case 'address': return addressSource(reference, reference.url.split('/').pop() ?? reference.url, reference.url, places);
    case 'hub': {
      const access: HubAccess = { endpoint: (places.endpoint ?? HUB).replace(/\/+$/, ''), kind: options.kind ?? 'models', token: places.token, allowed: places.allowed, patience: places.patience };
      return openHub(access, reference, places, options);
    }
  }
}

/** A repository as it was noted down when it was kept, so that what is whole on this machine needs no network. */
function noted(note: string | undefined): Repository | undefined {
  if (note === undefined) return undefined;
  try {
    const repository = JSON.parse(note) as Repository;
    return typeof repository.id === 'string' && isCommit(repository.commit) && Array.isArray(repository.files) ? repository : undefined;
  } catch {
    return undefined;
  }
}

async function openHub(access: HubAccess, reference: Extract<SourceReference, { kind: 'hub' }>, places: Places, options: ReadOptions): Promise<Source> {
  const { shelves } = places;
  if (!shelves) return checkedSource(await hubSource(access, reference.id, reference.revision, options));
  const name = referenceText(reference);
  const isKept = isCommit(reference.revision) && (await shelves.has(name));
  const known = isKept ? noted((await shelves.open(name)).note) : undefined;
  const source: HubSource = known ? sourceOf(access, known) : await hubSource(access, reference.id, reference.revision, options);
  const kept = await keptSource(source, shelves, places);
  if (!known && kept.keeps) await (await shelves.open(referenceText(source.reference))).remember(JSON.stringify(source.repository)).catch(() => undefined);
  return { ...kept, licence: source.licence };
}
