import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TASKS } from './tasks';
import { createTokenizer } from './tokenizer';

const readFrom = (model: string, name: string) => JSON.parse(readFileSync(new URL(`../../public/models/${model}/${name}`, import.meta.url), 'utf8')) as Record<string, unknown>;
const read = (name: string) => readFrom('nano-encoder', name);
const tokenizer = createTokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
const encode = (text: string, pair?: string, maxLength = 32) => tokenizer.encode({ text, pair }, maxLength);
const shown = (ids: Uint32Array) => tokenizer.tokenStrings(ids);

describe('the tokenizer of the nano encoder', () => {
  it('has the special ids of RoBERTa', () => {
    expect(tokenizer.padId).toBe(1);
    expect(tokenizer.vocabularySize).toBeLessThanOrEqual(2000);
    expect(shown(Uint32Array.of(0, 1, 2, 3, tokenizer.vocabularySize - 1))).toEqual(['<s>', '<pad>', '</s>', '<unk>', '<mask>']);
    expect(tokenizer.isSpecial(2)).toBe(true);
    expect(tokenizer.isSpecial(40)).toBe(false);
  });

  it('puts special tokens around one text and around a pair', () => {
    expect(shown(encode('the plot is not dull.').ids)).toEqual(['<s>', 'the', 'plot', 'is', 'not', 'dull', '.', '</s>']);
    expect(shown(encode('a dog.', 'a cat.').ids)).toEqual(['<s>', 'a', 'dog', '.', '</s>', '</s>', 'a', 'cat', '.', '</s>']);
  });

  it('cuts the longer text and keeps the special tokens', () => {
    const cut = encode('the plot is not dull.', undefined, 5);
    expect(shown(cut.ids)).toEqual(['<s>', 'the', 'plot', 'is', '</s>']);
    expect(cut.cutOff).toBe(3);
    expect(shown(encode('the plot is dull.', 'a dog.', 8).ids)).toEqual(['<s>', 'the', 'plot', '</s>', '</s>', 'a', 'dog', '</s>']);
    expect(() => encode('the plot', undefined, 2)).toThrow(/no room for text/);
  });

  it('falls back to bytes for what it has never seen', () => {
    const { ids } = encode('Ω 🙂', undefined, 64);
    expect(shown(ids)).not.toContain('<unk>');
    expect(shown(ids).some((token) => token.startsWith('\\x'))).toBe(true);
  });

  it.each([TASKS.sentiment, TASKS.similarity])('fits every row of $name in 32 tokens and most in 24', (task) => {
    const { train, validation, test } = task.generate({ seed: 1, trainRows: 512, labelNoise: 0 });
    const lengths = [...train, ...validation, ...test].map((example) => tokenizer.encode(example, 128).ids.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(32);
    expect(lengths.filter((length) => length <= 24).length / lengths.length).toBeGreaterThan(0.75);
  });

  it('puts a completion behind its prompt and an end token behind both', () => {
    const { ids, scoredFrom, cutOff } = tokenizer.encode({ text: 'the plot:', completion: 'not dull.' }, 32);
    expect([shown(ids), scoredFrom, cutOff]).toEqual([['<s>', 'the', 'plot', ':', 'not', 'dull', '.', '</s>'], 4, 0]);
    expect(Array.from(ids)).toEqual(Array.from(encode('the plot: not dull.').ids));
  });

  it('cuts the end of a completion, and refuses a prompt that leaves nothing to score', () => {
    const cut = tokenizer.encode({ text: 'the plot:', completion: 'not dull.' }, 5);
    expect([shown(cut.ids), cut.scoredFrom, cut.cutOff]).toEqual([['<s>', 'the', 'plot', ':', 'not'], 4, 3]);
    expect(() => tokenizer.encode({ text: 'the plot:', completion: 'not dull.' }, 4)).toThrow(/no room for a token that is scored \(4 tokens of 4\)/);
  });

  it('refuses a completion where the tokenizer has no end token', () => {
    const endless = createTokenizer(read('tokenizer.json'), { ...read('tokenizer_config.json'), eos_token: null });
    expect(() => endless.encode({ text: 'a', completion: 'b' }, 8)).toThrow(/eos_token is missing/);
  });

  it('says which file is wrong', () => {
    expect(() => createTokenizer({}, {})).toThrow(/tokenizer\.json/);
    expect(() => createTokenizer(read('tokenizer.json'), { ...read('tokenizer_config.json'), pad_token: '[PAD]' })).toThrow(/\[PAD\]/);
  });
});

describe('the tokenizer of the nano decoder', () => {
  const decoder = createTokenizer(readFrom('nano-decoder', 'tokenizer.json'), readFrom('nano-decoder', 'tokenizer_config.json'));
  const plain = (text: string, pair?: string, maxLength = 128) => decoder.tokenStrings(decoder.encode({ text, pair }, maxLength).ids);

  it('puts a begin token in front and nothing behind', () => {
    expect([decoder.padId, decoder.vocabularySize <= 2000]).toEqual([1, true]);
    expect(plain('the plot is not dull.')).toEqual(['<s>', 'the', 'plot', 'is', 'not', 'dull', '.']);
    expect(plain('a dog.', 'a cat.')).toEqual(['<s>', 'a', 'dog', '.', 'a', 'cat', '.']);
  });

  it('cuts ends, of the longer text first', () => {
    expect(plain('the plot is not dull.', undefined, 5)).toEqual(['<s>', 'the', 'plot', 'is', 'not']);
    expect(plain('the plot is dull.', 'a dog.', 6)).toEqual(['<s>', 'the', 'plot', 'is', 'a', 'dog']);
  });

  it('falls back to bytes for what it has never seen', () => {
    expect(plain('Ω 🙂')).not.toContain('<unk>');
  });

  it('gives prompt and completion the same tokens apart and together', () => {
    const { train, validation } = TASKS.description.generate({ seed: 1, trainRows: 100, labelNoise: 0.2 });
    for (const { text, completion = '' } of [...train, ...validation.slice(0, 200)]) {
      const { ids, scoredFrom, cutOff } = decoder.encode({ text, completion }, 128);
      expect(cutOff).toBe(0);
      expect(Array.from(ids.slice(0, -1))).toEqual(Array.from(decoder.encode({ text: `${text} ${completion}` }, 128).ids));
      expect(decoder.tokenStrings(ids.slice(scoredFrom! - 1, scoredFrom! + 1))[0]).toBe('->');
      expect(decoder.tokenStrings(ids.slice(-2))).toEqual(['.', '</s>']);
    }
  });

  // Names and values of triples are no words of this tokenizer: their rows are for the larger decoder.
  it.each(Object.values(TASKS).filter(({ name }) => name !== 'triples'))('fits the rows of $name in 64 tokens', (task) => {
    const { train, validation, test } = task.generate({ seed: 1, trainRows: 300, labelNoise: 0 });
    const lengths = [...train, ...validation, ...test.slice(0, 500)].map((example) => decoder.encode(example, 128).ids.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64);
  });
});
