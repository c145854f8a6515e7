/** What each architecture assumes where a file is silent, and what it refuses because it would compute something else. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseCheckpointConfig } from '../files/checkpointConfig';

const FIXTURES = { bert: 'bert-full', roberta: 'roberta-output', distilbert: 'distilbert-hiddenkey', gpt2: 'gpt2-lm-hiddenkey', llama: 'llama-lm-prefix-hiddenkey', qwen2: 'qwen2-lm', qwen3: 'qwen3-lm-spans' };
type Name = keyof typeof FIXTURES;
type Fields = Record<string, unknown>;

/** The configuration of a golden case with fields changed; `undefined` leaves a field out. */
function parse(name: Name, changes: Fields) {
  const fields = JSON.parse(readFileSync(new URL(`../../fixtures/golden/${FIXTURES[name]}/model/config.json`, import.meta.url), 'utf8'));
  return parseCheckpointConfig(JSON.stringify({ ...fields, ...changes }));
}

describe('where the file is silent, or says otherwise', () => {
  it.each<[Name, Fields, Fields]>([
    ['bert', { layer_norm_eps: undefined, type_vocab_size: undefined, pad_token_id: undefined, hidden_act: undefined }, { normEpsilon: 1e-12, types: 2, padId: 0 }],
    ['roberta', { pad_token_id: undefined }, { padId: 1 }],
    ['distilbert', { pad_token_id: null, activation: undefined }, { padId: undefined, normEpsilon: 1e-12 }],
    ['distilbert', { pad_token_id: undefined, tie_word_embeddings: undefined }, { padId: 0, tied: true }],
    ['gpt2', { n_inner: null, layer_norm_epsilon: undefined, activation_function: undefined, scale_attn_weights: undefined, tie_word_embeddings: undefined }, { inner: 128, normEpsilon: 1e-5, tied: true }],
    ['gpt2', { tie_word_embeddings: false }, { tied: false }],
    ['gpt2', { activation_function: 'gelu_pytorch_tanh', pad_token_id: -1 }, { padId: -1 }],
    ['llama', { hidden_act: 'swish', pad_token_id: -1 }, { padId: -1 }],
    ['llama', { pad_token_id: null }, { padId: undefined }],
    ['llama', { pad_token_id: undefined }, { padId: undefined }],
    // GPT-2 has no padding row, so that the id may be any.
    ['gpt2', { pad_token_id: 97 }, { padId: 97 }],
    ['roberta', { pad_token_id: -1, tie_word_embeddings: false }, { padId: -1, tied: false }],
    ['qwen2', { use_sliding_window: true, max_window_layers: 2 }, { layers: 2 }],
    ['qwen3', { use_sliding_window: true, max_window_layers: 28, layer_types: ['full_attention', 'full_attention'] }, { layers: 2 }],
    ['gpt2', { n_inner: undefined, pad_token_id: undefined }, { inner: 128, padId: undefined }],
    ['llama', { num_key_value_heads: undefined, head_dim: undefined, rms_norm_eps: undefined, tie_word_embeddings: undefined }, { keyValueHeads: 4, headSize: 8, normEpsilon: 1e-6, tied: false }],
    ['llama', { head_dim: null, rope_parameters: undefined }, { headSize: 8, ropeTheta: 10000 }],
    ['qwen2', { head_dim: undefined, num_attention_heads: 8 }, { headSize: 4 }],
    // Qwen3's heads are not the width's share.
    ['qwen3', { head_dim: undefined }, { headSize: 128 }],
  ])('%s %o', (name, changes, expected) => {
    expect(parse(name, changes)).toMatchObject(expected);
  });
});

describe('rotary angles', () => {
  it.each(['llama', 'qwen2', 'qwen3'] as const)('%s: the base, wherever this version of transformers puts it', (name) => {
    expect(parse(name, { rope_parameters: { rope_theta: 5e5, rope_type: 'default' } }).ropeTheta).toBe(5e5);
    expect(parse(name, { rope_parameters: undefined, rope_theta: 1e6, rope_scaling: null }).ropeTheta).toBe(1e6);
    expect(parse(name, { rope_parameters: { rope_type: 'default' }, rope_theta: 1e6 }).ropeTheta).toBe(1e6);
    expect(parse(name, { rope_parameters: { rope_theta: 5e5 }, rope_scaling: { rope_type: 'default' } }).ropeTheta).toBe(5e5);
  });
});

const NOT_PLAIN = 'scale_attn_by_inverse_layer_idx or add_cross_attention is set (true); choose a plain GPT-2';

