import { describe, expect, it } from 'vitest';
import { TASKS } from '../../src/data/tasks';
import { ADJECTIVES, ASPECTS, DEGREES } from '../../src/data/tasks/sentiment-lexicon';
import { CLAUSES } from '../../src/data/tasks/sentiment-templates';
import { SCENE_TEMPLATES } from '../../src/data/tasks/similarity-templates';
import { pretrainingDocument } from './pretraining-text';

const DOCUMENTS = 40_000;
const pretraining = Array.from({ length: DOCUMENTS }, (_, row) => pretrainingDocument(1, row));
const pretrainingText = pretraining.map(({ text, pair = '' }) => `${text}\n${pair}`).join('\n');
const dataOf = (seed: number, trainRows: number) => Object.values(TASKS).map((task) => task.generate({ seed, trainRows, labelNoise: 0 }));
const trainText = dataOf(1, 4096)
  .flatMap(({ train }) => train.flatMap(({ text, pair = '' }) => [text, pair]))
  .join('\n');

/** A template with its slots open, as a pattern that also finds it inside a longer sentence. */
function patternOf(template: string): RegExp {
  const slots: Record<string, string> = { n: `(?:${ASPECTS.join('|')})`, a: `(?:(?:${DEGREES.join('|')}) )?(?:${ADJECTIVES.join('|')})`, l: '' };
  const escaped = template.replace(/\{(\w)\}/g, (_, slot: string) => slots[slot] ?? '[a-z]+').replace(/^an? /, 'an? ').replace(/ a /g, ' an? ');
  return new RegExp(`(?:^|[\\s:,.])${escaped}(?=[\\s,.;])`, 'm');
}

describe('what the base model and the training rows have seen', { timeout: 60_000 }, () => {
  // All rows are looked up as whole sentences; a sample is also looked for inside longer ones, which takes longer.
  it('has no test sentence in it', () => {
    const sentences = new Set(`${pretrainingText}\n${trainText}`.split('\n').map((line) => line.replace(/^(?:\w+: )+/, '')));
    for (const seed of [1, 2, 3])
      for (const { test, validation } of dataOf(seed, 1))
        for (const { text, pair = text } of [...test, ...validation]) expect([sentences.has(text), sentences.has(pair)], text).toEqual([false, false]);
    const some = TASKS.sentiment.generate({ seed: 1, trainRows: 1, labelNoise: 0 }).test.slice(0, 200);
    for (const { text } of some) expect(pretrainingText.includes(text.slice(0, -1)), text).toBe(false);
  });

  it('has no test template in it, not even inside a longer sentence', () => {
    for (const { text } of CLAUSES.test)
      for (const seen of [pretrainingText, trainText]) expect(patternOf(text).exec(seen)?.[0], text).toBeUndefined();
    for (const template of SCENE_TEMPLATES.test)
      for (const seen of [pretrainingText, trainText]) expect(patternOf(template.replace('{l}', '')).exec(seen)?.[0], template).toBeUndefined();
  });

  it('would find a template that is there', () => {
    for (const { text } of CLAUSES.pretraining.slice(0, 20)) expect(patternOf(text).test(pretrainingText), text).toBe(true);
    for (const { text } of CLAUSES.train.slice(0, 20)) expect(patternOf(text).test(trainText), text).toBe(true);
    for (const template of SCENE_TEMPLATES.pretraining) expect(patternOf(template.replace('{l}', '')).test(pretrainingText), template).toBe(true);
  });
});
