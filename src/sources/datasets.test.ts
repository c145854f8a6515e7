/** Datasets of the Hub and addresses, as the loopback stand-in has them, down to the sentence that a person reads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { understandData } from '../config/dataSources';
import { dataOfLink, farData, openData } from '../headless/openData';
import { DEFAULT_CONFIG } from '../config/config';
import { offeredDataset } from './datasets';
import { HubStandIn, TOKEN, type StandInRepository } from './testing/standIn';
import { refusal } from './testing/library';
import { importTable } from '../tables/importTable';
import { openTable } from '../tables/openTable';

let hub: HubStandIn;
beforeAll(async () => { hub = await HubStandIn.start(); });
afterEach(() => {
  hub.reset();
  hub.repositories.clear();
  hub.renamed.clear();
});
afterAll(() => hub.stop());

const COMMIT = 'c0ffee0123456789abcdef0123456789abcdef01';
const CONVERTED = 'beef000123456789abcdef0123456789abcdef01';
const patience = { tries: 2, pause: 1, silence: 2000 };
const places = (token?: string) => ({ endpoint: hub.endpoint, datasetsServer: hub.endpoint, token, patience });
const table = (rows: number, seed = 0) => ({ bytes: Buffer.from(`sentence\tlabel\tidx\n${Array.from({ length: rows }, (_, at) => `the ${seed} room is ${at} ${at % 2 ? 'warm' : 'cold'}\t${at % 2}\t${at}`).join('\n')}\n`) });
const has = (id: string, repository: Partial<StandInRepository>) => hub.repositories.set(id, { commit: COMMIT, files: {}, ...repository });
const offered = (text: string, token?: string) => {
  const named = understandData(text);
  if ('problem' in named) throw new Error(named.problem);
  return offeredDataset(named, places(token));
};

describe('what people type for data', () => {
  it.each([
    ['org/name', { reference: { kind: 'hub', id: 'org/name', revision: 'main' } }],
    ['datasets/org/name@v2', { reference: { kind: 'hub', id: 'org/name', revision: 'v2' } }],
    ['https://huggingface.co/datasets/nyu-mll/glue', { reference: { kind: 'hub', id: 'nyu-mll/glue', revision: 'main' } }],
    ['https://huggingface.co/datasets/nyu-mll/glue/viewer/sst2/train?row=3', { reference: { kind: 'hub', id: 'nyu-mll/glue', revision: 'main' }, configuration: 'sst2', split: 'train' }],
    ['https://huggingface.co/datasets/org/name/resolve/main/data/a%20b.csv?download=true', { reference: { kind: 'hub', id: 'org/name', revision: 'main' }, file: 'data/a b.csv' }],
    [`hub:glue@${COMMIT}`, { reference: { kind: 'hub', id: 'glue', revision: COMMIT } }],
    ['https://example.org/d/train.csv', { reference: { kind: 'address', url: 'https://example.org/d' }, file: 'train.csv' }],
  ])('%s', (text, meant) => expect(understandData(text)).toEqual(meant));

  it.each(['', 'a/b/c', 'https://huggingface.co/org/model', 'https://me:pw@example.org/a.csv', 'https://example.org/a.csv?key=secret', 'https://example.org/d/', 'https://example.org/100%.csv', 'datasets/org/set/viewer/a%FF'])('answers with a sentence: "%s"', (text) => expect(understandData(text)).toHaveProperty('problem', expect.stringMatching(/\.$/)));
});

describe('a dataset of the Hub', () => {
  it('has configurations and splits by its page, by its folders, and is pinned', async () => {
    has('org/set', { configs: [{ config_name: 'a', data_files: [{ split: 'train', path: 'a/train-*' }, { split: 'validation', path: 'a/dev.tsv' }] }], licence: 'mit', files: { 'a/train-00000.tsv': table(8), 'a/dev.tsv': table(4, 1), 'other.tsv': table(2), 'README.md': { bytes: Buffer.from('#') } }, counted: { rows: { 'a/train': 8 }, notReady: 1 } });
    const { offer } = await offered('org/set');
    expect(offer).toMatchObject({ source: `hub:org/set@${COMMIT}`, licence: 'mit', configurations: [{ name: 'a', splits: [{ name: 'train', files: ['a/train-00000.tsv'], rows: 8, bytes: table(8).bytes.length }, { name: 'validation', files: ['a/dev.tsv'] }] }] });
    has('org/set', { files: { 'x/train-00000-of-00001.parquet': table(8), 'x/test-00000-of-00001.parquet': table(8), 'y/train-00000-of-00001.parquet': table(8), 'dataset_infos.json': table(1) } });
    expect((await offered('org/set')).offer.configurations.map(({ name, splits }) => [name, splits.map((split) => split.name)])).toEqual([['x', ['train', 'test']], ['y', ['train']]]);
    // No Range to the redirector, no HEAD, nothing of the data before somebody says so.
    expect(hub.log.every(({ method, url, range }) => method === 'GET' && range === undefined && !url.includes('/resolve/'))).toBe(true);
  });

  it('of large Parquet is read by ranges: the end, and the row groups that hold the first rows', async () => {
    const bytes = gunzipSync(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'parquet', 'four-groups.parquet.gz')));
    has('org/set', { files: { 'data/train.parquet': { bytes } } });
    const { source } = await offered('org/set');
    hub.log.length = 0;
    const opened = await openTable(source, { training: ['data/train.parquet'] }, {}, 1, { ranged: { bytes: bytes.length - 1, rows: 230 } });
    const whole = await importTable('train.parquet', bytes);
    expect(whole.examples).toHaveLength(800);
    expect(opened.rows.training).toEqual(whole.examples.slice(0, 230));
    expect(opened.report.notes).toContain('Only the first 230 of its 800 rows were fetched.');
    const ranges = hub.log.filter(({ range }) => range !== undefined).map(({ range }) => /^bytes=(\d+)-(\d+)$/.exec(range!)!.slice(1).map(Number));
    expect(ranges.length).toBeGreaterThan(1);
    expect(hub.log.every(({ url, range }) => !url.includes('train.parquet') || range !== undefined || url.includes('/resolve/'))).toBe(true);
    // 230 of 800 rows lie in the first two of four groups: nothing of the third is asked for but what comes along with the end, 512 KiB.
    expect(ranges.filter(([from]) => from < bytes.length - 2 ** 19).every(([, to]) => to < bytes.length * 0.51)).toBe(true);
  });

  it('that is a program has the Parquet of the convert branch, or a sentence', async () => {
    const script = { 'set.py': { bytes: Buffer.from('import datasets') } };
    has('org/set', { files: script, converted: { commit: CONVERTED, files: { 'default/train/0000.parquet': table(8), 'default/partial-test/0000.parquet': table(8) } } });
    const { offer } = await offered('org/set');
    expect(offer).toMatchObject({ source: `hub:org/set@${CONVERTED}`, configurations: [{ name: 'default', splits: [{ name: 'train' }, { name: 'test', partial: true }] }], notes: ['The Hub has made Parquet of only the first part of it (about 5 GB), so not all rows are here.'] });
    has('org/set', { files: script });
    expect((await refusal(offered('org/set'))).sentence).toBe('org/set: holds a program that makes its data, which is never run here, and the Hub has made no Parquet of it; choose a copy of it that has files, or make them with Python and drop them here');
    has('org/set', { files: { 'README.md': { bytes: Buffer.from('#') } } });
    expect((await refusal(offered('org/set'))).sentence).toContain('holds no table (README.md), and the Hub has made no Parquet of it');
  });

  it('is found under its old name, and counted under its new one; a count that is not there costs nothing', async () => {
    hub.renamed.set('legacy', 'org/set');
    has('org/set', { files: { 'train.tsv': table(8) }, counted: { rows: { 'default/train': 8 }, partial: true } });
    const { offer } = await offered('hub:legacy@main');
    expect(offer).toMatchObject({ name: 'org/set', configurations: [{ splits: [{ rows: 8 }] }], notes: [expect.stringContaining('only the first part')] });
    hub.repositories.get('org/set')!.counted = { rows: {}, notReady: 9 };
    expect((await offered('org/set')).offer.configurations[0].splits[0].rows).toBeUndefined();
    expect(hub.log.some(({ url, authorization }) => url.startsWith('/size') && authorization !== undefined)).toBe(false);
  });

  it.each<[string, Partial<StandInRepository> | undefined, string]>([
    ['gated', { gated: 'manual', files: { 'train.tsv': table(8) } }, 'org/set: is gated (Access to this model is restricted'],
    ['disabled', { disabled: true }, 'was disabled by the Hub; choose another one'],
    ['missing or private', undefined, 'does not exist on the Hub, or is private'],
  ])('%s is refused in a sentence', async (_, repository, sentence) => {
    if (repository) has('org/set', repository);
    const error = await farData({ data: 'hub:org/set' }, places()).then(async ({ source }) => { for await (const piece of source.stream('train.tsv')) void piece; }).catch((reason: unknown) => reason);
    expect((error as Error).message).toContain(sentence);
  });

  it('is held out by the splits that somebody names', async () => {
    has('org/set', { files: { 'train.tsv': table(30), 'extra.tsv': table(12), 'hard.tsv': table(10, 1) } });
    const opened = await openData({ data: 'hub:org/set', split: 'extra', validation: 'hard', wishes: {} }, 1, places(TOKEN));
    expect(opened.on(DEFAULT_CONFIG).data.table!.files).toEqual({ training: ['extra.tsv'], validation: ['hard.tsv'] });
    await expect(openData({ data: 'hub:org/set', validation: 'dev.tsv', wishes: {} }, 1, places(TOKEN))).rejects.toThrow('org/set has no split dev.tsv; it has train, extra, hard; choose one with --validation');
    await expect(openData({ data: 'sentiment', split: 'train', wishes: {} }, 1)).rejects.toThrow('--split train says which part of a dataset on the Hub is meant, and sentiment is a task of the page; leave it out');
  });

  it('gives its rows to a run, whose link names commit and files and no token', async () => {
    has('org/set', { gated: 'auto', files: { 'x/train.tsv': table(30), 'x/validation.tsv': table(10, 1), 'y/train.tsv': table(9) } });
    await expect(openData({ data: 'hub:org/set', wishes: {} }, 1, places(TOKEN))).rejects.toThrow('org/set has several configurations; choose one of x, y with --config');
    const opened = await openData({ data: 'hub:org/set', configuration: 'x', wishes: {}, preset: 'sst2' }, 1, places(TOKEN));
    const { data } = opened.on(DEFAULT_CONFIG);
    expect(data).toMatchObject({ source: `hub:org/set@${COMMIT}`, table: { labels: ['negative', 'positive'], mirrors: 'sst2', files: { training: ['x/train.tsv'], validation: ['x/validation.tsv'] }, rows: 30 }, maxLength: 64 });
    expect(JSON.stringify([data, opened.notes])).not.toContain(TOKEN);
    expect(opened.handed).toMatchObject({ source: data.source });
    // A link to it has the same rows again.
    const again = await dataOfLink({ ...DEFAULT_CONFIG, data }, places(TOKEN));
    expect(await again!.handed!.rows.text()).toBe(await opened.handed!.rows.text());
    expect(again!.on({ ...DEFAULT_CONFIG, data }).data).toEqual(data);
  });
});
