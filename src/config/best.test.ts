import { expect, it } from 'vitest';
import { bestOf, isSpent, withEvaluation } from './best';
import { type Chooser, DEFAULT_CONFIG, type RunConfig } from './config';
import type { TaskName } from './tasks';

const configOf = (source: TaskName, chooses: Chooser): RunConfig => ({ ...DEFAULT_CONFIG, data: { ...DEFAULT_CONFIG.data, source }, evaluation: { ...DEFAULT_CONFIG.evaluation, chooses } });
const evaluations = (...scores: [loss: number, metric: number][]) => scores.map(([loss, metric], index) => ({ step: index * 10, heldOut: { loss, metric } }));

it('takes the lowest loss, or the highest accuracy, or the lowest perplexity', () => {
  const all = evaluations([0.7, 0.5], [0.4, 0.8], [0.5, 0.9], [0.6, 0.85]);
  expect(bestOf(all, configOf('sentiment', 'loss'))).toEqual({ step: 10, merit: -0.4, since: 2 });
  expect(bestOf(all, configOf('sentiment', 'metric'))).toEqual({ step: 20, merit: 0.9, since: 1 });
  expect(bestOf(evaluations([2, 7.4], [1, 2.7], [1.5, 4.5]), configOf('description', 'metric'))).toEqual({ step: 10, merit: -2.7, since: 1 });
});

it('keeps the first of equal ones, and never takes what is no number', () => {
  expect(bestOf(evaluations([0.5, 0], [0.5, 0]), configOf('sentiment', 'loss'))).toEqual({ step: 0, merit: -0.5, since: 1 });
  expect(bestOf(evaluations([Number.NaN, 0], [0.5, 0], [Number.NaN, 0]), configOf('sentiment', 'loss'))).toEqual({ step: 10, merit: -0.5, since: 1 });
  expect(bestOf([], DEFAULT_CONFIG)).toBeUndefined();
});

it('is out of patience after as many evaluations as it was given', () => {
  let best = withEvaluation(undefined, 0, 1);
  expect(isSpent(best, 2)).toBe(false);
  best = withEvaluation(best, 10, 0.9);
  expect(isSpent(best, 2)).toBe(false);
  best = withEvaluation(best, 20, 0.9);
  expect(isSpent(best, 2)).toBe(true);
  expect(isSpent(best, 0)).toBe(false);
  expect(isSpent(undefined, 1)).toBe(false);
});
