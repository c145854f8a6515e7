/** The files of a source → a table that a run can name: its mapping, its rows by what they are for, and what is to be said of it. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type DataPresetName, presetWishes } from '../config/dataPresets';
import { type DataKind, PARTS, type Part, type TableMapping } from '../config/tables';
import type { TableRows } from '../protocol/rowMessages';
import type { Example, Report, TableSet, Wishes } from '../protocol/tableMessages';
import { collected } from '../sources/files';
import type { Source } from '../sources/source';
import { importFarParquet, importTable, type Imported } from './importTable';
import { count, listed } from './lines';
import { type Files, shareOf } from './parts';
import { sharedRows } from './shape';
import { splitRows } from './split';

/** More than this does not fit into the memory of a tab once it is read. */
const FILE_LIMIT = 2 ** 30;
const FINGERPRINT_DIGITS = 16;
/** Rows that somebody may look at. */
const PREVIEW_ROWS = 100;
/** Larger Parquet files that lie elsewhere are read by ranges, so many rows of them at the most. */
const RANGED = { bytes: 32 * 2 ** 20, rows: 200_000 };

export interface OpenOptions {
  signal?: AbortSignal;
  /** Told how much of all files is here. */
  progress?: (bytes: number) => void;
  /** The set of the paper that somebody says it is. */
  preset?: DataPresetName;
  /** From how many bytes on Parquet that lies elsewhere is read by ranges, and how many rows of it. */
  ranged?: { bytes: number; rows: number };
}

export interface OpenedTable {
  /** Of the first training file. */
  report: Report;
  preview: Example[];
  /** Left out where nothing can be learned. */
  table?: TableMapping;
  rows: TableRows;
  sets: TableSet[];
  /** What tells whether it is the same table again. */
  fingerprint: string;
}

const KINDS: Record<Report['target'], DataKind | undefined> = { classes: 'classification', number: 'regression', text: 'language_model', none: undefined };
const endingOf = (path: string): string => path.toLowerCase().replace(/\.gz$/, '').split('.').at(-1)!;

/** What was found, as wishes: the same file is read in the same way, whatever an importer to come would find. */
export function settled(report: Report, wishes: Wishes): Wishes {
  const { columns: { header_line: header, text, text2, label, prompt, target_text }, delimiter, quoting, target } = report;
  const isDelimited = quoting !== 'none' && delimiter !== 'none';
  const found: Wishes = {
    ...(isDelimited && { delimiter, quoting: quoting as Wishes['quoting'], header: header ?? false }),
    ...(prompt === undefined ? {} : { prompt }), ...(target_text === undefined ? {} : { target_text }),
    ...(text === undefined ? {} : { text, text2: text2 ?? null }), ...(label === undefined ? {} : { label }),
    ...(target === 'classes' || target === 'number' ? { target } : {}),
  };
  return { ...wishes, ...found };
}

/** How another file of the same table is read: columns and kind as in the first one; what is about bytes only where it has the same form. */
function alsoFor({ delimiter, quoting, header, encoding, ...same }: Wishes, isSameForm: boolean): Wishes {
  return isSameForm ? { ...same, ...(delimiter !== undefined && { delimiter }), ...(quoting && { quoting }), ...(encoding !== undefined && { encoding }), ...(header !== undefined && { header: header === false ? false : true }) } : same;
}

/** Names of classes, where the file has them beside their numbers. */
function namedLabels({ label_names: names, labels }: Report): readonly string[] | undefined {
  return names && new Set(names).size === names.length && labels.length > 1 && labels.every((label) => names[Number(label)] !== undefined) ? names : undefined;
}

/**
 * @param files paths of the source by what they are for
 * @param wishes what the caller knows better than this would find
 * @param seed of the run, by which rows are held out where no file is there for it
 * @throws SourceError where a file cannot be had
 */
