import { describe, expect, it } from 'vitest';
import { createPipeline } from '../data/tokenization/pipeline';
import { type RowLimits, rowsOf } from './textRows';

const WORDS = ['[CLS]', '[SEP]', '[UNK]', 'a', 'b', 'c'];
const pipeline = createPipeline({
  model: { type: 'WordLevel', vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])), unk_token: '[UNK]' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 1], cls: ['[CLS]', 0] },
});
const classifier: RowLimits = { longest: 6, vocabulary: 6, writes: false };
const writer: RowLimits = { ...classifier, writes: true };

describe('rows of evaluate', () => {
  it('are texts, pairs and token ids', () => {
    expect(rowsOf(['a b', ['a', 'b'], [5, 3]], pipeline, classifier)).toEqual([[0, 3, 4, 1], [0, 3, 1, 4, 1], [5, 3]]);
    expect(rowsOf([[5, 3]], undefined, writer)).toEqual([[5, 3]]);
  });

  it.each<[string, unknown, RowLimits, string]>([
    ['no list', { text: 'a' }, classifier, 'it is not a list ({"text":"a"}); write ["a text", …]'],
    ['an empty list', [], classifier, 'the list is empty; give at least one text'],
    ['a number', ['a', 7], classifier, 'text 2: it is no text (7); write a string, or [text, pair], or a list of token ids'],
    ['null', [null], writer, 'text 1: it is no text (null); write a string, or a list of token ids'],
    ['an empty text', ['a', ''], classifier, 'text 2: it is empty; leave it out or write something'],
    ['an empty pair', [['a', '']], classifier, 'text 1: its pair is empty; leave it out or write something'],
    ['a text of nothing', ['   '], classifier, 'text 1: no token is left of it ("   "); write something that the tokenizer knows'],
    ['a missing pair', [['a']], classifier, 'text 1: a pair is two texts, and this is ["a"]; write [text, pair], or the text alone'],
    ['a null pair', [['a', null]], classifier, 'text 1: a pair is two texts, and this is ["a",null]; write [text, pair], or the text alone'],
    ['three texts', [['a', 'b', 'c']], classifier, 'text 1: a pair is two texts, and this is ["a","b","c"]; write [text, pair], or the text alone'],
    ['an empty item', [[]], classifier, 'text 1: a pair is two texts, and this is []; write [text, pair], or the text alone'],
    ['a pair for a language model', [['a', 'b']], writer, 'text 1: it is a list (["a","b"]), and a language model takes one text; write a string'],
    ['too many tokens', ['a b', 'a b c a b'], classifier, 'text 2: it has 7 tokens, and the model has positions for 6; shorten it'],
    ['an id too high', [[3, 6]], classifier, 'text 1: 6 is no token id; the model has ids 0 to 5'],
    ['half an id', [[0.5, 3]], classifier, 'text 1: 0.5 is no token id; the model has ids 0 to 5'],
    ['one token to write after', [[3]], writer, 'text 1: it has one token (3), so that nothing is predicted; write more'],
  ])('%s is refused', (_, texts, limits, sentence) => {
    expect(() => rowsOf(texts, pipeline, limits)).toThrow(new Error(sentence));
  });

  it('a text without a tokenizer is refused', () => {
    expect(() => rowsOf(['a'], undefined, classifier)).toThrow("text 1: the model's folder has no tokenizer, so a text cannot be read; add its tokenizer.json, or give lists of token ids");
  });
});
