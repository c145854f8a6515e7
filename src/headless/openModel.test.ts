import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openNamed } from './openModel';

const folder = mkdtempSync(join(tmpdir(), 'open-'));
const models = join(import.meta.dirname, '../../public/models');

it('opens a folder and a built-in model by name', async () => {
  await expect(openNamed(folder, '--model', { models })).rejects.toThrow(`--model ${folder} holds no file; give the folder that has its configuration and its weights`);
  writeFileSync(join(folder, 'config.json'), '{}');
  expect((await openNamed(folder, '--model', { models })).reference).toMatchObject({ kind: 'local', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect((await openNamed('nano-encoder', '--model', { models })).reference).toEqual({ kind: 'builtin', name: 'nano-encoder' });
});

it.each([
  ['./not-there', '--model ./not-there is no folder on this machine; check the path'],
  ['nano-nothing', '--model nano-nothing is neither a folder on this machine nor a built-in model; give a path, a built-in name, org/name of the Hugging Face Hub, or the address of a folder'],
  ['org/a--b', '--model: "a--b" is no name on the Hub; -- and .. are not allowed.'],
  ['ftp://host/folder', '--model: "ftp://host/folder" is no address of a folder; it begins with http:// or https:// and holds no name or password.'],
])('refuses %s', async (name, sentence) => {
  await expect(openNamed(name, '--model', { models })).rejects.toThrow(new Error(sentence));
});

it('refuses a file in place of a folder', async () => {
  writeFileSync(join(folder, 'model.safetensors'), '');
  const name = join(folder, 'model.safetensors');
  await expect(openNamed(name, '--model', { models })).rejects.toThrow(`--model ${name} is a file; give the folder that holds it`);
});
