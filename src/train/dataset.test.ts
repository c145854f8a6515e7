/** Rows are looked at before anything is made of them: the page's own path to what `parity/batches.ts` asks of a reference case. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { TASKS } from '../data/tasks';
import type { TaskData } from '../data/tasks/task';
import { diskSource } from '../sources/disk';
import { batchOf, loadDataset } from './dataset';
import { Library } from './library';
import { Refusal } from './refusal';
import { countedLabels } from './rowRules';

const { tokenizer } = await new Library(async (name) => diskSource(fileURLToPath(new URL(`../../public/models/${name}`, import.meta.url)))).model('nano-encoder');

const config = (source: 'sentiment' | 'similarity') => ({ ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, source, rows: 160 } });
const rowsOf = (task: 'sentiment' | 'similarity', seed = 42) => TASKS[task].generate({ seed, trainRows: 160, labelNoise: 0.2 });

/** The data set of a task whose rows were changed. */
function changed(task: 'sentiment' | 'similarity', change: (data: TaskData) => void, vocabulary = 1329) {
  const data = structuredClone(rowsOf(task));
  change(data);
  return loadDataset(config(task), data, tokenizer, 128, vocabulary);
}

function sentenceOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof Refusal && error.fault.code === 'bad_config') return error.fault.problems.join(' ');
    throw error;
  }
  return 'accepted';
}

describe('a data set', () => {
  it.each<[string, number, string]>([
    ['a class too many', 2, 'data: training row 5: the label is not a class (2); give a whole number from 0 to 1, or -100 where nothing is scored.'],
    ['no number', NaN, 'data: training row 5: the label is not a class (NaN)'],
    ['a fraction', 0.5, 'data: training row 5: the label is not a class (0.5)'],
    ['nothing', undefined as unknown as number, 'data: training row 5: the label is not a class (missing)'],
  ])('with %s as label is refused, with row and value', (_, label, sentence) => {
    expect(sentenceOf(() => changed('sentiment', ({ train }) => { train[5].label = label; }))).toContain(sentence);
  });

  it('is refused for its other rows too, and for a score that is not finite', () => {
    expect(sentenceOf(() => changed('sentiment', ({ validation }) => { validation[3].label = -1; }))).toContain('data: validation row 3: the label is not a class (-1)');
    expect(sentenceOf(() => changed('similarity', ({ test }) => { test[7].label = Infinity; }))).toBe('data: test row 7: the label is not a finite number (Infinity); give a score.');
  });

  it('is refused where its tokens are more than the model has', () => {
    expect(sentenceOf(() => changed('sentiment', () => undefined, 20))).toMatch(/^data: training row 0: the id of token \d+ is not in the model's table \(\d+\); give a whole number from 0 to 19\.$/);
  });

  it('is refused where no label of a set counts', () => {
    expect(sentenceOf(() => changed('sentiment', ({ validation }) => { for (const row of validation) row.label = -100; }))).toBe('data: none of the 500 validation rows has a label that counts (all are −100); give one a class.');
  });

  it('keeps rows that do not count, and samples those that do', () => {
    const dataset = changed('sentiment', ({ train }) => { for (const row of train.slice(0, 10)) row.label = -100; });
    expect(dataset.training.ids.length).toBe(160);
    expect(dataset.sample.ids[0]).toEqual(dataset.training.ids[10]);
    expect([...dataset.sample.labels]).not.toContain(-100);
    expect(countedLabels(batchOf(dataset, dataset.training, [8, 9, 10, 11], 0).labels, 'classification')).toBe(2);
  });

  it('scores as many held-out rows as are asked for, the same ones in every run', () => {
    const scored = (rows: number, seed = 42) => {
      const { evaluation } = DEFAULT_CONFIG;
      const { heldOut, validation } = loadDataset({ ...config('sentiment'), evaluation: { ...evaluation, rows } }, rowsOf('sentiment', seed), tokenizer, 128, 1329);
      return validation.ids.map((ids) => heldOut.ids.indexOf(ids));
    };
    expect(scored(0)).toHaveLength(500);
    expect(scored(900)).toHaveLength(500);
    const drawn = scored(40);
    expect(new Set(drawn).size).toBe(40);
    expect(drawn).not.toEqual(drawn.map((_, index) => index));
    expect(scored(40, 7)).toEqual(drawn);
  });

  it('is cut at the greatest length, and refused where that leaves no text or is more than the model takes', async () => {
    const library = new Library(async (name) => diskSource(fileURLToPath(new URL(`../../public/models/${name}`, import.meta.url))));
    const model = await library.model('nano-encoder');
    const within = (maxLength: number) => library.data({ ...config('similarity'), data: { ...config('similarity').data, maxLength } }, model);
    expect((await within(12)).width).toBe(12);
    expect((await within(12)).training.cutRows).toBeGreaterThan(100);
    expect((await within(0)).training.cutRows).toBe(0);
    const refusal = async (maxLength: number) => within(maxLength).then(() => 'accepted', (error: Refusal) => (error.fault.code === 'bad_config' ? error.fault.problems.join(' ') : error.fault.code));
    expect(await refusal(3)).toMatch(/^data: training rows cannot be read within 3 tokens: .*raise it to at least \d+\.$/);
    expect(await refusal(129)).toBe('data: a greatest length of 129 tokens, but this model has positions for 128; choose a number up to that, or 0 for as many as it takes');
  });
});
