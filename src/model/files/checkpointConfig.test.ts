import { describe, expect, it } from 'vitest';
import { longestSequence, parseCheckpointConfig } from './checkpointConfig';

const BERT = {
  model_type: 'bert', hidden_act: 'gelu', vocab_size: 97, hidden_size: 20, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 36,
  max_position_embeddings: 66, type_vocab_size: 2, pad_token_id: 0, layer_norm_eps: 1e-12, id2label: { 0: 'a', 1: 'b', 2: 'c' }, torch_dtype: 'float16',
};
const parse = (changes: Record<string, unknown> = {}) => parseCheckpointConfig(JSON.stringify({ ...BERT, ...changes }));

describe('checkpoint configuration', () => {
  it('reads the fields that are used and ignores the others', () => {
    expect(parse()).toEqual({
      architecture: 'bert', vocabulary: 97, hidden: 20, layers: 2, heads: 2, inner: 36, positions: 66, types: 2, padId: 0, normEpsilon: 1e-12,
      labels: 3, problem: 'classification', keyValueHeads: 2, headSize: 10, ropeTheta: 0, causal: false, tied: true,
    });
  });

  it('takes the defaults of transformers', () => {
    const plain = { type_vocab_size: undefined, pad_token_id: undefined, layer_norm_eps: undefined, hidden_act: undefined, id2label: undefined };
    expect(parse(plain)).toMatchObject({ types: 2, padId: 0, normEpsilon: 1e-12, labels: 2 });
    expect(parse({ ...plain, model_type: 'roberta' })).toMatchObject({ architecture: 'roberta', padId: 1 });
  });

  it('sees a regression in one label or in problem_type', () => {
    expect(parse({ id2label: { 0: 'a' } })).toMatchObject({ labels: 1, problem: 'regression' });
    expect(parse({ num_labels: 1, problem_type: 'regression' })).toMatchObject({ labels: 1, problem: 'regression' });
    expect(parse({ problem_type: 'single_label_classification' })).toMatchObject({ labels: 3, problem: 'classification' });
  });

  it('knows the longest sequence', () => {
    expect(longestSequence(parse())).toBe(66);
    expect(longestSequence(parse({ model_type: 'roberta', pad_token_id: 1 }))).toBe(64);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['another architecture', { model_type: 't5' }, /^config.json: model_type is not supported \(t5\); choose a checkpoint of type bert, roberta, distilbert/],
    ['no architecture', { model_type: undefined }, /model_type is not supported \(undefined\)/],
    ['another activation', { hidden_act: 'gelu_new' }, /hidden_act is not supported \(gelu_new\)/],
    ['a missing size', { intermediate_size: undefined }, /field intermediate_size is missing/],
    ['a size that is none', { hidden_size: 'wide' }, /field hidden_size has no usable value \("wide"\)/],
    ['no layers', { num_hidden_layers: 0 }, /field num_hidden_layers has no usable value \(0\)/],
    ['heads that do not share the width', { num_attention_heads: 3 }, /hidden_size 20 cannot be shared among the heads \(3\)/],
    ['relative positions', { position_embedding_type: 'relative_key' }, /position_embedding_type is not supported \(relative_key\)/],
    ['a decoder', { is_decoder: true }, /choose an encoder/],
    ['a padding id outside the vocabulary', { pad_token_id: 97 }, /pad_token_id is outside the vocabulary \(97 of 97\)/],
    ['several labels at once', { problem_type: 'multi_label_classification' }, /problem_type is not supported \(multi_label_classification\)/],
    ['a regression with three outputs', { problem_type: 'regression' }, /problem_type regression does not fit the number of labels \(3\)/],
    ['a classification with one label', { problem_type: 'single_label_classification', id2label: { 0: 'a' } }, /does not fit the number of labels \(1\)/],
    ['no label', { id2label: {} }, /id2label names no label \(0\)/],
    ['a vocabulary of a thousand million', { vocab_size: 1e9 }, /a model of 1000000000 tokens is beyond any there is \(4194304 at most\); take config\.json from the model itself/],
    ['a million layers', { num_hidden_layers: 1e6 }, /a model of 1000000 layers is beyond any/],
    ['a million labels', { id2label: undefined, num_labels: 1e6 }, /1000000 labels are beyond any/],
    ['a negative size', { hidden_size: -20 }, /field hidden_size has no usable value \(-20\)/],
    ['half a layer', { num_hidden_layers: 1.5 }, /field num_hidden_layers has no usable value \(1\.5\)/],
    ['a size in a list', { vocab_size: [97] }, /field vocab_size has no usable value \(\[97\]\)/],
    ['a size in words', { num_attention_heads: '2' }, /field num_attention_heads has no usable value \("2"\)/],
    ['an epsilon that is no number', { layer_norm_eps: 'small' }, /field layer_norm_eps has no usable value \("small"\)/],
    ['positions that padding uses up', { model_type: 'roberta', max_position_embeddings: 2, pad_token_id: 1 }, /leaves no position/],
  ])('refuses %s', (_, changes, sentence) => {
    expect(() => parse(changes)).toThrow(sentence);
  });

  it('refuses what is not a JSON object', () => {
    expect(() => parseCheckpointConfig('<!doctype html>')).toThrow(/config.json: not JSON/);
    expect(() => parseCheckpointConfig('version https://git-lfs.github.com/spec/v1')).toThrow(/^config\.json: is only git’s pointer to the file/);
    expect(() => parseCheckpointConfig(JSON.stringify({ ...BERT, layer_norm_eps: 1 }).replace('"layer_norm_eps":1', '"layer_norm_eps":1e999'))).toThrow(/layer_norm_eps has no usable value/);
    expect(() => parseCheckpointConfig(' '.repeat(10_000_001))).toThrow(/has 10000001 characters, more than any configuration/);
    expect(() => parseCheckpointConfig('[]')).toThrow(/not a JSON object \(\[\]\)/);
  });
});
