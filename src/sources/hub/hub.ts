/** A repository of the Hugging Face Hub as a source, pinned to its commit. */
import type { SourceReference } from '../../config/sources';
import { Checksum } from '../checksum';
import { collected } from '../files';
import { type ReadOptions, type Source, type SourceFile, WHOLE_LIMIT } from '../source';
import { SourceError } from '../sourceError';
import { transfer } from '../transfer';
import { endpointOf, fileAddress, type HubAccess, pullRequestsOf, type Repository, repositoryOf } from './api';

export interface HubSource extends Source {
  readonly reference: Extract<SourceReference, { kind: 'hub' }>;
  readonly repository: Repository;
  readonly gated: boolean;
  /** Number formats of the weights (`F32`, `BF16`, …) with how many values each has, where the Hub says so. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Git keeps of a large file only a note of where it is; somebody who copied that note has no file. */
export function refuseLfsPointer(path: string, bytes: Uint8Array): void {
  if (bytes.length < 1024 && new TextDecoder().decode(bytes.subarray(0, 40)).startsWith('version https://git-lfs')) {
    throw new SourceError('not_the_file', path, 'is only git’s pointer to the file, not the file itself; run `git lfs pull` in the folder it came from, or load it from the Hub');
  }
}

/**
 * Asks once for the repository (commit, files, sizes, checksums); its files are fetched when they are read, at that commit.
 * @throws SourceError
 */
export async function hubSource(access: HubAccess, id: string, revision: string, options: ReadOptions = {}): Promise<HubSource> {
  return sourceOf(access, await repositoryOf(access, id, revision, options));
}

/** A repository whose description is known already. */
export function sourceOf(access: HubAccess, repository: Repository): HubSource {
  const files = new Map(repository.files.map((file) => [file.path, file]));
  const fileOf = (path: string): SourceFile => {
    const file = files.get(path);
    if (!file) throw new SourceError('no_file', path, `is not in ${repository.id} at ${repository.commit.slice(0, 7)}; choose a repository that has it`);
    return file;
  };
  const endpoint = (path: string) => endpointOf(access, repository.id, repository.commit, fileAddress(access, repository.id, repository.commit, path), path);
  return {
    reference: { kind: 'hub', id: repository.id, revision: repository.commit },
    repository, name: repository.id, licence: repository.licence, gated: repository.gated, parameters: repository.parameters,
    list: () => Promise.resolve(repository.files),
    async read(path, { signal } = {}) {
      const file = fileOf(path);
      if ((file.bytes ?? 0) > WHOLE_LIMIT) throw new SourceError('too_large', path, `has ${file.bytes} bytes, more than a file of its kind (${WHOLE_LIMIT}); choose another repository`);
      const bytes = await collected(path, transfer(endpoint(path), { signal, bytes: file.bytes, patience: access.patience }));
      if (file.sha256 === undefined || bytes.length !== file.bytes) refuseLfsPointer(path, bytes);
      const checksum = new Checksum(file);
      checksum.add(bytes);
      checksum.finish();
      return bytes;
    },
    range: (path, begin, end, { signal } = {}) => collected(path, transfer(endpoint(path), { signal, begin, end: Math.min(end, fileOf(path).bytes ?? end), bytes: fileOf(path).bytes, patience: access.patience })),
    async *stream(path, { signal, progress, from = 0 } = {}) {
      const file = fileOf(path);
      let at = from;
      for await (const piece of transfer(endpoint(path), { signal, begin: from, bytes: file.bytes, patience: access.patience })) {
        at += piece.length;
        progress?.(at);
        yield piece;
      }
    },
  };
}

/**
 * Looks for the safetensors that a bot offers as a pull request to a repository that has pickle files only. Nobody of its owners has
 * looked at them: whoever takes them should say so.
 * @returns the pull request's commit, undefined where there is none
 */
export async function conversionOf(access: HubAccess, id: string, options: ReadOptions = {}): Promise<{ revision: string; commit: string } | undefined> {
  for (const request of (await pullRequestsOf(access, id, options)).slice(0, 20)) {
    const { files } = await repositoryOf(access, id, request.commit, options);
    if (files.some(({ path }) => /^model(-\d+-of-\d+)?\.safetensors$/.test(path))) return request;
  }
  return undefined;
}
