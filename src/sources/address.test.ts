import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressSource } from './address';

afterEach(() => vi.unstubAllGlobals());

const source = (base = 'https://example.org/models/x') => addressSource({ kind: 'builtin', name: 'x' }, 'x', base, { patience: { tries: 2, pause: 1, silence: 1000 } });

describe('a folder at an address', () => {
  it('is read below it', async () => {
    const fetched = vi.fn(async () => new Response(new Uint8Array([1, 2])));
    vi.stubGlobal('fetch', fetched);
    expect([...await source().read('config.json')]).toEqual([1, 2]);
    expect((await source().read('a file.json')).byteLength).toBe(2);
    expect(fetched.mock.calls.map((call: unknown[]) => call[0])).toEqual(['https://example.org/models/x/config.json', 'https://example.org/models/x/a%20file.json']);
  });

  it('lists what is there of the files that a model may have, by one byte of each', async () => {
    vi.stubGlobal('fetch', async (address: string) => (/config|model\.safetensors$/.test(address) ? new Response('x', { status: 206, headers: { 'content-range': 'bytes 0-0/1234' } }) : new Response('', { status: 404 })));
    expect(await source().list()).toEqual(['model.safetensors', 'config.json', 'tokenizer_config.json', 'generation_config.json'].map((path) => ({ path, bytes: 1234 })));
  });

  it.each<[string, () => Promise<Response>, RegExp]>([
    ['a missing file', async () => new Response('', { status: 404 }), /^a\.json: could not be fetched \(status 404\); check that the folder https:\/\/example\.org\/models\/x holds it/],
    ['trouble', async () => new Response('', { status: 500 }), /^a\.json: could not be fetched \(status 500\); check that the folder .* is served/],
    ['a page in its place', async () => new Response('<p>', { headers: { 'content-type': 'text/html' } }), /^a\.json: the server answered with a page/],
    ['no connection', async () => Promise.reject(new TypeError('fetch failed')), /^a\.json: could not be fetched from example\.org \(fetch failed\)/],
  ])('says so for %s', async (_, answer, sentence) => {
    vi.stubGlobal('fetch', answer);
    await expect(source().read('a.json')).rejects.toThrow(sentence);
  });
});
