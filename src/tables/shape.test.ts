/** Rows beside each other, and one file made three. */
import { describe, expect, it } from 'vitest';
import type { Example } from '../protocol/tableMessages';
import { lengthsOf, repeatsOf, sharedRows } from './shape';
import { splitRows } from './split';
import { read } from './testing/made';

const labelled = (rows: number): Example[] => Array.from({ length: rows }, (_, at) => ({ line: at + 1, text: `text ${at}`, label: at % 4 ? 'common' : 'rare' }));
const shareOf = (examples: readonly Example[], rows: readonly number[], label: string) => rows.filter((row) => examples[row].label === label).length / rows.length;

describe('rows beside each other', () => {
  it('finds those that say the same, and those that contradict', async () => {
    const { report } = await read('a.csv', 'text,label\nfine,pos\ndull,neg\nfine,pos\ndull,pos\ndull,neg\nnice,pos\n');
    expect(report).toMatchObject({ rows: 6, repeated: 2, contradicting: 1 });
    expect(report.notes).toContainEqual('1 text stands with different labels (line 3 and line 5); they were kept.');
  });

  it('takes several texts to one prompt for references', () => {
    const rows = ['a', 'b', 'b'].map((target_text) => ({ prompt_parts: ['x'], target_text }));
    expect(repeatsOf(rows)).toEqual({ repeated: 1, contradicting: 0, pairs: [] });
  });

  it('finds rows of a held-out set that are in training', () => {
    expect(sharedRows([{ text: 'a', text2: 'b' }, { text: 'c' }], [{ text: 'a' }, { text: 'a', text2: 'b' }, { text: 'c', label: 'x' }])).toEqual([1, 2]);
  });

  it('measures lengths and what is cut', () => {
    expect(lengthsOf([3, 1, 10, 2], 4)).toEqual({ least: 1, median: 2, most95: 10, greatest: 10, total: 16, cutRows: 1, cutTokens: 6 });
    expect(() => lengthsOf([], 4)).toThrow(/no rows/);
  });
});

describe('splitRows', () => {
  const rows = labelled(400);
  const split = splitRows(rows, 7, { validation: 0.1, test: 0.2 });

  it('gives each row to one part, as many as was asked for, with the balance of all', () => {
    expect([split.training.length, split.validation.length, split.test.length]).toEqual([280, 40, 80]);
    expect([...split.training, ...split.validation, ...split.test].toSorted((a, b) => a - b)).toEqual([...rows.keys()]);
    for (const part of Object.values(split)) expect(shareOf(rows, part, 'rare')).toBeCloseTo(0.25, 2);
  });

  it('repeats itself by seed', () => {
    expect(splitRows(rows, 7, { validation: 0.1, test: 0.2 })).toEqual(split);
    expect(splitRows(rows, 8, { validation: 0.1, test: 0.2 }).test).not.toEqual(split.test);
  });

  it('keeps rows of one input together', () => {
    const references = Array.from({ length: 300 }, (_, at): Example => ({ prompt_parts: [`meaning ${at >> 2}`], target_text: `text ${at}` }));
    const { training, test } = splitRows(references, 1, { validation: 0, test: 0.2 });
    expect(sharedRows(training.map((row) => references[row]), test.map((row) => references[row]))).toEqual([]);
    expect(test).toHaveLength(60);
  });

  it('balances scores by rank', () => {
    const scores = Array.from({ length: 100 }, (_, at): Example => ({ text: `text ${at}`, label: at / 10 }));
    const { test } = splitRows(scores, 3, { validation: 0, test: 0.2 });
    for (let part = 0; part < 5; part++) expect(test.filter((row) => row >= 20 * part && row < 20 * part + 20)).toHaveLength(4);
  });

  it('refuses to leave nothing to train on', () => {
    expect(() => splitRows(rows, 1, { validation: 0.5, test: 0.5 })).toThrow(/leave nothing to train on/);
  });
});
