import { expect, it } from 'vitest';
import { recordedRun } from '../../e2e/support/recordedRun';
import { DEFAULT_CONFIG } from '../config/config';
import { courseOf, describeRun } from './findings';
import { describeHoles, hasTerm } from './holes';
import { LOOKS, wordsOf } from './metrics';
import { RunData } from './runData';

const run = { config: DEFAULT_CONFIG, changes: [] };
const words = wordsOf(DEFAULT_CONFIG);

it('says once which values are not numbers', () => {
  const record = recordedRun();
  expect(describeHoles(run, RunData.fromRecord(record), words)).toBe('');
  record.evaluations[1].heldOut = { loss: NaN, metric: NaN };
  record.points.gradientNorm = record.points.gradientNorm.map((value, step) => (step === 5 || step === 7 ? Infinity : value));
  expect(describeHoles(run, RunData.fromRecord(record), words)).toBe('Not a number, and a hole in the curves: held-out loss at step 10; held-out accuracy at step 10; gradient norm at 2 steps, the first 5.');
});

it('knows when a consistency term came, also after it was changed', () => {
  const consistency = { ...DEFAULT_CONFIG.consistency, kind: 'kl', every: 3 } as const;
  const due = hasTerm({ config: { ...DEFAULT_CONFIG, consistency }, changes: [{ step: 5, field: 'optimizer.clip', from: 1, to: 2 }, { step: 6, field: 'consistency.every', from: 3, to: 4 }] });
  expect([0, 1, 3, 4, 6, 7, 8, 9].filter(due)).toEqual([0, 3, 8]);
  expect(hasTerm(run)(1)).toBe(true);
});

it('tells the story of a run around a hole', () => {
  const losses = [0.7, NaN, 0.6, 0.5, 0.4];
  const evaluations = losses.map((loss, index) => ({ step: index * 10, heldOut: { loss, metric: loss }, train: { loss: 0.4, metric: 1 }, seconds: 0 }));
  expect(courseOf(evaluations)).toBe('falling');
  for (const problem of ['classification', 'language_model'] as const) expect(describeRun(evaluations, true, problem)).not.toMatch(/NaN|not a number/);
  expect(courseOf(evaluations.slice(0, 2))).toBe('broken');
  expect([words.show(NaN), words.speak(NaN), LOOKS.pearson.show(NaN)]).toEqual(['not a number', 'not a number', 'not a number']);
});
