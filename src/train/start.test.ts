/** An adapter as the start of a run: what fits gives settings and values without a weight of the base, what does not is said. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import { loadCheckpoint } from '../model/files/folder';
import { writeSafetensors, type TensorFile } from '../model/files/safetensors';
import { diskSource } from '../sources/disk';
import { localSource } from '../sources/files';
import { readStart, settingsOnto, startProblem } from './start';
import { unpacked } from './unpacked';
import { zipSync } from 'fflate';

const base = diskSource(fileURLToPath(new URL('../../public/models/nano-encoder', import.meta.url)), { kind: 'hub', id: 'org/nano-encoder', revision: 'main' });
const HEAD = { problem: 'classification', labels: 2 } as const;

/** A branch on the queries and values of every layer, and a head. */
async function files(config: object = {}, rank = 2) {
  const { config: model } = await loadCheckpoint(base);
  const tensors = new Map<string, TensorFile>();
  const put = (name: string, shape: number[]) => tensors.set(`base_model.model.${name}`, { shape, values: Float32Array.from({ length: shape.reduce((one, other) => one * other, 1) }, (_, index) => Math.cos(index)) });
  for (let layer = 0; layer < model.layers; layer++) {
    for (const part of ['query', 'value']) {
      put(`roberta.encoder.layer.${layer}.attention.self.${part}.lora_A.weight`, [rank, model.hidden]);
      put(`roberta.encoder.layer.${layer}.attention.self.${part}.lora_B.weight`, [model.hidden, rank]);
    }
  }
  for (const [name, shape] of [['dense.weight', [model.hidden, model.hidden]], ['dense.bias', [model.hidden]], ['out_proj.weight', [2, model.hidden]], ['out_proj.bias', [2]]] as const) put(`classifier.${name}`, [...shape]);
  const written = { peft_type: 'LORA', task_type: 'SEQ_CLS', r: rank, lora_alpha: 3, target_modules: ['query', 'value'], modules_to_save: ['classifier'], ...config };
  return { 'adapter_config.json': new TextEncoder().encode(JSON.stringify(written)), 'adapter_model.safetensors': writeSafetensors(tensors) };
}

const sourceOf = async (content: Record<string, Uint8Array<ArrayBuffer>>) => localSource('mine', await unpacked([{ path: 'mine.zip', blob: new Blob([zipSync(content) as Uint8Array<ArrayBuffer>]) }]));
const startOf = async (config?: object, rank?: number, head: { problem: 'classification' | 'language_model'; labels: number } = HEAD) => readStart(await sourceOf(await files(config, rank)), { source: base, checkpoint: await loadCheckpoint(base) }, head);

describe('an adapter as the start of a run', () => {
  it('gives the method its settings, and the values that it has', async () => {
    const start = await startOf();
    expect(start).toMatchObject({ name: 'mine', settings: { peft: 'lora', rank: 2, alpha: 3, targets: ['q', 'v'], fromLayer: 0 }, notes: [] });
    expect(start.values.get('base_model.model.classifier.modules_to_save.out_proj.bias')).toEqual(Float32Array.of(1, Math.cos(1)));
    const config: RunConfig = { ...DEFAULT_CONFIG, model: { ...DEFAULT_CONFIG.model, ...settingsOnto(start, DEFAULT_CONFIG) } };
    expect(startProblem(start, config)).toBeUndefined();
    expect(startProblem(start, { ...config, model: { ...config.model, peft: 'loraplus' } })).toBeUndefined();
    expect(startProblem(start, { ...config, model: { ...config.model, rank: 8 } })).toBe('model: the adapter mine has rank 2 (here 8); give the method its settings, or take the adapter off');
  });

  it.each([
    ['another base', { base_model_name_or_path: 'org/other' }, 2, HEAD, 'says that its base is org/other, and the model is org/nano-encoder'],
    ['other shapes', { r: 4 }, 2, HEAD, 'query.lora_A.weight [2,64] should be [4,64]'],
    ['another problem', {}, 2, { problem: 'classification', labels: 3 } as const, 'is for 2 classes, and the data are 3 classes'],
    ['PiSSA, which changes its base', { init_lora_weights: 'pissa' }, 2, HEAD, 'takes the leading singular vectors out of the base'],
  ])('refuses %s', async (_, config, rank, head, sentence) => {
    await expect(startOf(config, rank, head)).rejects.toThrow(sentence);
  });

  it('refuses what is no zip', async () => {
    await expect(unpacked([{ path: 'mine.zip', blob: new Blob(['not packed']) }])).rejects.toThrow('mine.zip: is no zip that can be read');
  });
});
