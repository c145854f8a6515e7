import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { diskSource } from '../../sources/disk';
import { type Checkpoint, loadCheckpoint as load, type ModelFolder } from './folder';
import { heldFolder } from './modelFolder';
import { readSafetensors, type TensorFile, writeSafetensors } from './safetensors';
import { intoMemory } from './storedTensors';

const held = async ({ config, tensors }: Checkpoint) => ({ config, tensors: await intoMemory(tensors) });
const loadCheckpoint = async (folder: ModelFolder) => held(await load(folder));
const golden = (name: string) => diskSource(fileURLToPath(new URL(`../../fixtures/golden/${name}/model`, import.meta.url)));

/** The golden checkpoint `name` with its tensors changed. */
async function changed(name: string, change: (tensors: Map<string, TensorFile>) => Map<string, TensorFile>): Promise<ModelFolder> {
  const folder = golden(name);
  const file = writeSafetensors(change(readSafetensors(await folder.read('model.safetensors'), name)));
  return heldFolder(name, new Map([['config.json', await folder.read('config.json')], ['model.safetensors', file]]));
}
/** A checkpoint with one more tensor of zeros, in any number format, at the end of its file. */
async function extended(folder: ModelFolder, tensor: string, dtype: string, count: number, bytes: number): Promise<ModelFolder> {
  const file = new Uint8Array(await folder.read('model.safetensors'));
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const end = file.length - 8 - length;
  const text = new TextEncoder().encode(JSON.stringify({ ...header, [tensor]: { dtype, shape: [count], data_offsets: [end, end + bytes] } }));
  const made = new Uint8Array(8 + text.length + end + bytes);
  new DataView(made.buffer).setBigUint64(0, BigInt(text.length), true);
  made.set(text, 8);
  made.set(file.subarray(8 + length), 8 + text.length);
  return heldFolder(folder.name, new Map([['config.json', await folder.read('config.json')], ['model.safetensors', made]]));
}
const renamed = (rename: (name: string) => string) => (tensors: Map<string, TensorFile>) => new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));
const without = (drop: RegExp) => (tensors: Map<string, TensorFile>) => new Map([...tensors].filter(([name]) => !drop.test(name)));

afterEach(() => vi.unstubAllGlobals());

describe('loading a checkpoint', () => {
  it.each(['bert-lora', 'roberta-regression-mse'])('loads %s under any of its names', async (name) => {
    const usual = await loadCheckpoint(golden(name));
    expect(usual.tensors.size).toBe(5 + 2 * 16 + 4);
    expect(usual.config.architecture).toBe(name.split('-')[0]);
    const bare = await loadCheckpoint(await changed(name, renamed((one) => one.replace(/^(ro)?bert\w*\./, ''))));
    expect(bare).toEqual(usual);
    const legacy = await loadCheckpoint(await changed(name, renamed((one) => one.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'))));
    expect(legacy).toEqual(usual);
  });

  it('leaves a head out where the file has none', async () => {
    const { tensors } = await loadCheckpoint(await changed('bert-lora', without(/classifier|pooler/)));
    expect(tensors.has('classifier.weight')).toBe(false);
    expect(tensors.has('bert.pooler.dense.weight')).toBe(false);
    expect(tensors.has('bert.embeddings.word_embeddings.weight')).toBe(true);
  });

  it('drops tensors that the engine does not use', async () => {
    const extra = await changed('bert-lora', (tensors) => tensors.set('cls.predictions.bias', { shape: [1], values: new Float32Array(1) }));
    expect((await loadCheckpoint(extra)).tensors.has('cls.predictions.bias')).toBe(false);
  });

  it.each([['BOOL', 9, 9], ['U8', 9, 9], ['I64', 3, 24], ['F8_E4M3', 4, 4]])('does not mind the number format of what nothing reads (%s)', async (dtype, count, bytes) => {
    const usual = await loadCheckpoint(golden('gpt2-lm-hiddenkey'));
    // A causal mask, which GPT-2's files have in every layer.
    expect(await loadCheckpoint(await extended(golden('gpt2-lm-hiddenkey'), 'transformer.h.0.attn.bias', dtype, count, bytes))).toEqual(usual);
  });

  it('names a tensor that it needs in a number format that it does not read, under either name', async () => {
    const sentence = (name: string) => new RegExp(`^model.safetensors: tensor ${name}: number format not supported \\(BOOL\\); store it as one of F32`);
    for (const name of ['transformer.wte.weight', 'wte.weight']) {
      const folder = await changed('gpt2-lm-hiddenkey', without(/wte/));
      await expect(loadCheckpoint(await extended(folder, name, 'BOOL', 9, 9))).rejects.toThrow(sentence(name));
    }
  });

  it('names missing tensors, at most five', async () => {
    const one = await changed('bert-lora', without(/layer\.1\.attention\.self\.key\.bias/));
    await expect(loadCheckpoint(one)).rejects.toThrow(/^model.safetensors: tensors are missing \(bert.encoder.layer.1.attention.self.key.bias\); choose/);
    const many = await changed('bert-lora', without(/layer\.1\./));
    await expect(loadCheckpoint(many)).rejects.toThrow(/and 11 more/);
    const half = await changed('bert-lora', without(/classifier\.bias/));
    await expect(loadCheckpoint(half)).rejects.toThrow(/tensors are missing \(classifier.bias\)/);
  });

  it('names a tensor whose shape does not fit the configuration', async () => {
    const folder = await changed('bert-lora', (tensors) => tensors.set('classifier.bias', { shape: [4], values: new Float32Array(4) }));
    await expect(loadCheckpoint(folder)).rejects.toThrow(/tensor classifier.bias: shape \[4\] does not fit config.json \(\[3\]\)/);
  });
});

describe('folders', () => {
  it('names a file that is not on disk', async () => {
    await expect(golden('bert-lora').read('vocab.txt')).rejects.toThrow(/^vocab.txt: could not be read \(ENOENT\)/);
  });
});
