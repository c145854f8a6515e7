/** The Hub's answers and refusals: rows 1, 2, 9, 10, 11 and 13 of the list that describes a stand-in (transfer.test.ts has the others). */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Places } from '../open';
import { COMMIT, config, CONVERTED, openFrom, patience, patterned, refusal, repository, weights, whole, standInForTests } from '../testing/library';
import { type HubStandIn, TOKEN } from '../testing/standIn';
import { treeOf } from './api';
import { conversionOf } from './hub';

let hub: HubStandIn;
const standIn = standInForTests();
beforeEach(() => { hub = standIn(); });

const open = (id?: string, revision?: string, more: Partial<Places> = {}) => openFrom(hub, id, revision, more);
const access = (token?: string) => ({ endpoint: hub.endpoint, kind: 'models' as const, token, patience });

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
