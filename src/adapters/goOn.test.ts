import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type HeldCheckpoint, holdCheckpoint, loadCheckpoint } from '../model/files/folder';
import type { TensorFile } from '../model/files/safetensors';
import { diskSource } from '../sources/disk';
import { applyAdapter } from './apply';
import { parseAdapterConfig } from './config';
import { startSettings } from './goOn';

const model = async (): Promise<HeldCheckpoint> => holdCheckpoint(await loadCheckpoint(diskSource(fileURLToPath(new URL('../fixtures/golden/qwen2-lm/model', import.meta.url)))));
const tensor = (...shape: number[]): TensorFile => ({ shape, values: new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(0.5) });
const branch = (layer: number, part: string, rank: number, outputs: number): [string, TensorFile][] => {
  const at = `base_model.model.model.layers.${layer}.self_attn.${part}_proj`;
  return [[`${at}.lora_A.weight`, tensor(rank, 32)], [`${at}.lora_B.weight`, tensor(outputs, rank)]];
};

async function settings(fields: object, tensors: [string, TensorFile][]) {
  const base = await model();
  const config = parseAdapterConfig(JSON.stringify({ peft_type: 'LORA', task_type: 'CAUSAL_LM', r: 2, lora_alpha: 5, target_modules: ['q_proj', 'v_proj'], ...fields }));
  return startSettings(applyAdapter(base, { config, tensors: new Map(tensors) }), base, config);
}

describe('an adapter as the start of a run', () => {
  const both = [0, 1].flatMap((layer) => [...branch(layer, 'q', 2, 32), ...branch(layer, 'v', 2, 16)]);

  it('is described by the settings of a run', async () => {
    expect(await settings({}, both)).toEqual({ peft: 'lora', rank: 2, alpha: 5, targets: ['q', 'v'], fromLayer: 0 });
    expect(await settings({ use_rslora: true }, both)).toEqual({ peft: 'rslora', rank: 2, alpha: 5, targets: ['q', 'v'], fromLayer: 0 });
    expect(await settings({ layers_to_transform: [1], target_modules: ['q_proj'] }, branch(1, 'q', 2, 32))).toMatchObject({ targets: ['q'], fromLayer: 1 });
    expect(await settings({ peft_type: 'PROMPT_TUNING', num_virtual_tokens: 3 }, [['prompt_embeddings', tensor(3, 32)]])).toEqual({ peft: 'prompt', virtualTokens: 3 });
  });

  it.each<[string, object, [string, TensorFile][], string]>([
    ['ranks that differ', { rank_pattern: { v_proj: 3 } }, [0, 1].flatMap((layer) => [...branch(layer, 'q', 2, 32), ...branch(layer, 'v', 3, 16)]), 'its ranks or scales differ from module to module'],
    ['scales that differ', { alpha_pattern: { v_proj: 3 } }, both, 'its ranks or scales differ from module to module'],
    ['the lower layers', { layers_to_transform: [0] }, both.slice(0, 4), 'its branches are not in the same layers'],
    ['a changed base', { modules_to_save: ['embed_tokens'] }, [...both, ['base_model.model.model.embed_tokens.weight', tensor(97, 32)]], 'it changes model.embed_tokens.weight, lm_head.weight of the base, which a run here does not train'],
  ])('is refused with %s', async (_, fields, tensors, sentence) => {
    await expect(settings(fields, tensors)).rejects.toThrow(`adapter_model.safetensors: ${sentence}`);
  });
});
