import { beforeEach, describe, expect, it } from 'vitest';
import { Shelves } from '../storage/shelves';
import { memoryDirectory } from '../storage/testing/memory';
import { collected } from './files';
import { openSource, type Places } from './open';
import type { SourceError } from './sourceError';
import { COMMIT, config, standInForTests, weights } from './testing/library';
import type { Fault, HubStandIn } from './testing/standIn';

let hub: HubStandIn;
const standIn = standInForTests();
beforeEach(() => { hub = standIn(); });

const NAME = `hub:org/name@${COMMIT}`;
const patience = { tries: 1, pause: 1, silence: 500 };
const open = (shelves: Shelves, more: Partial<Places> = {}) => openSource({ kind: 'hub', id: 'org/name', revision: COMMIT }, { builtIn: () => { throw new Error('none'); }, local: () => undefined, endpoint: hub.endpoint, patience, shelves, ...more });
const read = async (source: Awaited<ReturnType<typeof open>>, path = 'model.safetensors', progress?: (bytes: number) => void) => Buffer.from(await collected(path, source.stream(path, { progress })));
const cdnRequests = () => hub.log.filter(({ host }) => host === 'cdn');

/** Sends the first `bytes` of an answer and breaks off. */
const cutAt = (bytes: number): Fault => (request, response, file) => {
  if (request.host !== 'cdn') return false;
  const begin = Number(/bytes=(\d+)/.exec(request.range ?? '')?.[1] ?? 0);
  response.writeHead(begin ? 206 : 200, begin ? { 'Content-Range': `bytes ${begin}-${file!.length - 1}/${file!.length}` } : {});
  response.write(file!.subarray(begin, begin + bytes));
  setTimeout(() => response.destroy(), 30);
  return true;
};

describe('a kept source', () => {
  it('fetches a file once, and nothing at all in a later visit without a network', async () => {
    const { directory } = memoryDirectory();
    const first = await open(new Shelves(directory));
    expect((await read(first)).equals(weights)).toBe(true);
    await first.read('config.json');
    hub.reset();
    hub.faults = [(_, response) => { response.destroy(); return true; }];
    const later = await open(new Shelves(directory));
    expect((await read(later)).equals(weights)).toBe(true);
    expect(Buffer.from(await later.read('config.json'))).toEqual(config);
    expect(later.licence).toBe('mit');
    expect(hub.log).toHaveLength(0);
  });

  it('goes on where a download broke off, in another visit', async () => {
    const { directory } = memoryDirectory();
    hub.faults = [cutAt(40_000)];
    await expect(open(new Shelves(directory)).then((source) => read(source))).rejects.toMatchObject({ code: 'offline' });
    const [begun] = await new Shelves(directory).list();
    expect(begun).toMatchObject({ name: NAME, complete: false });
    expect(begun.bytes).toBeGreaterThan(0);
    hub.reset();
    const seen: number[] = [];
    expect((await read(await open(new Shelves(directory)), 'model.safetensors', (bytes) => seen.push(bytes))).equals(weights)).toBe(true);
    expect(cdnRequests()[0].range).toBe(`bytes=${begun.bytes}-`);
    expect(seen[0]).toBe(begun.bytes);
    expect(seen.at(-1)).toBe(weights.length);
    expect((await new Shelves(directory).list())[0].complete).toBe(true);
  });

  it('stops when it is told to, and keeps what has come', async () => {
    const { directory } = memoryDirectory();
    const source = await open(new Shelves(directory));
    const controller = new AbortController();
    const reading = collected('model.safetensors', source.stream('model.safetensors', { signal: controller.signal, progress: () => controller.abort() }));
    // The whole small file may have come in one piece: then there was nothing left to stop.
    await reading.catch((error: unknown) => expect((error as SourceError).code).toBe('stopped'));
    expect((await new Shelves(directory).list())[0].bytes).toBeGreaterThan(0);
  });

  it('throws a wrong file away and fetches it anew', async () => {
    const { directory } = memoryDirectory();
    hub.faults = [(request, response, file) => {
      if (request.host !== 'cdn') return false;
      const bytes = Buffer.from(file!);
      bytes[9] ^= 4;
      response.writeHead(200).end(bytes);
      return true;
    }];
    const source = await open(new Shelves(directory));
    await expect(read(source)).rejects.toMatchObject({ code: 'damaged' });
    hub.reset();
    expect((await read(source)).equals(weights)).toBe(true);
    expect(cdnRequests()[0].range).toBeUndefined();
  });

  it('works without keeping where there is no room, and says so once', async () => {
    const sentences: string[] = [];
    const { directory } = memoryDirectory(20_000);
    const source = await open(new Shelves(directory), { notKept: (sentence) => sentences.push(sentence) });
    expect((await read(source)).equals(weights)).toBe(true);
    expect((await read(source)).equals(weights)).toBe(true);
    expect(sentences).toEqual([expect.stringContaining('grants no more room')]);
  });

  it('works beside another tab that writes the same file', async () => {
    const { directory } = memoryDirectory();
    const sentences: string[] = [];
    const one = await open(new Shelves(directory));
    const pieces = one.stream('model.safetensors');
    await pieces.next();
    expect((await read(await open(new Shelves(directory), { notKept: (sentence) => sentences.push(sentence) }))).equals(weights)).toBe(true);
    expect(sentences).toEqual([expect.stringContaining('Another tab')]);
    await pieces.return();
  });

  it('pins a branch to its commit', async () => {
    const { directory } = memoryDirectory();
    const shelves = new Shelves(directory);
    const source = await openSource({ kind: 'hub', id: 'org/name', revision: 'main' }, { builtIn: () => { throw new Error('none'); }, local: () => undefined, endpoint: hub.endpoint, patience, shelves });
    await read(source);
    expect((await shelves.list()).map(({ name }) => name)).toEqual([NAME]);
    await shelves.remove(NAME);
    expect(await shelves.list()).toEqual([]);
  });
});
