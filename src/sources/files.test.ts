import { describe, expect, it } from 'vitest';
import { collected, localSource } from './files';
import { policyOf } from './policy';

const file = (path: string, text: string) => ({ path, blob: new Blob([text]) });

describe('files that were dropped', () => {
  it('are called by their path below the folder that holds them all', async () => {
    const source = await localSource('mine', [file('mine/snapshot/config.json', '{}'), file('mine/snapshot/shards/a.safetensors', 'abc'), file('mine/.DS_Store', 'x')]);
    expect(await source.list()).toEqual([{ path: 'config.json', bytes: 2 }, { path: 'shards/a.safetensors', bytes: 3 }]);
    expect(new TextDecoder().decode(await source.read('config.json'))).toBe('{}');
    expect(new TextDecoder().decode(await source.range('shards/a.safetensors', 1, 2))).toBe('b');
    expect(new TextDecoder().decode(await collected('', source.stream('shards/a.safetensors')))).toBe('abc');
  });

  it('have a fingerprint that follows contents and not the order in which they came', async () => {
    const fingerprint = async (...files: ReturnType<typeof file>[]) => (await localSource('x', files)).reference;
    const one = await fingerprint(file('a', '1'), file('b', '2'));
    expect(await fingerprint(file('b', '2'), file('a', '1'))).toEqual(one);
    expect(await fingerprint(file('a', '1'), file('b', '3'))).not.toEqual(one);
  });

  it('name what is missing, and what is there', async () => {
    const source = await localSource('mine', [file('config.json', '{}')]);
    await expect(source.read('model.safetensors')).rejects.toThrow('model.safetensors: is not among the files of mine (config.json); drop the whole folder');
    await expect(localSource('nothing', [])).rejects.toThrow('holds no file');
  });
});

describe('the policy', () => {
  const allowed = policyOf('http://localhost:5173', ['http://127.0.0.1:9000']);

  it.each(['http://localhost:5173/models/x', 'https://huggingface.co/a', 'https://cdn-lfs.huggingface.co/a', 'https://us.aws.cdn.hf.co/x', 'http://127.0.0.1:9000/x'])('allows %s', (address) => expect(() => allowed(address)).not.toThrow());

  it.each(['https://hf.co/a', 'http://huggingface.co/a', 'https://huggingface.co.evil.example/a', 'https://evilhf.co/x', 'http://127.0.0.1:9001/x'])('refuses %s and names the option', (address) => {
    expect(() => allowed(address)).toThrow(`--allow-host ${new URL(address).origin}`);
  });

  it('is none under Node', () => expect(() => policyOf(undefined, [])('http://anywhere.example')).not.toThrow());
});
