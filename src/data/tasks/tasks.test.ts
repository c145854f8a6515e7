import { describe, expect, it } from 'vitest';
import { TASK_FACTS, TASK_NAMES } from '../../config/tasks';
import { TASKS, type Task } from './index';
import { scoreOf } from './similarity';
import { SCENE_TEMPLATES } from './similarity/templates';
import { CLAUSES, FRAMES } from './sentiment/templates';
import type { Split } from './splits';

const SPLITS: Split[] = ['pretraining', 'train', 'validation', 'test'];
const generate = (task: Task, seed: number, trainRows = 512, labelNoise = 0) => task.generate({ seed, trainRows, labelNoise });
const sentenceOf = ({ text, pair = '' }: { text: string; pair?: string }) => `${text} ${pair}`.trim();
/** What the label noise spoils: the label, or what a language model is to write. */
const targetOf = ({ label, completion = label }: { label: number; completion?: string | number }) => completion;

describe.each(Object.values(TASKS))('$name', (task) => {
  const data = generate(task, 7);

  it('gives the same rows for the same seed and others for another seed', () => {
    expect(generate(task, 7)).toEqual(data);
    expect(generate(task, 8).train[0]).not.toEqual(data.train[0]);
  });

  it('gives the first rows of a larger training set', () => {
    expect(generate(task, 7, 100).train).toEqual(data.train.slice(0, 100));
    expect(generate(task, 7, 100).test).toEqual(data.test);
    expect(generate(task, 7, 100, 0.3).train).toEqual(generate(task, 7, 512, 0.3).train.slice(0, 100));
  });

  it('has 500 validation and 2,000 test rows, no row twice and none in two splits', () => {
    expect([data.train.length, data.validation.length, data.test.length]).toEqual([512, 500, 2000]);
    const all = [...data.train, ...data.validation, ...data.test].map(sentenceOf);
    expect(new Set(all).size).toBe(all.length);
  });

  it('spoils about the asked share of training labels and no others', () => {
    const noisy = generate(task, 7, 512, 0.25);
    expect(noisy.train.map(sentenceOf)).toEqual(data.train.map(sentenceOf));
    expect([noisy.validation, noisy.test]).toEqual([data.validation, data.test]);
    const changed = noisy.train.filter((example, row) => targetOf(example) !== targetOf(data.train[row])).length / 512;
    expect(changed).toBeGreaterThan(0.18);
    expect(changed).toBeLessThan(0.32);
  });

  it('shows two of its own rows', () => {
    const { validation } = generate(task, 42);
    for (const example of task.examples) expect(validation).toContainEqual(expect.objectContaining(example));
    expect(sentenceOf(task.examples[0])).not.toBe(sentenceOf(task.examples[1]));
  });

  it('keeps sentences short', () => {
    for (const example of [...data.train, ...data.test]) expect(sentenceOf(example).split(' ').length).toBeLessThanOrEqual(30);
    for (const { completion } of [...data.train, ...data.test]) expect(completion?.split(' ').length ?? 0).toBeLessThanOrEqual(36);
  });

  it('refuses what it cannot generate', () => {
    expect(() => generate(task, -1)).toThrow(/data seed/);
    expect(() => generate(task, 1, 0)).toThrow(/number of training rows/);
    expect(() => generate(task, 1, 10, 2)).toThrow(/label noise/);
  });
});

it('are what configurations say of them', () => {
  expect(Object.keys(TASKS)).toEqual([...TASK_NAMES]);
  expect(Object.fromEntries(Object.values(TASKS).map(({ name, title, kind, metrics }) => [name, { title, kind, metrics }]))).toEqual(TASK_FACTS);
});

describe('sentiment', () => {
  it('has balanced classes', () => {
    const share = generate(TASKS.sentiment, 1).test.filter(({ label }) => label === 1).length / 2000;
    expect(share).toBeGreaterThan(0.46);
    expect(share).toBeLessThan(0.54);
  });

  it('shares no clause and no frame between splits', () => {
    const clauses = SPLITS.flatMap((split) => CLAUSES[split].map(({ text }) => text));
    const frames = SPLITS.flatMap((split) => FRAMES[split].flat().map(({ text }) => text));
    expect(new Set(clauses).size).toBe(clauses.length);
    expect(new Set(frames).size).toBe(frames.length);
  });
});

describe('similarity', () => {
  const meaning = { subjects: 0, subject: 0, scene: 0, verb: 0, object: 0, place: -1 };

  it('shares no template between splits', () => {
    const templates = SPLITS.flatMap((split) => SCENE_TEMPLATES[split]);
    expect(new Set(templates).size).toBe(templates.length);
  });

  it('scores from 0 to 5, whichever sentence comes first', () => {
    expect(scoreOf(meaning, meaning)).toBe(5);
    const other = { subjects: 1, subject: 0, scene: 3, verb: 0, object: 0, place: 2 };
    expect(scoreOf(meaning, { ...other, place: -1 })).toBe(0);
    expect(scoreOf(meaning, other)).toBe(scoreOf(other, meaning));
    expect(scoreOf(meaning, { ...meaning, object: 1 })).toBeLessThan(5);
  });

  it('has scores all over the scale', () => {
    const labels = generate(TASKS.similarity, 1).test.map(({ label }) => label);
    for (let low = 0; low < 5; low++) expect(labels.filter((label) => label >= low && label <= low + 1).length).toBeGreaterThan(150);
  });
});
