import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from './json';
import { createPipeline, type Pipeline } from './pipeline';

type Row = [text: string, pair: string | null, greatestLength: number];
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`../../fixtures/tokenizers/${name}.json`, import.meta.url), 'utf8')) as unknown;
const idsOf = (pipeline: Pipeline, [text, pair, length]: Row) => pipeline.row(text, pair ?? undefined, length).ids;

describe('ids of Python tokenizers, row by row', () => {
  it.each(['wordpiece', 'byte-level-bpe', 'byte-level-bpe-prefix', 'sentencepiece-bpe'])('%s', (name) => {
    const { tokenizer, rows } = fixture(name) as { tokenizer: Json; rows: [Row, number[]][] };
    const pipeline = createPipeline(tokenizer);
    expect(rows.length).toBeGreaterThan(100);
    for (const [row, expected] of rows) expect(idsOf(pipeline, row), JSON.stringify(row)).toEqual(expected);
  });

  it.each(Object.entries(fixture('reports') as Record<string, { tokenizer: Json; rows: Row[]; expected: number[][] }>))('what others reported: %s', (_, { tokenizer, rows, expected }) => {
    const pipeline = createPipeline(tokenizer);
    expect(rows.map((row) => idsOf(pipeline, row))).toEqual(expected);
  });
});

describe('what cannot be done is said', () => {
  const json = () => (fixture('wordpiece') as { tokenizer: Json }).tokenizer;
  const pipeline = createPipeline(json());

  it('a greatest length that special tokens alone exceed', () => {
    expect(() => pipeline.row('a', undefined, 1)).toThrow(/no room for the special tokens \(1, of them 2 around a text\); raise it to at least 2/);
    expect(() => pipeline.row('a', 'b', 2)).toThrow(/around a pair/);
    expect(pipeline.row('a', 'b', 3)).toEqual({ ids: [2, 3, 3], cutOff: 2 });
  });

  it.each([
    ['model', { type: 'Neural', vocab: { a: 0 } }, /model of this kind is not known \(Neural\)/],
    ['normalizer', { type: 'Rot13' }, /normalizer of this kind is not known \(Rot13\)/],
    ['pre_tokenizer', { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' }, /pattern \( cannot be read/],
    ['pre_tokenizer', { type: 'Punctuation', behavior: 'Sideways' }, /behavior .* not known \(Sideways\)/],
    ['post_processor', { type: 'Wreath' }, /post-processor of this kind is not known \(Wreath\)/],
    ['model', { type: 'BPE', vocab: { a: 0, b: 1 }, merges: ['a b'] }, /merge 1 needs a token that the vocabulary lacks \(ab\)/],
    ['model', { type: 'BPE', dropout: 0.1, vocab: { a: 0 }, merges: [] }, /drops merges at random \(dropout 0\.1\)/],
    ['model', { type: 'WordLevel', vocab: { a: -1 } }, /id of a token is not a whole number of 0 or more \(a: -1\)/],
  ])('%s %j', (part, value, sentence) => {
    expect(() => createPipeline({ ...json(), [part]: value })).toThrow(sentence);
  });

  it('a text without a token where there is no unknown token', () => {
    const strict = createPipeline({ model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: '<unk>' } });
    expect(() => strict.textIds('b')).toThrow(/no token.*"b".*unk_token is <unk>/);
  });
});
