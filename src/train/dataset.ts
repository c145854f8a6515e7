/** The rows of a run: tokenised, and shared out to widths. Pure, and the same for the same configuration. */
import type { RunConfig } from '../config/config';
import { isTask } from '../config/tasks';
import { drawnRows, type EncodedRows, encodeRows, fillBatch } from '../data/batches';
import { type Buckets, bucketsOf, MOST_WIDTHS, oneBucket } from '../data/buckets';
import { NOT_SCORED } from '../metrics/outputs';
import type { Example, TaskData } from '../data/tasks/task';
import type { TextTokenizer } from '../data/tokenizer';
import type { Conversations } from './conversations';
import { type DataFacts, factsOf, headFor } from './head';
import { tokenLabels } from './languageModel';
import { Refusal } from './refusal';
import { idProblem, labelProblem, type Limits } from './rowRules';
import type { HostBatch } from './trainer';

/** Training rows on which the clean training loss is measured at every evaluation. */
const SAMPLE_ROWS = 128;
/** Held-out rows of a language model that are scored at every evaluation: each is as much work as dozens of classified ones. */
const WRITTEN_ROWS = 128;
/** Widths are multiples of this, so that small changes of the data do not change every shape. */
export const WIDTH_STEP = 4;

export interface Dataset {
  facts: DataFacts;
  examples: TaskData;
  training: EncodedRows;
  heldOut: EncodedRows;
  /** The held-out rows of every evaluation. */
  validation: EncodedRows;
  test: EncodedRows;
  /** The fixed sample of the training rows: the first ones, which are as random as any. */
  sample: EncodedRows;
  /** Tokens every row fits in. */
  width: number;
  /** Most tokens that a row may have. */
  longest: number;
  padId: number;
  /** Rows of a table that were left out, since their prompt alone fills the greatest length. */
  leftOut?: number;
  /** Where its rows are conversations: how they are put into text. */
  conversations?: Conversations;
}

/**
 * @param examples the rows of its task or table
 * @param longest tokens a model has positions for
 * @param vocabulary tokens it has embeddings for
 * @throws Refusal where a row has a token or a label that the model has not
 */
export function loadDataset({ data, evaluation }: Pick<RunConfig, 'data' | 'evaluation'>, examples: TaskData, tokenizer: TextTokenizer, longest: number, vocabulary: number): Dataset {
  const facts = factsOf(data);
  const training = encodeOrRefuse('training', tokenizer, examples.train, longest);
  const heldOut = encodeOrRefuse('validation', tokenizer, examples.validation, longest);
  const test = encodeOrRefuse('test', tokenizer, examples.test, longest);
  const limits = { ...headFor(facts), vocabulary };
  checkRows('training', training, examples.train, limits);
  checkRows('validation', heldOut, examples.validation, limits);
  checkRows('test', test, examples.test, limits);
  // A plain loop: spreading thousands of lengths into Math.max overflows the stack of some engines.
  let most = 0;
  for (const rows of [training, heldOut, test]) for (const length of rows.lengths) most = Math.max(most, length);
  const validation = scoredRows(heldOut, evaluation.rows, facts.kind);
  return { facts, examples, training, heldOut, validation, test, sample: firstRows(training, SAMPLE_ROWS, facts.kind === 'classification'), width: Math.min(longest, Math.ceil(most / WIDTH_STEP) * WIDTH_STEP), longest, padId: tokenizer.padId };
}

/** What a tokenizer cannot make rows of is, to a person, data that does not fit the greatest length. */
function encodeOrRefuse(set: string, tokenizer: TextTokenizer, examples: Example[], longest: number): EncodedRows {
  try {
    return encodeRows(tokenizer, examples, longest);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal({ code: 'bad_config', problems: [`data: ${set} rows cannot be read within ${longest} tokens: ${error.message}`] });
  }
}

