/** The Hub's JSON: what a repository is at a revision, and its files. Everything that comes is checked before it is used. */
import { isCommit } from '../../config/sources';
import { collected } from '../files';
import type { ReadOptions, SourceFile } from '../source';
import { SourceError } from '../sourceError';
import { type Endpoint, type Patience, transfer } from '../transfer';
import { hubRefusal } from './refusals';

export type RepositoryKind = 'models' | 'datasets';

export interface HubAccess {
  /** `https://huggingface.co`, or a mirror. */
  endpoint: string;
  kind: RepositoryKind;
  /** Kept in memory only; sent to `endpoint`'s own origin. */
  token?: string;
  allowed?: (address: string) => void;
  patience?: Patience;
}

export interface Repository {
  /** The name it has today; another than asked for after a rename. */
  id: string;
  commit: string;
  gated: boolean;
  licence?: string;
  files: SourceFile[];
  /** Number formats of the weights with how many values each has, where the Hub says so. */
  parameters?: Record<string, number>;
  /** Of a dataset: what its page says of its files. */
  configurations?: { name: string; splits: { name: string; patterns: string[] }[] }[];
}

/** Largest answer that is read: a list of 10,000 files has about 3 MB. */
const ANSWER_LIMIT = 32 * 2 ** 20;
const PAGES = 200;

export const segment = (text: string): string => encodeURIComponent(text);
export const pathOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/** The page of a repository, for people. */
export const pageOf = ({ endpoint, kind }: HubAccess, id: string): string => `${endpoint}/${kind === 'datasets' ? 'datasets/' : ''}${id}`;

/** Where a file of a repository is fetched. */
export const fileAddress = (access: HubAccess, id: string, revision: string, path: string): string => `${pageOf(access, pathOf(id))}/resolve/${segment(revision)}/${pathOf(path)}`;

export function endpointOf(access: HubAccess, id: string, revision: string, address: string, file: string): Endpoint {
  return {
    address, file, token: access.token, allowed: access.allowed,
    refusal: (response) => hubRefusal(response, { id, revision, page: pageOf(access, id), token: access.token !== undefined }, file),
  };
}

/** A JSON answer. @throws SourceError */
async function json(access: HubAccess, id: string, revision: string, address: string, { signal }: ReadOptions): Promise<unknown> {
  const bytes = await collected(id, transfer(endpointOf(access, id, revision, address, id), { signal, patience: access.patience }), ANSWER_LIMIT);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SourceError('not_the_file', id, `the Hub's answer is not JSON (${(error as Error).message}); load it again, or check what stands between`);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const length = (value: unknown): number | undefined => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined);
const hex = (value: unknown, digits: number): string | undefined => (typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value) ? value : undefined);

/** A path that stays inside the repository. */
const isInside = (path: string) => path !== '' && !path.startsWith('/') && !path.split('/').includes('..') && !path.includes('\\');

