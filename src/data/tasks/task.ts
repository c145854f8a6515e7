import type { DataKind } from '../../config/tables';
import type { MetricName, TaskName } from '../../config/tasks';
import type { Turn } from '../../tables/chat';

/** What every task offers to the page and to the engine. */
export interface Example {
  /** For a language model: the prompt, which is read and not scored. */
  text: string;
  /** The second sentence of a pair. */
  pair?: string;
  /** For a language model: what it is to write after the prompt. */
  completion?: string;
  /** Held-out rows of a language model: all texts that would do, `completion` among them; left out where that is the only one. */
  references?: string[];
  /** The kind of thing that a row is about, and whether training rows have it, where the data say so. */
  category?: { name: string; seen: boolean };
  /** Class index, or a score for regression (0…5 in tasks of the page); 0 for a language model. */
  label: number;
  /** For a language model: a conversation whose answers are what it is to write, put into text by the model's own template where it has one. */
  messages?: Turn[];
  /** So many turns at the beginning are given: answers among them are not scored. */
  promptTurns?: number;
  /** Descriptions of what the assistant of a conversation may call. */
  tools?: unknown[];
  /**
   * Of a conversation that the model's template has put into text: ranges of characters of `text` and `completion` together that are scored.
   * Special tokens are in the text then, and none is added.
   */
  scored?: [number, number][];
}

export interface TaskData {
  train: Example[];
  validation: Example[];
  test: Example[];
}

export interface TaskOptions {
  seed: number;
  trainRows: number;
  /** Share of training labels replaced by a wrong one, or of training completions that state a wrong fact, 0…1. Validation and test stay clean. */
  labelNoise: number;
}

export interface Task {
  name: TaskName;
  title: string;
  /** What it measures, for people who choose. */
  description: string;
  /** Two real rows: the first validation rows of seed 42 that differ in what they show. */
  examples: readonly [Example, Example];
  /** The public benchmark whose form the task has. */
  mirrors: string;
  citation: string;
  kind: DataKind;
  /** One name per class; empty for the other kinds. */
  labels: string[];
  /** As the mirrored set is measured; of several, the first chooses the best step. */
  metrics: readonly MetricName[];
  generate(options: TaskOptions): TaskData;
}

export const VALIDATION_ROWS = 500;
export const TEST_ROWS = 2000;
/** Far below the number of distinct sentences that the training templates can make. */
export const MOST_TRAIN_ROWS = 8192;

/** Refuses what no generator can honour, before any row is drawn. */
export function checkOptions(task: string, { seed, trainRows, labelNoise }: TaskOptions): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    throw new RangeError(`${task}: the data seed is not an unsigned 32-bit integer (${seed}); give a whole number from 0 to 4294967295.`);
  if (!Number.isInteger(trainRows) || trainRows < 1 || trainRows > MOST_TRAIN_ROWS)
    throw new RangeError(`${task}: the number of training rows is out of range (${trainRows}); give a whole number from 1 to ${MOST_TRAIN_ROWS}.`);
  if (!(labelNoise >= 0 && labelNoise <= 1))
    throw new RangeError(`${task}: the label noise is out of range (${labelNoise}); give a share from 0 to 1.`);
}
