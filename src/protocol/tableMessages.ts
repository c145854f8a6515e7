/** What an import makes of a table, as data: the words of the report, what a caller may wish otherwise, and what is still to be asked. */

/** A column: its name, or its number counted from 1 where names are missing or not its own. */
export type Column = string | number;

export interface Columns {
  /** Line of the header as an editor counts it; null without one. */
  header_line: number | null;
  /** Empty without a header. */
  names: string[];
  text?: Column;
  text2?: Column;
  label?: Column;
  prompt?: Column[];
  target_text?: Column;
  ignored: Column[];
}

/** Where a record is: `line` as an editor counts it, or `record` counted from 1 (Parquet, one JSON document), or both. */
export interface Place {
  line?: number;
  record?: number;
}

export interface BadRow extends Place {
  /** For a layman. */
  reason: string;
}

/** One usable row. Texts are exact; labels are trimmed. */
export interface Example extends Place {
  text?: string;
  text2?: string;
  /** A class as written, or a score. */
  label?: string | number;
  prompt_parts?: (string | null)[];
  target_text?: string;
  /** Where a row has several texts that would be right. */
  references?: string[];
  /** Of a text to be written: the kind of thing that it is about, from a column `category`. */
  category?: string;
  /** A conversation, whose scored part is what the assistant says. */
  messages?: { role: string; content: string; [field: string]: unknown }[];
  /** Of a conversation in two parts, prompt and completion: so many turns are the prompt, whose answers are not scored. */
  prompt_turns?: number;
  /** Descriptions of what the assistant of a conversation may call. */
  tools?: unknown[];
}

export type Quoting = 'literal' | 'csv' | 'backslash' | 'none';
export type Problem = 'classification' | 'regression' | 'pairs' | 'generation' | 'refused';
export type Target = 'classes' | 'number' | 'text' | 'none';

/** What the caller knows better; each replaces what would be found. */
export interface Wishes {
  /** A label of the Encoding Standard, such as `windows-1251`. */
  encoding?: string;
  delimiter?: string;
  quoting?: Exclude<Quoting, 'none'>;
  /** Its line, or whether there is one. */
  header?: boolean | number;
  text?: Column;
  /** null: none. */
  text2?: Column | null;
  label?: Column;
  prompt?: Column[];
  target_text?: Column;
  problem?: Exclude<Problem, 'refused'>;
  target?: Exclude<Target, 'none'>;
  /** Labels that mean "no label", such as `-1`. */
  no_label?: string[];
  /** Whether spellings of one label are joined. */
  join_labels?: boolean;
  /** Whether cells beyond the last column are joined back into the text that they were cut from. */
  join_cells?: boolean;
  /** Decimal sign of scores. */
  decimal?: 'point' | 'comma';
  /** Names of classes that the file has as numbers from 0. */
  label_names?: string[];
}

/** What a reading of the file would give. */
export interface Reading {
  choose: Wishes;
  /** Whether it is the one that was taken. */
  taken: boolean;
  rows: number;
  bad_rows: number;
  problem: Problem;
  label_counts?: Record<string, number>;
  range?: [number, number];
  first?: Example;
}

/** What can be read in two ways, with a preview of both. */
export interface Question {
  about: 'encoding' | 'delimiter' | 'quoting' | 'header' | 'columns' | 'labels' | 'numbers' | 'kind';
  question: string;
  readings: Reading[];
  /** Where the previews are not of the whole file. */
  of?: string;
}

export interface Report {
  file: string;
  rows: number;
  rows_read: number;
  columns: Columns;
  labels: string[];
  label_counts?: Record<string, number>;
  /** Smallest and largest score. */
  range?: [number, number];
  first?: Example;
  last?: Example;
  bad_rows: BadRow[];
  /** How many there are, where the list was cut. */
  bad_rows_in_all?: number;
  delimiter: string;
  quoting: Quoting;
  encoding: string;
  newline: string;
  problem: Problem;
  target: Target;
  notes: string[];
  questions: Question[];
  /** How each label is written, where several spellings were joined or could be. Invisible characters are shown as ⟨U+200B⟩. */
  spellings?: Record<string, Record<string, number>>;
  /** Rows that say the same as an earlier one, where there are any. */
  repeated?: number;
  /** Inputs that stand with different labels, where there are any. */
  contradicting?: number;
  /** Names of the classes, where the file has them beside numbers. */
  label_names?: string[];
}

/** The rows of one part of a table. */
export interface TableSet {
  part: 'training' | 'validation' | 'test';
  /** Empty where they were split off the training file. */
  files: string[];
  rows: number;
  /** Rows of a file of its own that are set aside. */
  bad: number;
  /** Rows whose input is among the training rows. */
  shared: number;
  note?: string;
}