/** What the Hub knows of a repository at a revision: one request where it gives sizes, which it does. @throws SourceError */
export async function repositoryOf(access: HubAccess, id: string, revision: string, options: ReadOptions = {}): Promise<Repository> {
  const base = `${access.endpoint}/api/${access.kind}/${pathOf(id)}`;
  const info = await json(access, id, revision, `${base}/revision/${segment(revision)}?blobs=true`, options);
  if (!isObject(info)) throw new SourceError('not_the_file', id, 'the Hub’s answer is no description of a repository; load it again');
  if (info.disabled === true) throw new SourceError('forbidden', id, 'was disabled by the Hub; choose another one');
  const commit = text(info.sha) ?? '';
  if (!isCommit(commit)) throw new SourceError('not_the_file', id, `the Hub names no commit (${JSON.stringify(info.sha)}); load it again`);
  const siblings = Array.isArray(info.siblings) ? info.siblings.filter(isObject) : [];
  const files = siblings.flatMap(({ rfilename, size, blobId, lfs }): SourceFile[] => {
    const path = text(rfilename);
    if (path === undefined || !isInside(path)) return [];
    const large = isObject(lfs) ? lfs : undefined;
    return [{ path, bytes: length(large?.size) ?? length(size), sha256: hex(large?.sha256 ?? large?.oid, 64), gitSha1: large ? undefined : hex(blobId, 40) }];
  });
  const name = text(info.id) ?? id;
  const withSizes = files.length > 0 && files.every(({ bytes }) => bytes !== undefined);
  const card = isObject(info.cardData) ? info.cardData : {};
  const tag = Array.isArray(info.tags) ? info.tags.find((one): one is string => typeof one === 'string' && one.startsWith('license:')) : undefined;
  const counts = isObject(info.safetensors) && isObject(info.safetensors.parameters) ? info.safetensors.parameters : undefined;
  return {
    id: name, commit,
    gated: info.gated !== undefined && info.gated !== false,
    licence: text(Array.isArray(card.license) ? card.license.join(', ') : card.license) ?? tag?.slice('license:'.length),
    files: withSizes ? files : await treeOf(access, name, commit, options),
    ...(access.kind === 'datasets' && { configurations: configurationsOf(card.configs) }),
    parameters: counts && Object.fromEntries(Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
  };
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string');

/** `configs` of a dataset's front matter: files as one pattern, as several, or by split. */
function configurationsOf(configs: unknown): Repository['configurations'] {
  return (Array.isArray(configs) ? configs : []).filter(isObject).map(({ config_name: name, data_files: files, data_dir: folder }) => {
    const given = files ?? (typeof folder === 'string' ? `${folder.replace(/\/+$/, '')}/**` : []);
    const parts = (Array.isArray(given) ? given : [given]).filter(isObject);
    const bySplit = isObject(given) && !('path' in given) ? Object.entries(given).map(([split, path]) => ({ split, path })) : parts;
    const splits = bySplit.length > 0 ? bySplit.map(({ split, path }) => ({ name: text(split) ?? 'train', patterns: texts(path) })) : [{ name: 'train', patterns: texts(given) }];
    return { name: text(name) ?? 'default', splits };
  });
}

/** The next page of a list, from its `Link` header. */
function nextOf(response: Response): string | undefined {
  const next = (response.headers.get('link') ?? '').split(/,\s*(?=<)/).find((one) => /;\s*rel="?next"?/.test(one));
  return next && /^<([^>]+)>/.exec(next.trim())?.[1];
}

/** All files at a commit, page by page: for places whose description has no sizes. @throws SourceError also for pages that lead in a circle or away */
export async function treeOf(access: HubAccess, id: string, commit: string, { signal }: ReadOptions = {}): Promise<SourceFile[]> {
  const files = new Map<string, SourceFile>();
  const seen = new Set<string>();
  let address: string | undefined = `${access.endpoint}/api/${access.kind}/${pathOf(id)}/tree/${segment(commit)}?recursive=true`;
  while (address !== undefined) {
    if (new URL(address).origin !== new URL(access.endpoint).origin) throw new SourceError('not_the_file', id, `the list of files goes on at another host (${new URL(address).host}); it is not followed there`);
    if (seen.has(address) || seen.size >= PAGES) throw new SourceError('not_the_file', id, 'the list of files has no end; load it again');
    seen.add(address);
    let next: string | undefined;
    const endpoint = endpointOf(access, id, commit, address, id);
    const bytes = await collected(id, transfer({ ...endpoint, answered: (response) => { next = nextOf(response); } }, { signal, patience: access.patience }), ANSWER_LIMIT);
    let page: unknown;
    try {
      page = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      throw new SourceError('not_the_file', id, `the list of files is not JSON (${(error as Error).message}); load it again`);
    }
    if (!Array.isArray(page)) throw new SourceError('not_the_file', id, 'the list of files is no list; load it again');
    for (const entry of page.filter(isObject)) {
      const path = text(entry.path);
      if (entry.type !== 'file' || path === undefined || !isInside(path)) continue;
      const lfs = isObject(entry.lfs) ? entry.lfs : undefined;
      files.set(path, { path, bytes: length(lfs?.size) ?? length(entry.size), sha256: hex(lfs?.oid ?? lfs?.sha256, 64), gitSha1: lfs ? undefined : hex(entry.oid, 40) });
    }
    address = next === undefined ? undefined : new URL(next, address).href;
  }
  return [...files.values()];
}

/** Pull requests of a repository with their commits, newest first. @throws SourceError */
export async function pullRequestsOf(access: HubAccess, id: string, options: ReadOptions = {}): Promise<{ revision: string; commit: string }[]> {
  const refs = await json(access, id, 'main', `${access.endpoint}/api/${access.kind}/${pathOf(id)}/refs?include_prs=1`, options);
  const requests = isObject(refs) && Array.isArray(refs.pullRequests) ? refs.pullRequests.filter(isObject) : [];
  const found = requests.flatMap(({ ref, targetCommit }) => {
    const number = /^refs\/pr\/(\d+)$/.exec(text(ref) ?? '')?.[1];
    const commit = text(targetCommit) ?? '';
    return number !== undefined && isCommit(commit) ? [{ revision: `refs/pr/${number}`, commit, number: Number(number) }] : [];
  });
  return found.sort((a, b) => b.number - a.number).map(({ revision, commit }) => ({ revision, commit }));
}
