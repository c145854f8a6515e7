/** A table that a run names: what its mapping says is enough to have the same rows again. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTableMapping } from '../config/tables';
import { localSource } from '../sources/files';
import { importTable } from './importTable';
import { openTable, settled } from './openTable';
import { partsOf, shareOf } from './parts';
import { messyFiles } from './testing/messy';
import { LABELS, lines, SENTENCES } from './testing/made';

const folder = join(import.meta.dirname, '..', 'fixtures', 'messy');
const open = async (files: Record<string, string>, wishes = {}) => {
  const source = await localSource('mine', Object.entries(files).map(([path, text]) => ({ path, blob: new Blob([text]) })));
  return openTable(source, partsOf(Object.keys(files))!, wishes, 1);
};
const tsv = (end = '') => `text\tlabel\n${lines((sentence, at) => `${sentence}${end}\t${LABELS[at]}`)}`;

describe('a table', () => {
  it.each(messyFiles(folder))('%s is read in the same way by what was found', async (name) => {
    const bytes = readFileSync(join(folder, name));
    const first = await importTable(name, bytes);
    const again = await importTable(name, bytes, settled(first.report, {}));
    expect(again.examples).toEqual(first.examples);
    expect(again.report).toMatchObject({ problem: first.report.problem, labels: first.report.labels, columns: first.report.columns });
  });

  it('is one file, of which some rows are held out', async () => {
    const { table, sets, fingerprint, rows } = await open({ 'mine.tsv': tsv() });
    expect(isTableMapping(table)).toBe(true);
    expect(table).toMatchObject({ kind: 'classification', labels: ['neg', 'pos'], files: { training: ['mine.tsv'] }, split: { validation: 0.2, test: 0.2 }, rows: 12 });
    expect(sets.map(({ part, rows: count }) => `${part} ${count}`)).toEqual(['training 8', 'validation 2', 'test 2']);
    expect(rows.training).toHaveLength(SENTENCES.length);
    // As sha256sum prints it.
    expect(fingerprint).toBe(createHash('sha256').update(tsv()).digest('hex').slice(0, 16));
  });

  it('is several files, each for its part, and says what is in two of them', async () => {
    const { table, sets } = await open({ 'train.tsv': tsv(), 'dev.tsv': `${tsv()}A class of its own\tneutral\n`, 'test.tsv': tsv(' again') });
    expect(table).toMatchObject({ files: { training: ['train.tsv'], validation: ['dev.tsv'], test: ['test.tsv'] }, split: { validation: 0, test: 0 } });
    expect(sets).toEqual([
      expect.objectContaining({ part: 'training', rows: 12 }),
      expect.objectContaining({ part: 'validation', rows: 12, shared: 12, note: expect.stringContaining('1 row with a label that the training rows have not (neutral)') }),
      expect.objectContaining({ part: 'test', rows: 12, shared: 0 }),
    ]);
  });

  it('goes without a held-out file that cannot be used, and says so', async () => {
    const { table, sets } = await open({ 'train.tsv': tsv(), 'test.tsv': 'index\ttext\n0\tNo label here\n1\tNor here\n' });
    expect(table?.files).toEqual({ training: ['train.tsv'] });
    expect(sets.find(({ files }) => files[0] === 'test.tsv')).toMatchObject({ rows: 0, note: expect.any(String) });
  });

  it('names the parts of files by their names', () => {
    expect(partsOf(['train.tsv', 'dev.tsv', 'test.tsv'])).toEqual({ training: ['train.tsv'], validation: ['dev.tsv'], test: ['test.tsv'] });
    expect(partsOf(['sst2/validation-00000-of-00001.parquet', 'sst2/train-00000-of-00002.parquet', 'sst2/train-00001-of-00002.parquet'])).toEqual({ training: ['sst2/train-00000-of-00002.parquet', 'sst2/train-00001-of-00002.parquet'], validation: ['sst2/validation-00000-of-00001.parquet'] });
    expect(partsOf(['contest.csv'])).toEqual({ training: ['contest.csv'] });
    expect(partsOf(['dev.tsv', 'test.tsv'])).toBeUndefined();
    expect([12, 5749, 67_349].map(shareOf)).toEqual([0.2, 0.1, 0.0297]);
  });
});
