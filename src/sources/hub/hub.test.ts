/** The Hub's behaviour and misbehaviour, row by row of the list that describes a stand-in: what comes out, or the sentence that a person reads. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { Checksum } from '../checksum';
import { collected } from '../files';
import { openSource, type Places } from '../open';
import { SourceError } from '../sourceError';
import { COMMIT, config, CONVERTED, openStandIn, patterned, repository, weights } from '../testing/library';
import { type Fault, type HubStandIn, TOKEN } from '../testing/standIn';
import { treeOf } from './api';
import { conversionOf } from './hub';

let hub: HubStandIn;
beforeAll(async () => { hub = await openStandIn(); });
afterAll(() => hub.stop());
beforeEach(() => {
  hub.reset();
  hub.repositories.clear();
  hub.renamed.clear();
  hub.repositories.set('org/name', repository());
});

const patience = { tries: 3, pause: 1, silence: 300 };
const places = (more: Partial<Places> = {}): Places => ({ builtIn: () => { throw new Error('none'); }, local: () => undefined, endpoint: hub.endpoint, patience, ...more });
const open = (id = 'org/name', revision = 'main', more: Partial<Places> = {}) => openSource({ kind: 'hub', id, revision }, places(more));
const access = (token?: string) => ({ endpoint: hub.endpoint, kind: 'models' as const, token, patience });

/** Everything of a file, checked as whoever keeps or reads it does. */
async function whole(source: Awaited<ReturnType<typeof open>>, path: string): Promise<Buffer> {
  const file = (await source.list()).find((one) => one.path === path)!;
  const checksum = new Checksum(file);
  const bytes = await collected(path, (async function* () {
    for await (const piece of source.stream(path)) {
      checksum.add(piece);
      yield piece;
    }
  })());
  checksum.finish();
  return Buffer.from(bytes);
}

async function refusal(promise: Promise<unknown>): Promise<{ code: string; sentence: string }> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceError);
  return { code: (error as SourceError).code, sentence: (error as SourceError).message };
}

/** A fault that strikes `times` times on requests that `which` picks. */
const once = (which: (url: string, host: string) => boolean, fault: Fault, times = 1): Fault => (request, response, file) => {
  if (times <= 0 || !which(request.url, request.host)) return false;
  times--;
  return fault(request, response, file);
};
const onCdn = (_: string, host: string) => host === 'cdn';
const onConfig = (url: string) => url.includes('config.json');
const onInfo = (url: string) => url.includes('/revision/');

describe('1: description, tree, revisions', () => {
  it('pins to the commit and knows sizes, checksums and licence', async () => {
    const source = await open();
    expect(source.reference).toEqual({ kind: 'hub', id: 'org/name', revision: COMMIT });
    expect(source.licence).toBe('mit');
    expect(await source.list()).toContainEqual(expect.objectContaining({ path: 'model.safetensors', bytes: weights.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }));
  });

  it('reads the tree page by page where the description has no sizes', async () => {
    hub.tellsSizes = false;
    expect((await (await open()).list()).map(({ path, bytes }) => [path, bytes])).toEqual([['config.json', config.length], ['tokenizer.json', 17], ['README.md', 7], ['model.safetensors', weights.length]]);
    expect(hub.log.filter(({ url }) => url.includes('/tree/'))).toHaveLength(2);
  });

  it('writes a slash in a revision as one segment', async () => {
    hub.repositories.set('org/name', repository({ requests: { 1: { commit: CONVERTED, files: {} } } }));
    expect((await open('org/name', 'refs/pr/1')).reference).toMatchObject({ revision: CONVERTED });
    expect(hub.log[0].url).toContain('refs%2Fpr%2F1');
  });

  it('finds the conversion that a bot offers, at its commit', async () => {
    const files = { 'config.json': { bytes: config }, 'pytorch_model.bin': { bytes: patterned(10), lfs: true } };
    hub.repositories.set('org/name', repository({ files, requests: { 3: { commit: '3'.repeat(40), files: {} }, 2: { commit: CONVERTED, files: { 'model.safetensors': { bytes: weights, lfs: true } } } } }));
    expect(await conversionOf(access(), 'org/name')).toEqual({ revision: 'refs/pr/2', commit: CONVERTED });
    hub.repositories.set('org/name', repository({ files }));
    expect(await conversionOf(access(), 'org/name')).toBeUndefined();
  });
});