describe('what would be computed otherwise is refused', () => {
  it.each<[Name, Fields, string]>([
    ['bert', { hidden_act: 'relu' }, 'activation hidden_act is not supported (relu); choose a checkpoint with "gelu"'],
    ['roberta', { hidden_act: 'gelu_new' }, 'activation hidden_act is not supported (gelu_new); choose a checkpoint with "gelu"'],
    ['roberta', { position_embedding_type: 'relative_key_query' }, 'position_embedding_type is not supported (relative_key_query); choose a checkpoint with absolute positions'],
    ['roberta', { add_cross_attention: true }, 'is_decoder or add_cross_attention is set (true); choose an encoder'],
    ['distilbert', { activation: 'relu' }, 'activation is not supported (relu); choose a checkpoint with "gelu"'],
    ['distilbert', { dim: undefined }, 'field dim is missing; choose the folder of a complete checkpoint'],
    ['distilbert', { n_heads: 3 }, 'hidden_size 32 cannot be shared among the heads (3)'],
    ['gpt2', { activation_function: 'gelu' }, 'activation_function is not supported (gelu); choose a checkpoint with "gelu_new"'],
    ['gpt2', { scale_attn_by_inverse_layer_idx: true }, NOT_PLAIN],
    ['gpt2', { add_cross_attention: true }, NOT_PLAIN],
    ['gpt2', { scale_attn_weights: false }, 'scale_attn_weights is off (false); choose a plain GPT-2'],
    ['gpt2', { n_head: 5 }, 'hidden_size 32 cannot be shared among the heads (5)'],
    ['qwen3', { pad_token_id: 97 }, 'pad_token_id is outside the vocabulary (97 of 97)'],
    ['llama', { pad_token_id: -98 }, 'pad_token_id is outside the vocabulary (-98 of 97)'],
    ['roberta', { pad_token_id: null }, 'pad_token_id is null, but positions are counted from it; set it to the id of the padding token (1 in most files)'],
    ['gpt2', { tie_word_embeddings: null }, 'field tie_word_embeddings has no usable value (null); save the checkpoint again'],
    ['qwen2', { tie_word_embeddings: 'true' }, 'field tie_word_embeddings has no usable value ("true"); save the checkpoint again'],
    ['gpt2', { pad_token_id: 1.5 }, 'field pad_token_id has no usable value (1.5)'],
    ['gpt2', { layer_norm_epsilon: '1e-5' }, 'field layer_norm_epsilon has no usable value ("1e-5")'],
    ...(['llama', 'qwen2', 'qwen3'] as const).flatMap((name): [Name, Fields, string][] => [
      [name, { hidden_act: 'gelu' }, 'activation hidden_act is not supported (gelu); choose a checkpoint with "silu"'],
      ...['mlp_bias', 'attention_bias', 'use_sliding_window'].map((flag): [Name, Fields, string] => [name, { [flag]: true, max_window_layers: 1 }, `${flag} is set (true); choose a checkpoint without it`]),
      [name, { use_sliding_window: true, max_window_layers: 28, layer_types: ['full_attention', 'sliding_attention'] }, 'use_sliding_window is set (true); choose a checkpoint without it'],
      [name, { rope_parameters: { full_attention: { rope_theta: 1e4, rope_type: 'default' }, sliding_attention: { rope_theta: 1e6 } } }, 'rope_parameters differs from layer to layer (full_attention, sliding_attention); choose a checkpoint with plain rotary positions'],
      [name, { rope_parameters: { rope_theta: 5e5, rope_type: 'default' }, rope_scaling: { rope_type: 'yarn', factor: 4 } }, 'rope_type is not supported (yarn); choose a checkpoint with plain rotary positions'],
      [name, { rope_parameters: 'default' }, 'field rope_parameters has no usable value ("default")'],
      ...[0, -1, '10000', true].flatMap((theta): [Name, Fields, string][] => [
        [name, { rope_parameters: { rope_theta: theta, rope_type: 'default' } }, `field rope_theta has no usable value (${JSON.stringify(theta)}); save the checkpoint again`],
        [name, { rope_parameters: undefined, rope_theta: theta }, `field rope_theta has no usable value (${JSON.stringify(theta)}); save the checkpoint again`],
      ]),
      [name, { rope_parameters: { rope_theta: 5e5, rope_type: 'llama3', factor: 8 } }, 'rope_type is not supported (llama3); choose a checkpoint with plain rotary positions'],
      [name, { rope_parameters: undefined, rope_scaling: { type: 'linear', factor: 2 } }, 'rope_type is not supported (linear); choose a checkpoint with plain rotary positions'],
      [name, { num_key_value_heads: 3 }, 'num_attention_heads 4 is no multiple of num_key_value_heads (3); save the checkpoint again'],
      [name, { head_dim: 7 }, 'head_dim is odd (7), which rotary positions cannot pair; choose another checkpoint'],
      [name, { num_key_value_heads: 0 }, 'field num_key_value_heads has no usable value (0); save the checkpoint again'],
    ]),
    ['llama', { hidden_size: 30, head_dim: undefined }, 'hidden_size 30 cannot be shared among the heads (4); choose a checkpoint whose width is a multiple of its heads'],
  ])('%s %o', (name, changes, sentence) => {
    let said = '';
    try {
      parse(name, changes);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said.startsWith('config.json: ') ? said : `accepted, or no sentence: ${said}`).toContain(sentence);
  });
});
