/** What a person names on the command line as data → the rows of a run: a task of the page, or a table of their own. */
import { existsSync, openAsBlob, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { RunConfig } from '../config/config';
import { isTask, TASK_NAMES } from '../config/tasks';
import { withTable, withTask } from '../config/presets';
import { referenceText } from '../config/sources';
import { PARTS } from '../config/tables';
import type { HandedTable } from '../protocol/rowMessages';
import type { Wishes } from '../protocol/tableMessages';
import { diskSource } from '../sources/disk';
import { localSource } from '../sources/files';
import type { Source } from '../sources/source';
import { openTable } from '../tables/openTable';
import { type Files, partsOf } from '../tables/parts';

export interface NamedData {
  /** A task, a file, or a folder whose files say by their names what they are for. */
  data: string;
  /** Files of their own for what is held out. */
  validation?: string;
  test?: string;
  wishes: Wishes;
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

const TABLES = /\.(tsv|csv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i;

/** @throws with a sentence */
export async function openData(named: NamedData, seed: number): Promise<OpenedData> {
  const { data, wishes, rows } = named;
  if (isTask(data)) return { on: (config) => withTask(rows === undefined ? config : { ...config, data: { ...config.data, rows } }, data), notes: [] };
  const { source, files } = await filesOf(named);
  const opened = await openTable(source, files, wishes, seed);
  const { report, table } = opened;
  if (!table) throw new Error(`--data ${data}: ${report.notes.at(-1)}`);
  const reference = referenceText({ kind: 'local', name: source.name, fingerprint: opened.fingerprint });
  const left = opened.sets.find(({ part }) => part === 'training')!.rows;
  if (rows !== undefined && !(Number.isInteger(rows) && rows >= 2 && rows <= left)) throw new Error(`--rows ${rows} of ${left} training rows; give a whole number from 2 to ${left}`);
  const asked = report.questions.map(({ question, readings }) => `${question} Taken: ${JSON.stringify(readings.find(({ taken }) => taken)?.choose ?? {})}.`);
  const said = opened.sets.map(({ part, files: of, rows: count, bad, shared, note }) => `${part}: ${count} rows${of.length > 0 ? ` of ${of.join(', ')}` : ', split off'}${bad > 0 ? `, ${bad} set aside` : ''}${shared > 0 ? `, ${shared} of them in training too` : ''}${note ? `. ${note}` : ''}`);
  return {
    on: (config) => withTable(config, reference, table, rows ?? left),
    handed: { source: reference, table, rows: new Blob([JSON.stringify(opened.rows)]) },
    notes: [`${report.problem}, ${report.rows} of ${report.rows_read} rows can be used`, ...asked, ...said],
  };
}

async function filesOf({ data, validation, test }: NamedData): Promise<{ source: Source; files: Files }> {
  const given = { training: data, validation, test };
  for (const [part, path] of Object.entries(given)) {
    if (path !== undefined && !existsSync(path)) throw new Error(`--${part === 'training' ? 'data' : part} ${path} is no file on this machine${part === 'training' ? `, and no task of the page (${TASK_NAMES.join(', ')})` : ''}; check the path`);
  }
  if (statSync(data).isDirectory()) {
    const folder = diskSource(resolve(data));
    const paths = (await folder.list()).map(({ path }) => path).filter((path) => TABLES.test(path) && !path.includes('/'));
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
