/** What is found out of a model without its weights, and what is refused before a byte of them is asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diskSource } from '../sources/disk';
import { localSource } from '../sources/files';
import { describeSource, toFetch } from './description';

const models = fileURLToPath(new URL('../../public/models', import.meta.url));
const golden = fileURLToPath(new URL('../fixtures/golden', import.meta.url));
const builtIn = (name: string) => diskSource(join(models, name), { kind: 'builtin', name });

it('the facts that the page ships are those of the models that it ships', async () => {
  // The encoder first: the page starts with it.
  const names = readdirSync(models).sort().reverse();
  const facts = await Promise.all(names.map(async (name) => [name, (await describeSource(builtIn(name))).facts]));
  await expect(`${JSON.stringify(Object.fromEntries(facts), undefined, 1)}\n`).toMatchFileSnapshot('../config/builtInModels.json');
});

/** The files of a golden case's model with some of them changed; null takes one away. */
function changed(files: Record<string, string | Uint8Array | null>) {
  const folder = join(golden, 'roberta-output', 'model');
  const all = { ...Object.fromEntries(readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))])), ...files };
  return localSource('model', Object.entries(all).flatMap(([path, content]) => (content === null ? [] : [{ path, blob: new Blob([content as BlobPart]) }])));
}

/** A safetensors file with this header and `bytes` behind it. */
function file(header: unknown, bytes: number, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const all = new Uint8Array(8 + json.length + bytes);
  new DataView(all.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  all.set(json, 8);
  return all;
}

it('a folder without a tokenizer is described, and says what is missing', async () => {
  const source = await changed({});
  const { facts, tokenizer } = await describeSource(source);
  expect(tokenizer).toBeUndefined();
  expect(facts).toMatchObject({ name: 'model', architecture: 'RoBERTa', decoder: false, biases: true, formats: ['F32'], obstacle: expect.stringContaining('tokenizer.json: is not among the files of model') });
  expect(facts.source).toMatch(/^local:model#[0-9a-f]{16}$/);
  expect(facts.weightBytes).toBe(facts.files.at(-1)!.bytes);
  expect(await toFetch(source, facts)).toBe(0);
});

describe('refused before a byte of weights', () => {
  const config = JSON.parse(readFileSync(join(golden, 'roberta-output', 'model', 'config.json'), 'utf8')) as Record<string, unknown>;
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n';
  it.each<[string, Record<string, string | Uint8Array | null>, RegExp]>([
    ['weights as a pickle only', { 'model.safetensors': null, 'pytorch_model.bin': 'PK' }, /^pytorch_model\.bin: is a Python pickle, which can run a program/],
    ['no weights at all', { 'model.safetensors': null }, /^model\.safetensors: is not among the files of model \(config\.json/],
    ['no configuration', { 'config.json': null }, /^config\.json: is not among the files/],
    ['a pointer of git in place of the weights', { 'model.safetensors': pointer }, /^model\.safetensors: is only git’s pointer/],
    ['a pointer of git in place of the configuration', { 'config.json': pointer }, /^config\.json: is only git’s pointer/],
    ['a configuration that is no JSON', { 'config.json': '{"model_type":' }, /^config\.json: not JSON/],
    ['another model under this type', { 'config.json': JSON.stringify({ ...config, hidden_size: 64 }) }, /shape \[.*\] does not fit config\.json/],
    ['more layers than there are', { 'config.json': JSON.stringify({ ...config, num_hidden_layers: 4 }) }, /tensors are missing \(roberta\.encoder\.layer\.2/],
    ['a header of an exabyte', { 'model.safetensors': file('{}', 0, 2n ** 60n) }, /the header is said to be longer than the file \(1152921504606846976 of/],
    ['a header that is no JSON', { 'model.safetensors': file('{"a":', 1200) }, /the header is not JSON/],
    ['a header that is a list', { 'model.safetensors': file([1], 1200) }, /the header is not a JSON object/],
    ['offsets that go backwards', { 'model.safetensors': file({ a: { dtype: 'F32', shape: [1], data_offsets: [8, 4] } }, 1200) }, /tensor a: offsets are not a begin and an end \(\[8,4\]\)/],
    ['a tensor without a shape', { 'model.safetensors': file({ a: { dtype: 'F32', data_offsets: [0, 1200] } }, 1200) }, /tensor a: format and shape are not said/],
    ['a part that is not there', { 'model.safetensors': null, 'model.safetensors.index.json': JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors' } }) }, /names "model-00001-of-00002\.safetensors", which is not among the files/],
    ['a part outside the folder', { 'model.safetensors': null, 'model.safetensors.index.json': JSON.stringify({ weight_map: { a: '../secret' } }) }, /names "\.\.\/secret"/],
    ['an index without a table', { 'model.safetensors': null, 'model.safetensors.index.json': '[]' }, /weight_map is no table/],
  ])('%s', async (_, files, sentence) => {
    await expect(changed(files).then((source) => describeSource(source))).rejects.toThrow(sentence);
  });
});

it.each<[string, string, RegExp]>([
  ['that is no JSON', '{', /^tokenizer\.json: it is not JSON/],
  ['of another model', readFileSync(join(models, 'nano-encoder', 'tokenizer.json'), 'utf8'), /^tokenizer\.json: its greatest id has no row/],
])('a tokenizer %s stands in the way of a run, and of nothing else', async (_, tokenizer, sentence) => {
  const { facts } = await describeSource(await changed({ 'tokenizer.json': tokenizer }));
  expect(facts.obstacle).toMatch(sentence);
});
