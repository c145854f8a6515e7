/** What a dataset elsewhere has: its configurations and splits, which files they are, and how large. Nothing of the data is fetched to find out. */
import { isTablePath, type NamedDataset } from '../config/dataSources';
import { HUB, referenceText } from '../config/sources';
import type { DatasetConfiguration, DatasetOffer, DatasetSplit } from '../protocol/datasetMessages';
import { addressSource } from './address';
import { checkedSource } from './checksum';
import { type HubAccess, type Repository, repositoryOf } from './hub/api';
import { countedRows } from './hub/datasetsServer';
import { hubSource, sourceOf } from './hub/hub';
import type { Places } from './open';
import type { ReadOptions, Source, SourceFile } from './source';
import { SourceError } from './sourceError';

export interface OfferedDataset {
  source: Source;
  offer: DatasetOffer;
}

type DatasetPlaces = Pick<Places, 'endpoint' | 'datasetsServer' | 'token' | 'allowed' | 'patience'>;

/** The branch that the Hub's bot puts Parquet on. */
const CONVERTED = 'refs/convert/parquet';
/** Files with the ending of a table that describe one. */
const DESCRIPTIONS = /(^|\/)(dataset_infos?|state|config|package|metadata|vocab|tokenizer[^/]*|generation_config|special_tokens_map|added_tokens|requirements|license|readme)\.(json|txt)$/i;
const isTable = ({ path }: SourceFile): boolean => isTablePath(path) && !DESCRIPTIONS.test(path) && !path.split('/').some((part) => part.startsWith('.'));

export const accessOf = ({ endpoint, token, allowed, patience }: DatasetPlaces): HubAccess => ({ endpoint: (endpoint ?? HUB).replace(/\/+$/, ''), kind: 'datasets', token, allowed, patience });

/** @throws SourceError where it is not there, or nothing in it is a table */
export async function offeredDataset(named: NamedDataset, places: DatasetPlaces, options: ReadOptions = {}): Promise<OfferedDataset> {
  const { reference, file } = named;
  if (reference.kind === 'address') return atAddress(reference, file!, places);
  const access = accessOf(places);
  const repository = await repositoryOf(access, reference.id, reference.revision, options);
  const tables = repository.files.filter(isTable);
  const hasScript = repository.files.some(({ path }) => path === `${repository.id.split('/').at(-1)}.py`);
  const isConverted = reference.revision === CONVERTED || tables.every(({ path }) => /^[^/]+\/(partial-)?[^/]+\/\d{4,}\.parquet$/.test(path));
  if (file !== undefined) return ofFile(access, repository, file);
  if (tables.length > 0 && !hasScript) return offerOf(access, places, repository, isConverted ? convertedOf(tables) : configurationsOf(repository, tables), options);
  const converted = await repositoryOf(access, repository.id, CONVERTED, options).catch((error: unknown) => {
    if (error instanceof SourceError && error.code === 'no_revision') return undefined;
    throw error;
  });
  if (converted?.files.some(isTable)) return offerOf(access, places, converted, convertedOf(converted.files.filter(isTable)), options);
  if (tables.length > 0) return offerOf(access, places, repository, configurationsOf(repository, tables), options);
  const has = hasScript ? 'a program that makes its data, which is never run here' : repository.files.length === 0 ? 'no file' : `no table (${repository.files.slice(0, 4).map(({ path }) => path).join(', ')}${repository.files.length > 4 ? ', …' : ''})`;
  throw new SourceError('no_file', repository.id, `holds ${has}, and the Hub has made no Parquet of it; choose a copy of it that has files, or make them with Python and drop them here`);
}

async function atAddress(reference: Extract<NamedDataset['reference'], { kind: 'address' }>, file: string, { allowed, patience }: DatasetPlaces): Promise<OfferedDataset> {
  const source = addressSource(reference, file, reference.url, { allowed, patience });
  const bytes = await source.size!(file);
  // Not there, or a page: what the server says is told when the file is asked for.
  if (bytes === undefined) await source.range(file, 0, 1);
  return { source, offer: { source: referenceText(reference), name: file, configurations: [{ name: 'default', splits: [{ name: 'train', files: [file], ...(bytes !== undefined && { bytes }) }] }], notes: [] } };
}

