/**
 * A stand-in for the Hugging Face Hub on loopback: the Hub and its content network as two origins, with the Hub's addresses, redirects,
 * headers and errors, and with every fault that has been seen of them. It logs what was asked.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveDatasets } from './standInDatasets';
import { gzipSync } from 'node:zlib';

export interface StandInFile {
  bytes: Buffer;
  /** Large files lie at the content network, behind a 302. */
  lfs?: boolean;
}

export interface StandInRepository {
  files: Record<string, StandInFile>;
  commit: string;
  /** Revision → commit; `main` is `commit`. */
  revisions?: Record<string, string>;
  /** Pull requests by number, with the files that they add. */
  requests?: Record<number, { commit: string; files: Record<string, StandInFile> }>;
  gated?: 'auto' | 'manual';
  private?: boolean;
  disabled?: boolean;
  licence?: string;
  /** Of a dataset: `configs` of its front matter, the branch that the Hub's bot puts Parquet on, and what the datasets server counts. */
  configs?: unknown;
  converted?: { commit: string; files: Record<string, StandInFile> };
  counted?: { rows: Record<string, number>; partial?: boolean; notReady?: number };
}

export interface Logged {
  host: 'hub' | 'cdn';
  method: string;
  url: string;
  origin?: string;
  authorization?: string;
  range?: string;
  referer?: string;
}

/** Something that goes wrong: answers true when it has dealt with the request. */
export type Fault = (request: Logged, response: ServerResponse, file?: Buffer) => boolean | Promise<boolean>;

export const TOKEN = 'hf_canary_7fK2xQ';
const PENDING = 'hf_pending';

const gitSha1 = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

export class HubStandIn {
  readonly log: Logged[] = [];
  readonly repositories = new Map<string, StandInRepository>();
  /** Old name → new name. */
  readonly renamed = new Map<string, string>();
  /** Tried first, in order. */
  faults: Fault[] = [];
  /** Files a page of the tree. */
  pageSize = 2;
  /** Whether the description of a repository tells sizes. */
  tellsSizes = true;
  private signed = 0;
  private readonly expired = new Set<string>();
  private constructor(private readonly hub: Server, private readonly cdn: Server) {}

