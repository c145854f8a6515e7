/** Rows of a table on their way to the engine. */
import type { TableMapping } from '../config/tables';
import type { Example } from './tableMessages';

/** All usable rows of the files of a table, by what the files are for. */
export interface TableRows {
  training: Example[];
  validation?: Example[];
  test?: Example[];
}

/** A table as it is handed over: what a configuration calls it, and `TableRows` as JSON, which no page has to hold. */
export interface HandedTable {
  source: string;
  table: TableMapping;
  rows: Blob;
}

export type RowsCommand =
  /** Keep these rows, for configurations that name them. Answers nothing; what is wrong with them is said where they are used. */
  | ({ type: 'take_rows' } & HandedTable);
