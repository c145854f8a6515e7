/** The rows of a table → those of a run: converted to what the tokenizer takes, divided by seed, and in an order that says nothing. */
import type { RunConfig } from '../config/config';
import type { TableMapping } from '../config/tables';
import { exampleOf } from '../data/tableExample';
import type { Example, TaskData } from '../data/tasks/task';
import type { TextTokenizer } from '../data/tokenizer';
import type { TableRows } from '../protocol/rowMessages';
import { ORDER_SITE, shuffled, splitRows } from '../tables/split';
import { Refusal } from './refusal';

/** Held-out rows are in one order for all seeds: where only the first ones are scored, runs of several seeds are scored on the same. */
const HELD_OUT_ORDER = 0;

/** @throws Refusal where a set is left without rows */
export function dividedRows(rows: TableRows, table: TableMapping, { data, seed }: Pick<RunConfig, 'data' | 'seed'>): TaskData {
  const all = rows.training.map((row) => exampleOf(row, table));
  const given = { validation: rows.validation?.map((row) => exampleOf(row, table)), test: rows.test?.map((row) => exampleOf(row, table)) };
  const split = splitRows(rows.training, seed, { validation: given.validation ? 0 : table.split.validation, test: given.test ? 0 : table.split.test });
  const chosen = (indices: readonly number[]) => indices.map((index) => all[index]);
  const examples: TaskData = {
    train: shuffled(chosen(split.training), seed, ORDER_SITE).slice(0, data.rows),
    validation: shuffled(given.validation ?? chosen(split.validation), HELD_OUT_ORDER, ORDER_SITE),
    test: shuffled(given.test ?? chosen(split.test), HELD_OUT_ORDER, ORDER_SITE),
  };
  const kinds = new Set(examples.train.map(({ category }) => category?.name));
  for (const { category } of [...examples.validation, ...examples.test]) if (category) category.seen = kinds.has(category.name);
  const empty = (['train', 'validation', 'test'] as const).find((part) => examples[part].length === 0);
  if (empty) throw new Refusal({ code: 'bad_config', problems: [`data: ${all.length} rows leave none for ${empty === 'train' ? 'training' : empty}; give more rows, or a file for ${empty === 'train' ? 'training' : empty}`] });
  return examples;
}

/**
 * The rows of which something is left to be written: a prompt that fills the greatest length alone teaches nothing.
 * @returns with the number of rows that are left out
 * @throws Refusal where that leaves a set without rows
 */
export function rowsWithRoom(examples: TaskData, tokenizer: TextTokenizer, longest: number): { examples: TaskData; leftOut: number } {
  const hasRoom = (example: Example) => example.completion === undefined || tokenizer.promptLength(example) < longest;
  const kept: TaskData = { train: examples.train.filter(hasRoom), validation: examples.validation.filter(hasRoom), test: examples.test.filter(hasRoom) };
  const parts = ['train', 'validation', 'test'] as const;
  const empty = parts.find((part) => kept[part].length === 0);
  if (empty) throw new Refusal({ code: 'bad_config', problems: [`data: every ${empty === 'train' ? 'training' : empty} prompt has ${longest} tokens or more, which leaves no room for what is to be written; raise the greatest length, or choose a model that takes more`] });
  return { examples: kept, leftOut: parts.reduce((sum, part) => sum + examples[part].length - kept[part].length, 0) };
}