describe('2 and 13: redirects, and how many requests a model takes', () => {
  it('follows renames, the cache of small files and the content network', async () => {
    hub.renamed.set('old', 'org/name');
    const source = await open('old');
    expect(source.reference).toMatchObject({ id: 'org/name' });
    expect(Buffer.from(await source.read('config.json'))).toEqual(config);
    expect((await whole(source, 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('asks once for the description and once a file, with GET alone', async () => {
    const source = await open();
    await source.read('config.json');
    await whole(source, 'model.safetensors');
    // One description, one file with its hop to the cache, one with its hop to the content network.
    expect(hub.log.map(({ method, host }) => `${method} ${host}`)).toEqual(['GET hub', 'GET hub', 'GET hub', 'GET hub', 'GET cdn']);
  });

  it('reads a header by a range', async () => {
    expect(Buffer.from(await (await open()).range('model.safetensors', 8, 108)).equals(weights.subarray(8, 108))).toBe(true);
    expect(hub.log.at(-1)!.range).toBe('bytes=8-107');
  });
});

describe('4: hosts that do not answer pages', () => {
  it('names the host where nothing comes', async () => {
    hub.faults = [(_, response) => { response.destroy(); return true; }];
    expect(await refusal(open())).toEqual({ code: 'offline', sentence: expect.stringMatching(/could not be fetched from 127\.0\.0\.1:\d+ .*check the connection/) });
  });
});

describe('5: ranges', () => {
  it.each<[string, Fault, number]>([
    ['cut at a byte', (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 30_000)); setTimeout(() => response.destroy(), 20); return true; }, 1],
    ['206 with zero bytes', (_, response, file) => { response.writeHead(206, { 'Content-Range': `bytes 0-${file!.length - 1}/${file!.length}`, 'Content-Length': 0 }).end(); return true; }, 1],
    ['fewer bytes than announced', (_, response, file) => { response.writeHead(200).end(file!.subarray(0, 500)); return true; }, 1],
  ])('goes on after %s', async (_, fault, times) => {
    hub.faults = [once(onCdn, fault, times)];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
  });

  it('reads on from the right byte where a server ignores ranges', async () => {
    let requests = 0;
    hub.faults = [(request, response, file) => {
      if (request.host !== 'cdn') return false;
      requests++;
      response.writeHead(200, { 'Content-Length': file!.length });
      if (requests > 1) response.end(file);
      else { response.write(file!.subarray(0, 30_000)); setTimeout(() => response.destroy(), 20); }
      return true;
    }];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    expect(requests).toBe(2);
  });

  it('refuses bytes from another place of the file, and a file of another length', async () => {
    const cut: Fault = (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 1000)); setTimeout(() => response.destroy(), 20); return true; };
    hub.faults = [once(onCdn, cut), once(onCdn, (_, response, file) => { response.writeHead(206, { 'Content-Range': `bytes 0-9/${file!.length}` }).end(file!.subarray(0, 10)); return true; })];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'damaged', sentence: expect.stringMatching(/bytes from 0 on came where those from \d+ on were asked/) });
    hub.faults = [once(onCdn, cut), once(onCdn, ({ range }, response, file) => { response.writeHead(206, { 'Content-Range': `${range!.replace('=', ' ')}${file!.length}/${file!.length + 1}` }).end(file); return true; })];
    expect((await refusal(whole(await open(), 'model.safetensors'))).sentence).toMatch(/was replaced meanwhile/);
  });

  it.each([['with', true], ['without', false]])('takes 416 %s Content-Range behind the last byte as the end', async (_, told) => {
    hub.faults = [once(onCdn, (__, response, file) => { response.writeHead(416, told ? { 'Content-Range': `bytes */${file!.length}` } : {}).end(); return true; }, 9)];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toMatchObject({ code: 'damaged' });
  });
});

describe('6: lengths that lie', () => {
  it.each([['no length', {}], ['the compressed length', { length: true }]])('reads compressed JSON with %s', async (_, options: { length?: boolean }) => {
    const zipped = gzipSync(config);
    hub.faults = [once((url) => onConfig(url) && url.includes('cached'), (__, response) => { response.writeHead(200, { 'Content-Encoding': 'gzip', ETag: 'W/"x"', ...(options.length ? { 'Content-Length': zipped.length } : {}) }).end(zipped); return true; })];
    expect(Buffer.from(await (await open()).read('config.json'))).toEqual(config);
  });
});