function ofFile(access: HubAccess, repository: Repository, path: string): OfferedDataset {
  const source = checkedSource(sourceOf(access, repository));
  const found = repository.files.find((one) => one.path === path);
  if (!found) throw new SourceError('no_file', path, `is not in ${repository.id} at ${repository.commit.slice(0, 7)}; look at its list of files`);
  return { source, offer: { source: referenceText(source.reference), name: repository.id, licence: repository.licence, configurations: [{ name: 'default', splits: [splitOf('train', [found])] }], notes: [] } };
}

async function offerOf(access: HubAccess, places: DatasetPlaces, repository: Repository, configurations: DatasetConfiguration[], options: ReadOptions): Promise<OfferedDataset> {
  const source = checkedSource(sourceOf(access, repository));
  const counted = await countedRows(places.datasetsServer, repository.id, { ...options, allowed: places.allowed, patience: places.patience });
  const withRows = configurations.map(({ name, splits }) => ({ name, splits: splits.map((split) => ({ ...split, rows: counted?.rows.get(`${name}/${split.name}`) })) }));
  const partial = configurations.some(({ splits }) => splits.some((split) => split.partial)) || counted?.partial === true;
  const notes = partial ? ['The Hub has made Parquet of only the first part of it (about 5 GB), so not all rows are here.'] : [];
  return { source, offer: { source: referenceText(source.reference), name: repository.id, licence: repository.licence, configurations: withRows, notes } };
}

/** A dataset that a link names. @throws SourceError */
export async function namedDataset(reference: NamedDataset['reference'], places: DatasetPlaces, options: ReadOptions = {}): Promise<Source> {
  if (reference.kind === 'address') return addressSource(reference, reference.url.split('/').at(-1)!, reference.url, places);
  return checkedSource(await hubSource(accessOf(places), reference.id, reference.revision, options));
}

const splitOf = (name: string, files: readonly SourceFile[], partial = false): DatasetSplit => {
  const sizes = files.map(({ bytes }) => bytes);
  return { name, files: files.map(({ path }) => path), ...(sizes.every((size) => size !== undefined) && { bytes: sizes.reduce((sum, size) => sum + size, 0) }), ...(partial && { partial }) };
};

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** `{configuration}/{split}/0000.parquet`, as the Hub's bot lays them out; `partial-{split}` where it stopped. */
function convertedOf(tables: readonly SourceFile[]): DatasetConfiguration[] {
  return [...grouped(tables, ({ path }) => path.split('/')[0])].map(([name, files]) => ({
    name, splits: [...grouped(files, ({ path }) => path.split('/')[1])].map(([split, of]) => splitOf(split.replace(/^partial-/, ''), of.toSorted(byPath), split.startsWith('partial-'))),
  }));
}

const byPath = (one: SourceFile, other: SourceFile) => (one.path < other.path ? -1 : 1);

/** What the dataset's own page says, else what the names of its files do. */
function configurationsOf({ configurations }: Repository, tables: readonly SourceFile[]): DatasetConfiguration[] {
  const said = (configurations ?? []).map(({ name, splits }) => ({ name, splits: splits.map((split) => splitOf(split.name, tables.filter(({ path }) => split.patterns.some((pattern) => matches(pattern, path))).toSorted(byPath))).filter(({ files }) => files.length > 0) }));
  const found = said.filter(({ splits }) => splits.length > 0);
  if (found.length > 0) return found;
  const folderOf = (path: string) => (path.includes('/') && !/^(data|train|training|validation|valid|val|dev|test)\//i.test(path) ? path.split('/')[0] : 'default');
  return [...grouped(tables, ({ path }) => folderOf(path))].map(([name, files]) => ({ name, splits: [...grouped(files, ({ path }) => splitNameOf(path))].map(([split, of]) => splitOf(split, of.toSorted(byPath))) }));
}

/** `train-00000-of-00001.parquet` → train; a name that says nothing is its own. */
function splitNameOf(path: string): string {
  const file = path.split('/').at(-1)!.replace(/(\.[a-z]+)+$/i, '');
  const plain = file.replace(/-\d{5}-of-\d{5}.*$/, '').replace(/[-_.]?\d+$/, '');
  return plain === '' || /^(data|part|\d+)$/i.test(plain) ? path.split('/').at(-2) ?? 'train' : plain;
}

/** `data/train-*.parquet`, `**.csv`: the patterns of a dataset's page. */
function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/^\.\//, '').replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const expression = escaped.replace(/\*\*\/?|\*|\?/g, (sign) => (sign.startsWith('**') ? '.*' : sign === '*' ? '[^/]*' : '[^/]'));
  return new RegExp(`^${expression}$`).test(path);
}
