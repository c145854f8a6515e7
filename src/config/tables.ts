/** What a configuration says of a table: with the files that its reference names, this gives the same rows again. It never holds a row. */
import type { Wishes } from '../protocol/tableMessages';
import { type DataPresetName, isDataPreset } from './dataPresets';
import { dataName, readReference, type SourceReference } from './sources';

/** What a run learns to give. */
export const DATA_KINDS = ['classification', 'regression', 'language_model'] as const;
export type DataKind = (typeof DATA_KINDS)[number];

/** What a file of a table is for. */
export const PARTS = ['training', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

export interface TableMapping {
  kind: DataKind;
  /** Classes by their index; empty for the other kinds. */
  labels: string[];
  /** Paths of its files below the source, by what they are for. */
  files: { training: string[] } & Partial<Record<Part, string[]>>;
  /** How they are read: what was found, and what somebody chose otherwise. */
  read: Wishes;
  /** Shares of the training file's rows that are held out, by the run's seed, where no file is there for it; 0 where one is. */
  split: { validation: number; test: number };
  /** Usable rows of its training files. */
  rows: number;
  /** Which set of the paper it is, where somebody said so. */
  mirrors?: DataPresetName;
  /** What the files held, where their place does not pin them (an address): 16 hexadecimal digits as of a local table. */
  fingerprint?: string;
}

/** Most files of a table, and most classes: beyond what a link or a head should hold. */
const MOST_FILES = 100;
export const MOST_LABELS = 5000;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown, most: number): value is string[] => Array.isArray(value) && value.length <= most && value.every((one) => typeof one === 'string');
const isShare = (value: unknown) => typeof value === 'number' && value >= 0 && value < 1;
const isColumn = (value: unknown) => typeof value === 'string' || (Number.isInteger(value) && (value as number) > 0);
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isText = (value: unknown) => typeof value === 'string' && value.length < 100;
const among = (...names: string[]) => (value: unknown) => names.includes(value as string);

const WISHES: Record<keyof Wishes, (value: unknown) => boolean> = {
  encoding: isText, delimiter: isText, quoting: among('literal', 'csv', 'backslash'), header: (value) => isBoolean(value) || isColumn(value) && typeof value === 'number',
  text: isColumn, text2: (value) => value === null || isColumn(value), label: isColumn, prompt: (value) => Array.isArray(value) && value.length > 0 && value.every(isColumn), target_text: isColumn,
  problem: among('classification', 'regression', 'pairs', 'generation'), target: among('classes', 'number', 'text'), no_label: (value) => isTexts(value, 100),
  join_labels: isBoolean, join_cells: isBoolean, decimal: among('point', 'comma'), label_names: (value) => isTexts(value, MOST_LABELS),
};

/** Whether a value from a link or a record is a mapping in every part. */
export function isTableMapping(value: unknown): value is TableMapping {
  if (!isObject(value) || Object.keys(value).some((name) => !['kind', 'labels', 'files', 'read', 'split', 'rows', 'mirrors', 'fingerprint'].includes(name))) return false;
  const { kind, labels, files, read, split, rows, mirrors, fingerprint } = value;
  if (mirrors !== undefined && !isDataPreset(mirrors)) return false;
  if (fingerprint !== undefined && !/^[0-9a-f]{16}$/.test(String(fingerprint))) return false;
  if (!DATA_KINDS.includes(kind as DataKind) || !isTexts(labels, MOST_LABELS) || new Set(labels).size < labels.length) return false;
  if ((kind === 'classification') !== labels.length > 1) return false;
  if (!isObject(files) || !Object.entries(files).every(([part, paths]) => PARTS.includes(part as Part) && isTexts(paths, MOST_FILES) && paths.length > 0) || !('training' in files)) return false;
  if (!isObject(split) || !isShare(split.validation) || !isShare(split.test) || (split.validation as number) + (split.test as number) >= 1) return false;
  if (!isObject(read) || !Object.entries(read).every(([name, wish]) => Object.hasOwn(WISHES, name) && WISHES[name as keyof Wishes](wish))) return false;
  return Number.isInteger(rows) && (rows as number) >= 0;
}

/** The same text for equal values, whatever the order of their fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.keys(value).filter((name) => value[name] !== undefined).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

/** What says whether two configurations mean the same rows: the source and how it is read, but not how it is divided. */
export function tableKey(source: string, { kind, labels, files, read, fingerprint: bytes }: TableMapping): string {
  const reference = readReference(source);
  // A file that was renamed is the same file: the fingerprint says what it holds, and what it is for.
  return canonical(reference?.kind === 'local' ? [reference.fingerprint, kind, labels, read] : [source, kind, labels, read, files, bytes ?? null]);
}

/** A source that can be a table: all but what comes with the page. */
export function tableReference(text: unknown): Exclude<SourceReference, { kind: 'builtin' }> | undefined {
  const reference = typeof text === 'string' ? readReference(text) : undefined;
  return reference?.kind === 'builtin' ? undefined : reference;
}

/** What to open, where a table is not at hand: its name, its fingerprint, its rows. */
export function missingTable(source: string, table: TableMapping | undefined): string {
  const reference = readReference(source);
  const fingerprint = reference?.kind === 'local' ? `, fingerprint ${reference.fingerprint.slice(0, 8)}` : '';
  const files = Object.values(table?.files ?? {}).flat();
  const named = files.length > 1 || files[0] !== dataName(source) ? ` (${files.slice(0, 3).join(', ')}${files.length > 3 ? ', …' : ''})` : '';
  return `the rows of ${dataName(source)}${named} are not here; open it (${table?.rows ?? 'unknown'} rows${fingerprint})`;
}
