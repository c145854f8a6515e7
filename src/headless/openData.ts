/** What a person names on the command line as data → the rows of a run: a task of the page, or a table of their own. */
import { existsSync, openAsBlob, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { RunConfig } from '../config/config';
import { type DataPresetName, dataPreset } from '../config/dataPresets';
import { isTablePath, understandData } from '../config/dataSources';
import { isTask, TASK_NAMES } from '../config/tasks';
import { withTable, withTask } from '../config/presets';
import { dataName, readReference, referenceText } from '../config/sources';
import { type Part, PARTS } from '../config/tables';
import type { HandedTable } from '../protocol/rowMessages';
import type { Wishes } from '../protocol/tableMessages';
import { namedDataset, offeredDataset } from '../sources/datasets';
import { diskSource } from '../sources/disk';
import { localSource } from '../sources/files';
import type { Source } from '../sources/source';
import { openTable } from '../tables/openTable';
import { type Files, partOf, partsOf } from '../tables/parts';

export interface NamedData {
  /** A task, a file, a folder whose files say by their names what they are for, `hub:org/name` with or without a revision, or the address of a file. */
  data: string;
  /** Files of their own for what is held out; of a dataset on the Hub, names of its splits. */
  validation?: string;
  test?: string;
  wishes: Wishes;
  /** Of a dataset on the Hub; left out: its first one, or the preset's. */
  configuration?: string;
  /** The split to train on; left out: the one that is for training by its name. */
  split?: string;
  /** The set of the paper that it is. */
  preset?: DataPresetName;
  /** Training rows that are used; left out: all. */
  rows?: number;
}

export interface OpenedData {
  /** `config` on these rows. */
  on(config: RunConfig): RunConfig;
  handed?: HandedTable;
  /** What a person should know of them. */
  notes: string[];
}

/** @throws with a sentence */
export async function openData(named: NamedData, seed: number, places: FarPlaces = farPlaces()): Promise<OpenedData> {
  const { data, wishes, rows, preset } = named;
  const ofHub = (['configuration', 'split'] as const).find((name) => named[name] !== undefined);
  if (ofHub && !isFar(data)) throw new Error(`--${ofHub === 'split' ? 'split' : 'config'} ${named[ofHub]} says which part of a dataset on the Hub is meant, and ${data} is ${isTask(data) ? 'a task of the page' : 'on this machine'}; leave it out`);
  if (isTask(data)) return { on: (config) => withTask(rows === undefined ? config : { ...config, data: { ...config.data, rows } }, data), notes: [] };
  const far = isFar(data) ? await farData(named, places) : undefined;
  const { source, files } = far ?? await filesOf(named);
  const opened = await openTable(source, files, wishes, seed, { preset });
  const { report, table } = opened;
  if (!table) throw new Error(`--data ${data}: ${report.notes.at(-1)}`);
  const reference = far ? referenceText(source.reference) : referenceText({ kind: 'local', name: source.name, fingerprint: opened.fingerprint });
  const left = opened.sets.find(({ part }) => part === 'training')!.rows;
  if (rows !== undefined && !(Number.isInteger(rows) && rows >= 2 && rows <= left)) throw new Error(`--rows ${rows} of ${left} training rows; give a whole number from 2 to ${left}`);
  const asked = report.questions.map(({ question, readings }) => `${question} Taken: ${JSON.stringify(readings.find(({ taken }) => taken)?.choose ?? {})}.`);
  const said = opened.sets.map(({ part, files: of, rows: count, bad, shared, note }) => `${part}: ${count} rows${of.length > 0 ? ` of ${of.join(', ')}` : ', split off'}${bad > 0 ? `, ${bad} set aside` : ''}${shared > 0 ? `, ${shared} of them in training too` : ''}${note ? `. ${note}` : ''}`);
  return {
    on: (config) => withTable(config, reference, table, rows ?? left),
    handed: { source: reference, table, rows: new Blob([JSON.stringify(opened.rows)]) },
    notes: [...(far?.notes ?? []), `${report.problem}, ${report.rows} of ${report.rows_read} rows can be used`, ...asked, ...said],
  };
}

/** The rows of a link that names a dataset of the Hub or an address; undefined where it names none. @throws with a sentence */
export async function dataOfLink({ data: { source: text, table }, seed }: RunConfig, places: FarPlaces = farPlaces()): Promise<OpenedData | undefined> {
  const reference = table && readReference(text);
  if (!table || (reference?.kind !== 'hub' && reference?.kind !== 'address')) return undefined;
  const opened = await openTable(await namedDataset(reference, places), table.files, table.read, seed, { preset: table.mirrors });
  if (!opened.table) throw new Error(`${dataName(text)}: ${opened.report.notes.at(-1)}`);
  if (table.fingerprint !== undefined && table.fingerprint !== opened.fingerprint) throw new Error(`${dataName(text)} is no longer the file that the link names: its fingerprint is ${opened.fingerprint} instead of ${table.fingerprint}; name it with --data to train on what it is now`);
  return { on: (config) => config, handed: { source: text, table, rows: new Blob([JSON.stringify(opened.rows)]) }, notes: [`${dataName(text)}: ${opened.table.rows} training rows of ${table.files.training.join(', ')}`] };
}

/** Where the Hub is, as huggingface_hub has it: a mirror by HF_ENDPOINT, a token by HF_TOKEN. */
type FarPlaces = Parameters<typeof offeredDataset>[1];
const farPlaces = (): FarPlaces => ({ endpoint: process.env.HF_ENDPOINT, token: process.env.HF_TOKEN, ...(process.env.HF_ENDPOINT && { datasetsServer: process.env.HF_ENDPOINT }) });

/** What can be no file of this machine. */
export const isFar = (data: string): boolean => /^(hub:|hf:|https?:\/\/)/.test(data) && !existsSync(data);

/** A dataset of the Hub with its splits by what they are for, or the file at an address. @throws with a sentence */
export async function farData({ data, configuration, preset, split, validation, test }: Omit<NamedData, 'wishes' | 'rows'>, places: FarPlaces = farPlaces()): Promise<{ source: Source; files: Files; notes: string[] }> {
  const named = understandData(data);
  if ('problem' in named) throw new Error(`--data: ${named.problem}`);
  const { source, offer } = await offeredDataset(named, places);
  const hub = preset && dataPreset(preset).hub;
  const wanted = configuration ?? named.configuration ?? hub?.configuration;
  const names = offer.configurations.map(({ name }) => name);
  const found = wanted === undefined ? offer.configurations[0] : offer.configurations.find(({ name }) => name === wanted);
  if (!found || (wanted === undefined && names.length > 1)) throw new Error(`${offer.name} has ${wanted === undefined ? 'several configurations' : `no configuration ${wanted}`}; choose one of ${names.join(', ')} with --config`);
  const known = hub?.configuration === found.name ? hub.splits : undefined;
  const chosenSplit = split ?? named.split;
  const chosen = { training: chosenSplit, validation, test };
  const files: Partial<Record<Part, string[]>> = {};
  for (const part of PARTS) {
    if (chosen[part] === undefined) continue;
    const one = found.splits.find(({ name }) => name === chosen[part]);
    if (!one) throw new Error(`${offer.name} has no split ${chosen[part]}; it has ${found.splits.map(({ name }) => name).join(', ')}; choose one with --${part === 'training' ? 'split' : part}`);
    files[part] = one.files;
  }
  for (const one of found.splits) {
    // Whoever chooses what to train on chooses what is held out as well.
    const part = chosenSplit !== undefined ? undefined : known ? PARTS.find((name) => known[name] === one.name) : found.splits.length === 1 ? 'training' : partOf(one.name);
    if (part) files[part] ??= one.files;
  }
  if (!files.training) throw new Error(`${offer.name} has no split for training; it has ${found.splits.map(({ name }) => name).join(', ')}; choose one with --split`);
  const used = Object.values(files).flat();
  const bytes = found.splits.filter((one) => one.files.some((path) => used.includes(path))).reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return { source, files: { ...files, training: files.training }, notes: [`${offer.source}, ${found.name}: ${used.join(', ')} (${bytes} bytes)`, ...offer.notes] };
}

async function filesOf({ data, validation, test }: NamedData): Promise<{ source: Source; files: Files }> {
  const given = { training: data, validation, test };
  for (const [part, path] of Object.entries(given)) {
    if (path !== undefined && !existsSync(path)) throw new Error(`--${part === 'training' ? 'data' : part} ${path} is no file on this machine${part === 'training' ? `, and no task of the page (${TASK_NAMES.join(', ')})` : ''}; check the path`);
  }
  if (statSync(data).isDirectory()) {
    const folder = diskSource(resolve(data));
    const paths = (await folder.list()).map(({ path }) => path).filter((path) => isTablePath(path) && !path.includes('/'));
    const files = partsOf(paths);
    if (!files) throw new Error(`--data ${data} holds ${paths.length === 0 ? 'no table' : `${paths.join(', ')}, none of which is for training by its name`}; name the file to train on`);
    return { source: folder, files };
  }
  const paths = PARTS.flatMap((part) => (given[part] === undefined ? [] : [{ part, path: given[part] }]));
  const names = new Set(paths.map(({ path }) => basename(path)));
  // Two files of one name are told apart by what they are for.
  const nameOf = (part: string, path: string) => (names.size < paths.length ? `${part}/${basename(path)}` : basename(path));
  const local = await Promise.all(paths.map(async ({ part, path }) => ({ path: nameOf(part, path), blob: await openAsBlob(path) })));
  const source = await localSource(basename(data), local);
  const files = Object.fromEntries(paths.map(({ part, path }) => [part, [nameOf(part, path)]])) as unknown as Files;
  return { source, files };
}
