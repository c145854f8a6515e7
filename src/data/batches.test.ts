import { describe, expect, it } from 'vitest';
import { encodeRows, fillBatch } from './batches';
import type { TextTokenizer } from './tokenizer';

/** One token a character. */
const letters: TextTokenizer = {
  vocabularySize: 128,
  padId: 1,
  encode: ({ text }, maxLength) => ({ ids: Uint32Array.from(Array.from(text).slice(0, maxLength), (letter) => letter.charCodeAt(0)), cutOff: Math.max(0, text.length - maxLength) }),
  textIds: () => [], promptLength: () => 0, promptIds: (text) => Array.from(text, (letter) => letter.charCodeAt(0)),
  decode: (ids) => String.fromCharCode(...Array.from(ids)),
  tokenStrings: (ids) => Array.from(ids, (id) => String.fromCharCode(id)),
  isSpecial: () => false,
};

/** Prompt letters, completion letters, and 2 as the end token. */
const writer: TextTokenizer = {
  ...letters,
  encode({ text, completion }, maxLength) {
    const ids = Array.from(text + (completion ?? ''), (letter) => letter.charCodeAt(0));
    if (completion === undefined) return { ids: Uint32Array.from(ids), cutOff: 0 };
    return { ids: Uint32Array.from([...ids, 2].slice(0, maxLength)), cutOff: Math.max(0, ids.length + 1 - maxLength), scoredFrom: text.length };
  },
};

describe('encodeRows and fillBatch', () => {
  const encoded = encodeRows(letters, [{ text: 'abc', label: 1 }, { text: 'a', label: 0 }, { text: 'abcdef', label: 2.5 }], 4);

  it('counts the rows that were cut', () => {
    expect(encoded.cutRows).toBe(1);
    expect(Array.from(encoded.lengths)).toEqual([3, 1, 4]);
    expect(Array.from(encoded.labels)).toEqual([1, 0, 2.5]);
  });

  it('pads on the right', () => {
    const batch = fillBatch([2, 1], encoded, 5, letters.padId);
    expect(Array.from(batch.ids)).toEqual([97, 98, 99, 100, 1, 97, 1, 1, 1, 1]);
    expect(Array.from(batch.lengths)).toEqual([4, 1]);
    expect(Array.from(batch.labels)).toEqual([2.5, 0]);
  });

  it('refuses a row that is too wide or not there', () => {
    expect(() => fillBatch([2], encoded, 3, 1)).toThrow(/row 2 is wider/);
    expect(() => fillBatch([3], encoded, 5, 1)).toThrow(/no row has this number/);
  });
});

describe('encodeRows of a language model', () => {
  it('says where the scored tokens begin', () => {
    const encoded = encodeRows(writer, [{ text: 'ab', completion: 'c', label: 0 }, { text: 'a', completion: 'bcdef', label: 0 }], 4);
    expect(encoded.ids.map((row) => Array.from(row))).toEqual([[97, 98, 99, 2], [97, 98, 99, 100]]);
    expect(Array.from(encoded.scoredFrom!)).toEqual([2, 1]);
    expect(Array.from(encoded.labels)).toEqual([0, 0]);
    expect(encoded.cutRows).toBe(1);
  });

  it('leaves rows without completions as they are', () => {
    expect(encodeRows(writer, [{ text: 'ab', label: 1 }], 4)).not.toHaveProperty('scoredFrom');
  });

  it('refuses completions for some of the rows', () => {
    expect(() => encodeRows(writer, [{ text: 'ab', label: 0 }, { text: 'a', completion: 'b', label: 0 }], 4)).toThrow(/1 of 2 rows have a completion/);
  });
});