describe('7: broken transfers', () => {
  it('gives up on silence in a sentence, and goes on after one', async () => {
    const stall: Fault = (_, response, file) => { response.writeHead(200, { 'Content-Length': file!.length }); response.write(file!.subarray(0, 1000)); return true; };
    hub.faults = [once(onCdn, stall)];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    hub.faults = [once(onCdn, (_, response) => { response.writeHead(200); response.flushHeaders(); return true; }, 9)];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'offline', sentence: expect.stringContaining('nothing came for 0.3 s') });
  });

  it.each([500, 502, 503, 504, 429])('tries again after %i', async (status) => {
    hub.faults = [once(onInfo, (_, response) => { response.writeHead(status).end('trouble'); return true; })];
    expect((await open()).name).toBe('org/name');
  });

  it('asks for a fresh address where a signed one has expired', async () => {
    let cuts = 0;
    hub.faults = [once(onCdn, (_, response, file) => {
      cuts++;
      hub.expire();
      response.writeHead(200, { 'Content-Length': file!.length });
      response.write(file!.subarray(0, 1000));
      setTimeout(() => response.destroy(), 20);
      return true;
    })];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
    expect(cuts).toBe(1);
    // A transfer never returns to the signed address it had; each try goes through the Hub.
    expect(hub.log.filter(({ host, url }) => host === 'hub' && url.includes('/resolve/'))).toHaveLength(2);
  });

  it('survives a slow drip and a reset connection', async () => {
    hub.faults = [once(onCdn, (_, response) => { response.socket!.resetAndDestroy(); return true; }), once(onCdn, (_, response, file) => {
      response.writeHead(206, { 'Content-Range': `bytes 0-${file!.length - 1}/${file!.length}`, 'Content-Length': file!.length });
      let at = 0;
      const drip = () => {
        response.write(file!.subarray(at, at + 7000));
        at += 7000;
        if (at < file!.length) setTimeout(drip, 10);
        else response.end();
      };
      drip();
      return true;
    })];
    expect((await whole(await open(), 'model.safetensors')).equals(weights)).toBe(true);
  });
});

describe('8: what is not the file', () => {
  it('finds a flipped byte', async () => {
    hub.faults = [once(onCdn, (_, response, file) => { const bytes = Buffer.from(file!); bytes[500] ^= 1; response.writeHead(200).end(bytes); return true; })];
    expect(await refusal(whole(await open(), 'model.safetensors'))).toEqual({ code: 'damaged', sentence: expect.stringMatching(/model\.safetensors: its checksum is [0-9a-f]{12}… instead of [0-9a-f]{12}…/) });
  });

  it('finds changed bytes in a small file too', async () => {
    const other = Buffer.from(config);
    other[20] ^= 1;
    hub.faults = [once((url) => url.includes('cached'), (_, response) => { response.writeHead(200).end(other); return true; })];
    expect(await refusal((await open()).read('config.json'))).toMatchObject({ code: 'damaged' });
  });

  it('knows git’s pointer from the file', async () => {
    hub.repositories.set('org/name', repository({ files: { 'tokenizer.json': { bytes: Buffer.from(`version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 9\n`) } } }));
    expect((await refusal((await open()).read('tokenizer.json'))).sentence).toContain('only git’s pointer');
  });

  it.each([['description', onInfo, () => open()], ['configuration', onConfig, async () => (await open()).read('config.json')], ['weights', onCdn, async () => whole(await open(), 'model.safetensors')]] as const)('refuses a page for the %s', async (_, which, act) => {
    hub.faults = [once(which, (__, response) => { response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>please log in</html>'); return true; })];
    expect(await refusal(act())).toEqual({ code: 'not_the_file', sentence: expect.stringContaining('answered with a page instead of the file') });
  });

  it.each([['cut', '{"sha": "'], ['a list', '[]'], ['without a commit', '{"sha":"main","siblings":[]}']])('refuses a description that is %s', async (_, text) => {
    hub.faults = [once(onInfo, (__, response) => { response.writeHead(200, { 'Content-Type': 'application/json' }).end(text); return true; })];
    expect(await refusal(open())).toMatchObject({ code: 'not_the_file' });
  });

  it('reads no endless description', async () => {
    hub.faults = [once(onInfo, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = () => { if (!response.destroyed && response.write(Buffer.alloc(2 ** 20, 32))) setImmediate(more); else response.once('drain', more); };
      more();
      return true;
    })];
    expect(await refusal(open())).toMatchObject({ code: 'too_large' });
  });
});

describe('9: refusals', () => {
  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    ['missing, or hidden', () => open('org/other'), 'not_found', /org\/other: does not exist on the Hub, or is private .*check the name, or give a token/],
    ['a wrong token', () => open('org/other', 'main', { token: 'hf_wrong' }), 'not_found', /check the name, and that the token is right/],
    ['a right token without access', () => open('org/other', 'main', { token: TOKEN }), 'not_found', /Repository not found/],
    ['revision', () => open('org/name', 'v9'), 'no_revision', /has no revision v9; choose a branch, tag or commit/],
    ['file', async () => (await open()).read('vocab.txt'), 'no_file', /vocab\.txt: is not in org\/name at 0123456/],
  ])('%s', async (_, act, code, sentence) => {
    expect(await refusal(act())).toEqual({ code, sentence: expect.stringMatching(sentence) });
  });

  it('gated: what is public is read, the rest names the page and the token', async () => {
    hub.repositories.set('org/name', repository({ gated: 'manual' }));
    const source = await open();
    expect(Buffer.from(await source.read('README.md')).toString()).toBe('# model');
    expect(await refusal(source.read('config.json'))).toEqual({ code: 'gated', sentence: expect.stringMatching(/is gated .*accept its terms at http.*org\/name, then give a read token/) });
    expect((await refusal((await open('org/name', 'main', { token: 'hf_pending' })).read('config.json'))).sentence).toMatch(/its authors have yet to answer/);
    expect(Buffer.from(await (await open('org/name', 'main', { token: TOKEN })).read('config.json'))).toEqual(config);
  });

  it('disabled', async () => {
    hub.repositories.set('org/name', repository({ disabled: true }));
    expect(await refusal(open())).toEqual({ code: 'forbidden', sentence: expect.stringContaining('was disabled by the Hub') });
  });

  it.each([['text', 'We had to rate limit your IP'], ['a page', '<html>429</html>']])('too many requests, as %s', async (_, text) => {
    hub.faults = [(__, response) => { response.writeHead(429, { 'Content-Type': text.startsWith('<') ? 'text/html' : 'text/plain' }).end(text); return true; }];
    expect(await refusal(open())).toEqual({ code: 'busy', sentence: expect.stringContaining('wait five minutes') });
  });

  it('an answer that none of these explain', async () => {
    hub.faults = [(_, response) => { response.writeHead(400, { 'Content-Type': 'application/json' }).end('{"error":"expand: invalid"}'); return true; }];
    expect((await refusal(open())).sentence).toContain('expand: invalid');
  });
});

