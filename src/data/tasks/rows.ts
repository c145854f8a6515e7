/** What generators of rows with a class share: rows that are all different, and wrong labels. */
import { Draws } from './draws';
import { STREAMS, type Split } from './splits';
import { checkOptions, TEST_ROWS, VALIDATION_ROWS, type Example, type TaskData, type TaskOptions } from './task';

/** Beyond the streams of the splits. */
const NOISE = 0x80;

export type DrawRow = (draws: Draws, split: Split) => Example;

function distinctRows(seed: number, stream: number, split: Split, rows: number, draw: DrawRow): Example[] {
  const seen = new Set<string>();
  return Array.from({ length: rows }, (_, row) => {
    const draws = new Draws(seed, stream + STREAMS[split], row);
    for (;;) {
      const example = draw(draws, split);
      const key = `${example.text}\n${example.pair ?? ''}`;
      if (seen.has(key)) continue;
      seen.add(key);
      return example;
    }
  });
}

/** The rows of a task with two classes. @param stream that of the task (`DRAW_STREAMS`) @throws RangeError for options that no generator can honour */
export function generateClasses(task: string, stream: number, options: TaskOptions, draw: DrawRow): TaskData {
  checkOptions(task, options);
  const { seed, trainRows, labelNoise } = options;
  const flipped = (row: number) => new Draws(seed, stream + NOISE, row).chance(labelNoise);
  return {
    train: distinctRows(seed, stream, 'train', trainRows, draw).map((example, row) => (flipped(row) ? { ...example, label: 1 - example.label } : example)),
    validation: distinctRows(seed, stream, 'validation', VALIDATION_ROWS, draw),
    test: distinctRows(seed, stream, 'test', TEST_ROWS, draw),
  };
}
