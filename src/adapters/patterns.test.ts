import { describe, expect, it } from 'vitest';
import { type LoraConfig, parseAdapterConfig } from './config';
import { branchOf, isSavedWhole, targetedModules } from './patterns';

const config = (fields: object) => parseAdapterConfig(JSON.stringify({ peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['query'], ...fields })) as LoraConfig;

const layer = (number: number) => ['attention.self.query', 'attention.self.value', 'attention.output.dense', 'output.dense'].map((module) => `bert.encoder.layer.${number}.${module}`);
const LINEAR = [...layer(0), ...layer(1), ...layer(11), 'bert.pooler.dense'];
const OTHERS = ['bert.embeddings.word_embeddings', 'classifier'];
const targeted = (fields: object) => targetedModules(config(fields), LINEAR, OTHERS).map((module) => module.replace('bert.encoder.layer.', '').replace('attention.', 'a.'));

describe('target_modules', () => {
  it('match by the end of a name, at a dot', () => {
    expect(targeted({ target_modules: ['query'] })).toEqual(['0.a.self.query', '1.a.self.query', '11.a.self.query']);
    expect(targeted({ target_modules: ['uery'] })).toEqual([]);
    expect(targeted({ target_modules: ['dense'] })).toContain('bert.pooler.dense');
    expect(targeted({ target_modules: ['classifier', 'word_embeddings'] })).toEqual(['bert.embeddings.word_embeddings', 'classifier']);
  });

  it('as a text are one expression for the whole name', () => {
    expect(targeted({ target_modules: String.raw`.*\.1\..*(query|value)` })).toEqual(['1.a.self.query', '1.a.self.value']);
    expect(targeted({ target_modules: 'query' })).toEqual([]);
    expect(targeted({ target_modules: String.raw`(?P<any>.*)\.1\.output\.dense` })).toEqual(['1.output.dense']);
    expect(() => targeted({ target_modules: '(' })).toThrow('adapter_config.json: target_modules is no regular expression that can be read here ("(")');
  });

  it('all-linear is all but the last layer, and no embedding', () => {
    expect(targeted({ target_modules: 'all-linear' }).length).toBe(LINEAR.length);
  });

  it('leave out what is excluded or trained whole', () => {
    expect(targeted({ target_modules: ['dense'], exclude_modules: ['attention.output.dense'] })).toEqual(['0.output.dense', '1.output.dense', '11.output.dense', 'bert.pooler.dense']);
    expect(targeted({ target_modules: ['dense'], modules_to_save: ['pooler', 'output'] })).toEqual([]);
  });

  it('are taken in the layers that are named, and where a full name says so', () => {
    expect(targeted({ layers_to_transform: [1] })).toEqual(['1.a.self.query']);
    expect(targeted({ layers_to_transform: 11, layers_pattern: ['layer'] })).toEqual(['11.a.self.query']);
    expect(targeted({ layers_to_transform: 11, layers_pattern: 'blocks' })).toEqual([]);
    expect(targeted({ target_modules: ['query', 'bert.pooler.dense'], layers_to_transform: [0] })).toEqual(['0.a.self.query', 'bert.pooler.dense']);
  });
});

it('ranks and alphas follow the first pattern that a name ends in', () => {
  const given = config({ rank_pattern: { 'self.query': 2, query: 3 }, alpha_pattern: { [String.raw`layer\.\d+\.output\.dense`]: 6 }, use_rslora: true });
  expect(branchOf(given, 'bert.encoder.layer.0.attention.self.query')).toEqual({ rank: 2, scale: 8 / Math.sqrt(2) });
  expect(branchOf(given, 'bert.encoder.layer.0.output.dense')).toEqual({ rank: 4, scale: 3 });
  expect(branchOf(config({}), 'bert.pooler.dense')).toEqual({ rank: 4, scale: 2 });
});

it('modules_to_save match by their end, in the middle of a word too', () => {
  const saved = config({ modules_to_save: ['classifier'] });
  expect(['classifier', 'pre_classifier', 'classifier.dense'].map((module) => isSavedWhole(saved, module))).toEqual([true, true, false]);
});
