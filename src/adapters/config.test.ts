import { describe, expect, it } from 'vitest';
import { parseAdapterConfig } from './config';

/** What peft 0.21 writes, in part. */
const LORA = { peft_type: 'LORA', task_type: 'SEQ_CLS', r: 4, lora_alpha: 8, target_modules: ['query', 'value'], bias: 'none', modules_to_save: ['classifier', 'classifier', 'score'], init_lora_weights: true, use_dora: false, qalora_group_size: 16, megatron_core: 'megatron.core' };
const PROMPT = { peft_type: 'PROMPT_TUNING', task_type: 'CAUSAL_LM', num_virtual_tokens: 5, num_transformer_submodules: 1, token_dim: 32 };
const parse = (fields: object) => parseAdapterConfig(JSON.stringify(fields));

describe('adapter_config.json', () => {
  it('is read as peft writes it', () => {
    expect(parse(LORA)).toMatchObject({ kind: 'lora', task: 'SEQ_CLS', rank: 4, alpha: 8, targets: ['query', 'value'], modulesToSave: ['classifier', 'score'], rankStabilised: false, dora: false, pissa: undefined, unknown: [] });
    expect(parse(PROMPT)).toEqual({ kind: 'prompt', task: 'CAUSAL_LM', tokens: 5, modulesToSave: [], unknown: [] });
  });

  it('is read as older versions wrote it, whose fields are fewer or null', () => {
    const { peft_type, target_modules } = LORA;
    expect(parse({ peft_type, target_modules, merge_weights: false, modules_to_save: null, layers_to_transform: null, rank_pattern: null })).toMatchObject({ rank: 8, alpha: 8, layers: undefined, rankPattern: {}, task: undefined });
    expect(parse({ ...LORA, layers_to_transform: 1, layers_pattern: 'layer' })).toMatchObject({ layers: [1], layersPattern: ['layer'] });
  });

  it('knows PiSSA, which the loader has to compute', () => {
    expect(parse({ ...LORA, init_lora_weights: 'pissa' })).toMatchObject({ pissa: 'exact' });
    expect(parse({ ...LORA, init_lora_weights: 'pissa_niter_16' })).toMatchObject({ pissa: 16 });
    expect(parse({ ...LORA, init_lora_weights: 'gaussian' })).toMatchObject({ pissa: undefined });
  });

  it('names fields that nobody knows', () => {
    expect(parse({ ...LORA, next_years_field: { depth: 2 }, another: null }).unknown).toEqual(['next_years_field']);
  });

  it.each<[string, object | string, string]>([
    ['no JSON', '{', 'not JSON ('],
    ['a list', '[1]', 'not a JSON object ([1]); choose the folder of an adapter that peft saved'],
    ['no type', { r: 4 }, 'peft_type is missing (undefined); choose the folder of an adapter that peft saved'],
    ['another method', { ...LORA, peft_type: 'IA3' }, 'peft_type is not supported (IA3); choose an adapter of type LORA, PROMPT_TUNING or PREFIX_TUNING'],
    ['another task', { ...LORA, task_type: 'TOKEN_CLS' }, 'task_type is not supported (TOKEN_CLS)'],
    ['a rank of 0', { ...LORA, r: 0 }, 'field r has no usable value (0)'],
    ['a rank that is a text', { ...LORA, r: '8' }, 'field r has no usable value ("8")'],
    ['a broken pattern', { ...LORA, rank_pattern: { query: 1.5 } }, 'field rank_pattern.query has no usable value (1.5)'],
    ['no targets', { ...LORA, target_modules: [] }, 'target_modules names no module ([])'],
    ['missing targets', { peft_type: 'LORA' }, 'field target_modules is missing'],
    ['negative layers', { ...LORA, layers_to_transform: [-1] }, 'field layers_to_transform.0 has no usable value (-1)'],
    ['something that computes differently', { ...LORA, use_qalora: true }, 'use_qalora is set (true), which changes what the adapter computes'],
    ['a base that changes on loading', { ...LORA, init_lora_weights: 'olora' }, 'init_lora_weights is "olora": peft changes the base weights with it'],
    ['no virtual tokens', { ...PROMPT, num_virtual_tokens: 0 }, 'field num_virtual_tokens has no usable value (0)'],
    ['two submodules', { ...PROMPT, num_transformer_submodules: 2 }, 'num_transformer_submodules is 2'],
  ])('refuses %s', (_, given, sentence) => {
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    expect(() => parseAdapterConfig(text)).toThrow(`adapter_config.json: ${sentence}`);
  });
});
