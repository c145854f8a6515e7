/** The rows of a run: generated, tokenised, and padded to one width. Pure, and the same for the same configuration. */
import type { RunConfig } from '../config/config';
import { type EncodedRows, encodeRows, fillBatch } from '../data/batches';
import { TASKS } from '../data/tasks';
import type { Task, TaskData } from '../data/tasks/task';
import type { TextTokenizer } from '../data/tokenizer';
import type { HostBatch } from './trainer';

/** Training rows on which the clean training loss is measured at every evaluation. */
const SAMPLE_ROWS = 128;
/** Widths are multiples of this, so that small changes of the data do not change every shape. */
const WIDTH_STEP = 4;

export interface Dataset {
  task: Task;
  examples: TaskData;
  training: EncodedRows;
  validation: EncodedRows;
  test: EncodedRows;
  /** The fixed sample of the training rows: the first ones, which are as random as any. */
  sample: EncodedRows;
  /** Tokens every row is padded to. */
  width: number;
  padId: number;
}

/** @param longest tokens a model has positions for */
export function loadDataset(config: RunConfig, tokenizer: TextTokenizer, longest: number): Dataset {
  const task = TASKS[config.data.task];
  const examples = task.generate({ seed: config.seed, trainRows: config.data.rows, labelNoise: config.data.noise });
  const training = encodeRows(tokenizer, examples.train, longest);
  const validation = encodeRows(tokenizer, examples.validation, longest);
  const test = encodeRows(tokenizer, examples.test, longest);
  // A plain loop: spreading thousands of lengths into Math.max overflows the stack of some engines.
  let most = 0;
  for (const rows of [training, validation, test]) for (const length of rows.lengths) most = Math.max(most, length);
  const sample = { ...training, ids: training.ids.slice(0, SAMPLE_ROWS), lengths: training.lengths.slice(0, SAMPLE_ROWS), labels: training.labels.slice(0, SAMPLE_ROWS) };
  return { task, examples, training, validation, test, sample, width: Math.min(longest, Math.ceil(most / WIDTH_STEP) * WIDTH_STEP), padId: tokenizer.padId };
}

/** Rows `from` … `from + count − 1`; past the end the last row is repeated, and the caller ignores its results. */
export function chunk(dataset: Dataset, rows: EncodedRows, from: number, count: number): HostBatch {
  const last = rows.ids.length - 1;
  return fillBatch(Array.from({ length: count }, (_, index) => Math.min(from + index, last)), rows, dataset.width, dataset.padId);
}
