/** The conversation between the page and the worker that reads tables. */
import type { HandedTable } from './rowMessages';
import type { Example, Report, TableSet, Wishes } from './tableMessages';

/** What the page asks of the worker that reads tables. */
export interface ToTables {
  id: number;
  /** What they are called together. */
  name: string;
  files: { path: string; blob: Blob }[];
  /** What each file is for; left out: by their names. */
  parts?: Record<string, TableSet['part']>;
  wishes: Wishes;
  /** Of the run, which divides the rows where no file is there for a part. */
  seed: number;
}

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

/** Its answer: what was read, or what went wrong with the worker itself. */
export type FromTables = ({ id: number } & ReadTable) | { id: number; detail: string };
