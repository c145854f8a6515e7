/** A file on its way from bytes to rows: records, and what could be read otherwise. */
import type { BadRow, Place, Question, Quoting, Wishes } from '../protocol/tableMessages';

/** A cell as the file has it: text of a delimited file, any value of JSON and Parquet; undefined where a record has none. */
export type Cell = unknown;

/** A file that cannot be made into rows at all, as a sentence. */
export class NoTable extends Error {
  override name = 'NoTable';
}

/** One record and where it is. `cells` may be longer or shorter than the table is wide. */
export interface TableRecord extends Place {
  cells: Cell[];
  /** An empty cell was written as a pair of quotes. */
  emptyQuotes?: boolean;
}

/** A file as records, before anything is decided about columns. */
export interface Table {
  /** Undefined without a header. */
  names?: string[];
  headerLine: number | null;
  width: number;
  records: TableRecord[];
  /** Records that could not be read. */
  bad: BadRow[];
  delimiter: string;
  quoting: Quoting;
  encoding: string;
  newline: string;
  notes: string[];
  /** What could be read otherwise. */
  doubts: Doubt[];
  /** Names of classes by column, from the file's own description. */
  classNames?: Record<string, string[]>;
  /** Columns that the file's own description calls an index. */
  indexColumns?: string[];
}

/** A question before its previews are made: the ways to choose from, the taken one first. */
export interface Doubt {
  about: Question['about'];
  question: string;
  choices: Wishes[];
}