export async function openTable(source: Source, files: Files, given: Wishes, seed: number, { signal, progress, preset, ranged = RANGED }: OpenOptions = {}): Promise<OpenedTable> {
  const wishes: Wishes = { ...(preset && presetWishes(preset)), ...given };
  const hashes: string[] = [];
  const isFar = source.reference.kind === 'hub' || source.reference.kind === 'address';
  let done = 0;
  const tell = (bytes: number) => progress?.(done + bytes);
  const readOne = async (path: string, part: Part, how: Wishes): Promise<Imported> => {
    const name = path.split('/').at(-1)!;
    const size = isFar && /\.parquet$/i.test(path) ? (await source.size?.(path) ?? (await source.list()).find((file) => file.path === path)?.bytes) : undefined;
    if (size !== undefined && size > ranged.bytes) {
      // Not all of its bytes come here: what tells it apart is its place, at a commit or an address, and its length.
      hashes.push(`${part} ${bytesToHex(sha256(new TextEncoder().encode(`${path} ${size}`)))}\n`);
      const slice = async (start: number, end = size) => {
        const bytes = await source.range(path, start, end, { signal });
        done += bytes.length;
        tell(0);
        return bytes.buffer;
      };
      return importFarParquet(name, { byteLength: size, slice }, ranged.rows, how);
    }
    const bytes = await collected(path, source.stream(path, { signal, progress: tell }), FILE_LIMIT);
    done += bytes.length;
    hashes.push(`${part} ${bytesToHex(sha256(bytes))}\n`);
    return importTable(name, bytes, how);
  };
  const first = await readOne(files.training[0], 'training', wishes);
  const { report } = first;
  const kind = KINDS[report.target];
  const read = settled(report, wishes);
  const names = namedLabels(report);
  const named = (examples: readonly Example[]) => (names ? examples.map((row) => ({ ...row, label: names[Number(row.label)] })) : [...examples]);
  const rows: TableRows = { training: named(first.examples) };
  const sets: TableSet[] = [];
  const kept: Partial<Record<Part, string[]>> = { training: [files.training[0]] };
  for (const part of PARTS) {
    for (const path of (files[part] ?? []).slice(part === 'training' ? 1 : 0)) {
      const other = report.problem === 'refused' ? undefined : await readOne(path, part, alsoFor(read, endingOf(path) === endingOf(files.training[0])));
      if (!other || other.report.problem === 'refused') sets.push({ part, files: [path], rows: 0, bad: other?.report.bad_rows.length ?? 0, shared: 0, note: other?.report.notes.at(-1) ?? 'not looked at' });
      else {
        rows[part] = [...(rows[part] ?? []), ...named(other.examples)];
        (kept[part] ??= []).push(path);
        sets.push({ part, files: [path], rows: other.examples.length, bad: other.report.bad_rows_in_all ?? other.report.bad_rows.length, shared: 0 });
      }
    }
  }
  const fingerprint = (hashes.length === 1 ? hashes[0].split(/[ \n]/)[1] : bytesToHex(sha256(new TextEncoder().encode(hashes.join(''))))).slice(0, FINGERPRINT_DIGITS);
  const opened = { report, preview: named(first.examples.slice(0, PREVIEW_ROWS)), rows, fingerprint };
  if (report.problem === 'refused' || !kind) return { ...opened, sets };
  const labels = kind !== 'classification' ? [] : names ? [...names] : labelsOf(rows.training);
  const split = { validation: kept.validation ? 0 : shareOf(rows.training.length), test: kept.test ? 0 : shareOf(rows.training.length) };
  const table: TableMapping = { kind, labels, files: { ...kept, training: kept.training! }, read, split, rows: rows.training.length, ...(preset && { mirrors: preset }), ...(source.reference.kind === 'address' && { fingerprint }) };
  return { ...opened, table, sets: [...setsOf(rows, table, seed), ...sets.filter(({ rows: usable }) => usable === 0)] };
}

/** In order: numbers by value, words as computers do. */
function labelsOf(rows: readonly Example[]): string[] {
  const labels = [...new Set(rows.map(({ label }) => String(label)))];
  const isNumbers = labels.every((label) => label !== '' && !Number.isNaN(Number(label)));
  return labels.sort((a, b) => (isNumbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
}

/** How many rows each part has; held-out rows with a label that nothing in training has are taken out, since nothing could be right on them. */
function setsOf(rows: TableRows, { kind, labels, files, split }: TableMapping, seed: number): TableSet[] {
  const known = new Set(labels);
  const notes: Partial<Record<Part, string>> = {};
  if (kind === 'classification') {
    for (const part of ['validation', 'test'] as const) {
      const unknown = rows[part]?.filter(({ label }) => !known.has(String(label))) ?? [];
      if (unknown.length === 0) continue;
      rows[part] = rows[part]!.filter(({ label }) => known.has(String(label)));
      notes[part] = `${count(unknown.length, 'row')} with a label that the training rows have not (${listed([...new Set(unknown.map(({ label }) => String(label)))], 5)}) ${unknown.length === 1 ? 'is' : 'are'} left out.`;
    }
  }
  const divided = splitRows(rows.training, seed, split);
  const chosen = { training: divided.training.map((at) => rows.training[at]), validation: rows.validation ?? divided.validation.map((at) => rows.training[at]), test: rows.test ?? divided.test.map((at) => rows.training[at]) };
  return PARTS.map((part) => ({
    part, files: files[part] ?? [], rows: chosen[part].length, bad: 0, shared: part === 'training' ? 0 : sharedRows(chosen.training, chosen[part]).length, ...(notes[part] !== undefined && { note: notes[part] }),
  }));
}