  static async start(): Promise<HubStandIn> {
    const servers = [createServer(), createServer()];
    const standIn = new HubStandIn(servers[0], servers[1]);
    servers[0].on('request', (request, response) => void standIn.answer('hub', request, response));
    servers[1].on('request', (request, response) => void standIn.answer('cdn', request, response));
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))));
    return standIn;
  }

  private addressOf(server: Server) {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return this.addressOf(this.hub);
  }

  get cdnEndpoint(): string {
    return this.addressOf(this.cdn);
  }

  /** Forgets faults and log. */
  reset(): void {
    this.log.length = 0;
    this.faults = [];
    this.tellsSizes = true;
    this.pageSize = 2;
  }

  /** Signed addresses handed out so far answer 403 from now on. */
  expire(): void {
    for (let number = 0; number <= this.signed; number++) this.expired.add(String(number));
  }

  async stop(): Promise<void> {
    for (const server of [this.hub, this.cdn]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private async answer(host: 'hub' | 'cdn', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, authorization, range, referer } = request.headers;
    const logged: Logged = { host, method: request.method ?? '', url: request.url ?? '', origin, authorization, range, referer };
    this.log.push(logged);
    if (host === 'hub') {
      response.setHeader('Access-Control-Allow-Origin', origin ?? 'https://huggingface.co');
      response.setHeader('Vary', 'Origin');
      response.setHeader('Access-Control-Expose-Headers', 'X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,X-Linked-Size,X-Linked-ETag,X-Xet-Hash');
    } else {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Expose-Headers', 'Accept-Ranges,Content-Range,Content-Type,Content-Disposition,ETag,X-Cache');
    }
    if (request.method === 'OPTIONS') {
      if (host === 'cdn') return void response.writeHead(403).end();
      response.setHeader('Access-Control-Allow-Headers', 'authorization');
      response.setHeader('Access-Control-Allow-Methods', 'GET');
      return void response.writeHead(200).end();
    }
    const found = host === 'hub' ? undefined : this.signedFile(logged.url);
    for (const fault of this.faults) if (await fault(logged, response, found)) return;
    if (host === 'cdn') return this.serveSigned(logged, response);
    this.serveHub(logged, response);
  }

  private refuse(response: ServerResponse, status: number, code: string | undefined, message: string, json = true): void {
    if (code) response.setHeader('X-Error-Code', code);
    response.setHeader('X-Error-Message', message);
    response.setHeader('X-Request-Id', 'Root=1-0');
    response.writeHead(status, { 'Content-Type': json ? 'application/json' : 'text/plain' }).end(json ? JSON.stringify({ error: message }) : message);
  }

  private serveHub(request: Logged, response: ServerResponse): void {
    const url = new URL(request.url, this.endpoint);
    const parts = url.pathname.split('/').slice(1).map(decodeURIComponent);
    if (serveDatasets(url, request, response, this)) return;
    const isApi = parts[0] === 'api';
    if (isApi) parts.splice(0, 2);
    else if (parts[0] === 'datasets') parts.splice(0, 1);
    // A bare name is a legacy one; an API route or `resolve` follows a name of one part or two.
    const verbs = ['revision', 'tree', 'refs', 'resolve'];
    const at = parts.findIndex((part) => verbs.includes(part));
    const id = parts.slice(0, at < 0 ? parts.length : at).join('/');
    const target = this.renamed.get(id);
    if (target) {
      const raw = url.pathname.replace(id.split('/').map(encodeURIComponent).join('/'), target);
      return void response.writeHead(307, { Location: `${raw}${url.search}`, 'Content-Type': 'text/plain' }).end(`Temporary Redirect. Redirecting to ${raw}`);
    }
    const repository = this.repositories.get(id);
    const right = request.authorization === `Bearer ${TOKEN}`;
    if (!repository || (repository.private && !right)) {
      return request.authorization && (right || request.authorization === `Bearer ${PENDING}`) ? this.refuse(response, 404, 'RepoNotFound', 'Repository not found') : this.refuse(response, 401, undefined, 'Invalid username or password.');
    }
    if (repository.disabled) return this.refuse(response, 403, undefined, 'Access to this resource is disabled.');
    if (parts[at] === 'refs') return this.serveRefs(repository, response);
    const revision = parts[at + 1] ?? 'main';
    const request2 = /^refs\/pr\/(\d+)$/.exec(revision)?.[1];
    const byCommit = Object.values(repository.requests ?? {}).find(({ commit }) => commit === revision);
    const pull = request2 === undefined ? byCommit : repository.requests?.[Number(request2)];
    const isConverted = repository.converted && (revision === 'refs/convert/parquet' || revision === repository.converted.commit);
    const commit = isConverted ? repository.converted!.commit : pull?.commit ?? (revision === 'main' || revision === repository.commit ? repository.commit : repository.revisions?.[revision] ?? (Object.values(repository.revisions ?? {}).includes(revision) ? revision : undefined));
    if (commit === undefined) return this.refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    const files = isConverted ? repository.converted!.files : { ...repository.files, ...pull?.files };
    if (isApi && parts[at] === 'tree') return this.serveTree(files, url, response);
    if (isApi) return this.serveInfo(id, repository, files, commit, url, response);
    if (parts[at] === 'resolve') return this.serveResolve(repository, files, commit, parts.slice(at + 2).join('/'), request, response, right);
    this.refuse(response, 404, undefined, "Sorry, we can't find the page you are looking for.", false);
  }

  private json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
    // As the Hub does it: compressed on the fly, so that there is no length.
    response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': 'gzip', ...headers }).end(gzipSync(JSON.stringify(value)));
  }

  private serveInfo(id: string, repository: StandInRepository, files: Record<string, StandInFile>, commit: string, url: URL, response: ServerResponse): void {
    const blobs = url.searchParams.get('blobs') === 'true' && this.tellsSizes;
    this.json(response, {
      _id: 'a'.repeat(24), id, modelId: id, sha: commit, private: repository.private ?? false, gated: repository.gated ?? false, disabled: false,
      tags: repository.licence ? [`license:${repository.licence}`] : [], cardData: repository.licence || repository.configs ? { license: repository.licence, configs: repository.configs } : undefined,
      siblings: Object.entries(files).map(([rfilename, { bytes, lfs }]) => ({
        rfilename,
        ...(blobs ? { size: bytes.length, blobId: gitSha1(lfs ? Buffer.from('pointer') : bytes), ...(lfs ? { lfs: { sha256: sha256(bytes), size: bytes.length, pointerSize: 134 } } : {}) } : {}),
      })),
    });
  }

  private serveTree(files: Record<string, StandInFile>, url: URL, response: ServerResponse): void {
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const all = Object.entries(files);
    const next = new URL(url.href);
    next.searchParams.set('cursor', String(start + this.pageSize));
    const more = start + this.pageSize < all.length;
    this.json(response, all.slice(start, start + this.pageSize).map(([path, { bytes, lfs }]) => ({
      type: 'file', path, size: bytes.length, oid: gitSha1(lfs ? Buffer.from('pointer') : bytes), ...(lfs ? { lfs: { oid: sha256(bytes), size: bytes.length, pointerSize: 134 }, xetHash: 'c'.repeat(64) } : {}),
    })), more ? { Link: `<${next.href}>; rel="next"` } : {});
  }

  private serveRefs({ commit, revisions = {}, requests = {} }: StandInRepository, response: ServerResponse): void {
    this.json(response, {
      branches: [{ name: 'main', ref: 'refs/heads/main', targetCommit: commit }], converts: [],
      tags: Object.entries(revisions).map(([name, targetCommit]) => ({ name, ref: `refs/tags/${name}`, targetCommit })),
      pullRequests: Object.entries(requests).map(([number, request]) => ({ name: number, ref: `refs/pr/${number}`, targetCommit: request.commit })),
    });
  }

  private serveResolve(repository: StandInRepository, files: Record<string, StandInFile>, commit: string, path: string, request: Logged, response: ServerResponse, right: boolean): void {
    const isPublic = path === 'README.md';
    if (repository.gated && !right && !isPublic) {
      if (request.authorization === `Bearer ${PENDING}`) return this.refuse(response, 403, 'GatedRepo', 'Your request to access this model is awaiting a review from the repo authors.', false);
      response.setHeader('WWW-Authenticate', 'Bearer realm="Authentication required"');
      return this.refuse(response, 401, 'GatedRepo', 'Access to this model is restricted. You must be authenticated to access it. Please log in.', false);
    }
    const file = files[path];
    response.setHeader('X-Repo-Commit', commit);
    if (!file) return this.refuse(response, 404, 'EntryNotFound', 'Entry not found', false);
    if (file.lfs) {
      this.signed++;
      const signedUrl = `${this.cdnEndpoint}/xet-bridge/${encodeURIComponent(path)}?commit=${commit}&n=${this.signed}&Signature=x`;
      this.signedFiles.set(String(this.signed), file.bytes);
      response.setHeader('X-Linked-Size', String(file.bytes.length));
      return void response.writeHead(302, { Location: signedUrl }).end();
    }
    if (!request.url.startsWith('/api/resolve-cache') && !request.url.includes('cached=1')) {
      return void response.writeHead(307, { Location: `${request.url}${request.url.includes('?') ? '&' : '?'}cached=1`, 'Content-Type': 'text/plain' }).end('Temporary Redirect');
    }
    this.serveBytes(file.bytes, request, response, { ETag: `"${gitSha1(file.bytes)}"` });
  }

  private readonly signedFiles = new Map<string, Buffer>();

  private signedFile(address: string): Buffer | undefined {
    return this.signedFiles.get(new URL(address, this.cdnEndpoint).searchParams.get('n') ?? '');
  }

  private serveSigned(request: Logged, response: ServerResponse): void {
    const number = new URL(request.url, this.cdnEndpoint).searchParams.get('n') ?? '';
    const bytes = this.signedFiles.get(number);
    if (!bytes || this.expired.has(number)) return void response.writeHead(403, { 'Content-Type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
    this.serveBytes(bytes, request, response, { ETag: '"xet"' });
  }

  /** Bytes with ranges, as both hosts do it. */
  serveBytes(bytes: Buffer, { range }: Logged, response: ServerResponse, headers: Record<string, string> = {}): void {
    const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const common = { 'Accept-Ranges': 'bytes', 'Content-Type': 'application/octet-stream', ...headers };
    if (!match) return void response.writeHead(200, { ...common, 'Content-Length': bytes.length }).end(bytes);
    const begin = Number(match[1]);
    const end = match[2] === '' ? bytes.length : Math.min(bytes.length, Number(match[2]) + 1);
    if (begin >= bytes.length) return void response.writeHead(416).end();
    response.writeHead(206, { ...common, 'Content-Length': end - begin, 'Content-Range': `bytes ${begin}-${end - 1}/${bytes.length}` }).end(bytes.subarray(begin, end));
  }
}