/** The held-out rows that an evaluation scores: those asked for, drawn once for every run, or where nothing is asked all that are cheap enough. */
function scoredRows(heldOut: EncodedRows, asked: number, kind: DataFacts['kind']): EncodedRows {
  if (asked === 0) return kind === 'language_model' ? firstRows(heldOut, WRITTEN_ROWS) : heldOut;
  if (asked >= heldOut.ids.length) return heldOut;
  const drawn = rowsAt(heldOut, drawnRows(heldOut.ids.length, asked));
  // Without a label that counts there is no score.
  return kind !== 'classification' || drawn.labels.some((label) => label !== NOT_SCORED) ? drawn : firstRows(heldOut, asked, true);
}

/** @param counted only rows whose label counts */
export function firstRows(rows: EncodedRows, count: number, counted = false): EncodedRows {
  return rowsAt(rows, rows.ids.map((_, row) => row).filter((row) => !counted || rows.labels[row] !== NOT_SCORED).slice(0, count));
}

function rowsAt(rows: EncodedRows, chosen: readonly number[]): EncodedRows {
  const of = (values: ArrayLike<number>) => chosen.map((row) => values[row]);
  return { ...rows, ids: chosen.map((row) => rows.ids[row]), lengths: Uint32Array.from(of(rows.lengths)), labels: Float32Array.from(of(rows.labels)), scoredFrom: rows.scoredFrom && Uint32Array.from(of(rows.scoredFrom)), ...(rows.unscored && { unscored: chosen.map((row) => rows.unscored![row]) }) };
}

/** Refuses a row that would be read beyond a table or a row of logits, and rows of which none counts: before the first step, with its number and the value. */
function checkRows(set: string, { ids }: EncodedRows, examples: Example[], limits: Limits): void {
  const refuse = (sentence: string) => new Refusal({ code: 'bad_config', problems: [`data: ${sentence}.`] });
  const classes = limits.problem === 'classification';
  examples.forEach(({ label }, row) => {
    // What a language model is to write are its tokens.
    const found = idProblem(ids[row], limits.vocabulary) ?? (limits.problem === 'language_model' ? undefined : labelProblem(label, limits));
    if (found) throw refuse(`${set} row ${row}: ${found}`);
  });
  if (classes && !examples.some(({ label }) => label !== NOT_SCORED)) throw refuse(`none of the ${examples.length} ${set} rows has a label that counts (all are −100); give one a class`);
}

/**
 * The widths of a run's batches. Tasks of the page have one: their rows are much of one length, and links to their runs give the curves that
 * they always gave.
 */
export function bucketsFor({ data, optimizer: { batchSize } }: Pick<RunConfig, 'data' | 'optimizer'>, { training, width, longest }: Dataset): Buckets {
  if (isTask(data.source)) return oneBucket(width, training.ids.length);
  return bucketsOf(training.lengths, { most: MOST_WIDTHS, batchSize, multiple: WIDTH_STEP, longest });
}

/**
 * The chosen rows as the engine takes them.
 * @param virtualRows trained vectors in front of every row (prompt tuning), which a language model does not score
 * @param width tokens that each row is padded to
 */
export function batchOf(dataset: Dataset, rows: EncodedRows, chosen: ArrayLike<number>, virtualRows: number, width = dataset.width): HostBatch {
  const batch = fillBatch(chosen, rows, width, dataset.padId);
  const numbered = { ...batch, rows: Uint32Array.from(chosen) };
  return rows.scoredFrom ? { ...numbered, labels: tokenLabels(batch, Array.from(chosen, (row) => rows.scoredFrom![row]), virtualRows, Array.from(chosen, (row) => rows.unscored?.[row])) } : numbered;
}

/** The chosen rows, with the last one repeated until there are `count`; the caller ignores what comes of those. */
export const filled = (chosen: number[], count: number): number[] => Array.from({ length: count }, (_, index) => chosen[Math.min(index, chosen.length - 1)]);

/** Rows `from` … `from + count − 1`; past the end the last row is repeated, and the caller ignores its results. */
export function chunk(dataset: Dataset, rows: EncodedRows, from: number, count: number, virtualRows: number): HostBatch {
  const chosen = Array.from({ length: Math.min(count, rows.ids.length - from) }, (_, index) => from + index);
  return batchOf(dataset, rows, filled(chosen, count), virtualRows);
}
