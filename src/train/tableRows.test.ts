/** Rows of a table on their way into a run: one path with those of the page's tasks, divided by seed. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from '../config/config';
import { withTable } from '../config/presets';
import type { TableMapping } from '../config/tables';
import { TASKS } from '../data/tasks';
import type { Example } from '../protocol/tableMessages';
import { Refusal } from './refusal';
import { Rows } from './rows';
import { exampleOf } from '../data/tableExample';
import { dividedRows } from './tableRows';

const mapping: TableMapping = { kind: 'classification', labels: ['no', 'yes'], files: { training: ['mine.csv'] }, read: {}, split: { validation: 0.25, test: 0.25 }, rows: 40 };
const training: Example[] = Array.from({ length: 40 }, (_, line) => ({ line, text: `row ${line}`, label: line < 20 ? 'no' : 'yes' }));
const SOURCE = 'local:mine.csv#0123456789abcdef';
const config = (rows: number, seed = 42): RunConfig => ({ ...withTable(DEFAULT_CONFIG, SOURCE, mapping, rows), seed });

describe('rows of a table', () => {
  it('are divided by the seed, balanced, in an order that says nothing, and in no two parts', () => {
    const { train, validation, test } = dividedRows({ training }, mapping, config(20));
    expect([train.length, validation.length, test.length]).toEqual([20, 10, 10]);
    expect(new Set([...train, ...validation, ...test].map(({ text }) => text)).size).toBe(40);
    expect([train, validation, test].map((set) => set.filter(({ label }) => label === 1).length)).toEqual([10, 5, 5]);
    // Sorted by label in the file; the first half of the rows is a fair sample all the same.
    expect(new Set(train.slice(0, 10).map(({ label }) => label)).size).toBe(2);
    const fewer = dividedRows({ training }, mapping, config(8));
    expect(fewer.train).toEqual(train.slice(0, 8));
    expect(fewer.test).toEqual(test);
    expect(dividedRows({ training }, mapping, config(20, 7)).train).not.toEqual(train);
  });

  it('become what the tokenizer takes', () => {
    expect(exampleOf({ text: 'a', text2: 'b', label: 'yes' }, mapping)).toEqual({ text: 'a', pair: 'b', label: 1 });
    expect(exampleOf({ text: 'a', label: 2.5 }, { kind: 'regression', labels: [] })).toEqual({ text: 'a', label: 2.5 });
    expect(exampleOf({ prompt_parts: ['Translate', null, 'Brot'], target_text: 'bread' }, { kind: 'language_model', labels: [] })).toEqual({ text: 'Translate\nBrot\n', completion: 'bread', label: 0 });
    expect(() => exampleOf({ text: 'a', label: 'maybe' }, mapping)).toThrow('the label "maybe" is none of the 2');
  });

  it('are those that were handed over, or a sentence says what to open', async () => {
    const rows = new Rows();
    const { data } = config(20);
    expect(rows.has(data)).toBe(false);
    const refused = await rows.of(config(20)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect((refused as Refusal).fault).toMatchObject({ problems: ['data: the rows of mine.csv are not here; open it (40 rows, fingerprint 01234567)'] });
    rows.take({ source: SOURCE, table: mapping, rows: new Blob([JSON.stringify({ training })]) });
    expect(await rows.of(config(20))).toEqual(dividedRows({ training }, mapping, config(20)));
    expect(rows.has({ ...data, source: 'local:renamed.csv#0123456789abcdef' })).toBe(true);
    expect(rows.has({ ...data, source: 'local:mine.csv#fedcba9876543210' })).toBe(false);
  });

  it('come from tasks of the page by the same door', async () => {
    expect(await new Rows().of(DEFAULT_CONFIG)).toEqual(TASKS.sentiment.generate({ seed: 42, trainRows: 192, labelNoise: 0.2 }));
  });

  it('are refused where a part would be empty', () => {
    expect(() => dividedRows({ training: training.slice(0, 2) }, { ...mapping, split: { validation: 0.1, test: 0.1 } }, config(2))).toThrow(Refusal);
  });
});