describe('10: circles', () => {
  it('ends a redirect to itself, and one that goes on for ever', async () => {
    let hops = 0;
    hub.faults = [(_, response) => { response.writeHead(307, { Location: `/api/models/org/name/revision/main?hop=${hops++}` }).end(); return true; }];
    expect(await refusal(open())).toMatchObject({ code: 'offline' });
    expect(hops).toBeLessThanOrEqual(21 * patience.tries);
  });

  it.each<[string, (address: string) => string]>([
    ['the same cursor again', (address) => `${address}/api/models/org/name/tree/${COMMIT}?recursive=true`],
    ['another origin', () => 'http://example.invalid/api/models/org/name/tree/x'],
  ])('refuses a list that goes on at %s', async (_, next) => {
    hub.faults = [(__, response) => { response.writeHead(200, { 'Content-Type': 'application/json', Link: `<${next(hub.endpoint)}>; rel="next"` }).end('[]'); return true; }];
    expect(await refusal(treeOf(access(), 'org/name', COMMIT))).toEqual({ code: 'not_the_file', sentence: expect.stringMatching(/has no end|at another host/) });
  });

  it('takes a path once that comes twice', async () => {
    hub.faults = [(_, response) => { response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify([1, 2].map((size) => ({ type: 'file', path: 'config.json', size, oid: 'x' })))); return true; }];
    expect(await treeOf(access(), 'org/name', COMMIT)).toHaveLength(1);
  });
});

describe('11: tokens', () => {
  it('go to the Hub alone, in the header alone', async () => {
    hub.repositories.set('org/name', repository({ private: true }));
    const source = await open('org/name', 'main', { token: TOKEN });
    await whole(source, 'model.safetensors');
    expect(hub.log.filter(({ host }) => host === 'hub').every(({ authorization }) => authorization === `Bearer ${TOKEN}`)).toBe(true);
    const elsewhere = hub.log.filter(({ host }) => host === 'cdn');
    expect(elsewhere).toHaveLength(1);
    expect(elsewhere.every(({ authorization }) => authorization === undefined)).toBe(true);
    expect(JSON.stringify(hub.log.map(({ url, referer }) => [url, referer]))).not.toContain(TOKEN);
    expect(JSON.stringify(source.reference)).not.toContain(TOKEN);
  });

  it('appear in no sentence', async () => {
    const { sentence } = await refusal(open('org/other', 'main', { token: TOKEN }));
    expect(sentence).not.toContain(TOKEN);
  });
});
