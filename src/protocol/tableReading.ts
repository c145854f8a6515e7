/** The conversation between the page and the worker that reads tables. */
import type { DataPresetName } from '../config/dataPresets';
import type { DatasetOffer } from './datasetMessages';
import type { HandedTable } from './rowMessages';
import type { Example, Report, TableSet, Wishes } from './tableMessages';

interface HowRead {
  /** What each file is for; left out: by their names. */
  parts?: Record<string, TableSet['part']>;
  wishes: Wishes;
  /** The set of the paper that somebody says it is. */
  preset?: DataPresetName;
  /** Of the run, which divides the rows where no file is there for a part. */
  seed: number;
}

/** Files of this visit. */
export interface ReadAsked extends HowRead {
  /** What they are called together. */
  name: string;
  files: { path: string; blob: Blob }[];
}

/** Files that lie elsewhere, of a dataset whose reference is pinned or an address. */
export interface LoadAsked extends HowRead {
  source: string;
  parts: Record<string, TableSet['part']>;
}

/** The tokens of the table that was read last. */
export interface MeasureAsked {
  /** As people know it. */
  model: string;
  /** `LentTokenizer` as JSON, as the engine gives it. */
  tokenizer: Blob;
  /** Most tokens that a row may have. */
  longest: number;
}

/** What a tokenizer is made of. */
export interface LentTokenizer {
  tokenizerJson: Record<string, unknown>;
  tokenizerConfig: Record<string, unknown>;
  chat: { config: Record<string, unknown>; jinja?: string };
}

/** What the page asks of the worker that reads tables. */
export type ToTables = { id: number } & (
  | ({ type: 'read' } & ReadAsked)
  /** What a dataset has to choose from. */
  | { type: 'offer'; text: string }
  | ({ type: 'load' } & LoadAsked)
  | ({ type: 'measure' } & MeasureAsked)
  /** For the Hub's own host, in memory only. Answers nothing. */
  | { type: 'authorise'; token: string | undefined }
);

/** A table that was read: the report on its first training file with the first rows, and the rows themselves where there is something to learn. */
export interface ReadTable {
  report: Report;
  preview: Example[];
  sets: TableSet[];
  /** What each file is for. */
  parts: Record<string, TableSet['part']>;
  fingerprint: string;
  handed?: HandedTable;
}

/** A row as the model reads it. */
export interface MeasuredRow {
  tokens: number;
  /** Of a text to be written: what is read and what is scored, in order. */
  pieces?: { text: string; scored: boolean }[];
  scored?: number;
  /** Why there is no such row. */
  refused?: string;
}

export interface MeasuredTable {
  model: string;
  longest: number;
  /** Rows that were measured, of so many training rows. */
  rows: number;
  of: number;
  lengths?: { least: number; median: number; most95: number; greatest: number; cutRows: number; cutTokens: number };
  /** Rows to be written whose prompt leaves no token to score. */
  noRoom: number;
  /** Where rows are conversations: whether the model has a template, and those that it does not take. */
  conversations?: { template: boolean; refused: number; said?: string };
  /** Of the rows of the preview. */
  preview: MeasuredRow[];
  /** Why nothing could be measured. */
  obstacle?: string;
}

/** Its answers: what was asked for, how much of it has come, or what went wrong. */
export type FromTables = { id: number } & (ReadTable | { offer: DatasetOffer } | { measured: MeasuredTable } | { bytes: number } | { detail: string });
