import { describe, expect, it } from 'vitest';
import { withField } from './change';
import { DEFAULT_CONFIG } from './config';
import { configProblems } from './problems';
import { isInRange, rangeOf, rangeWords } from './ranges';

const FIELDS = [
  'data.rows', 'data.noise', 'model.rank', 'model.alpha', 'consistency.alpha', 'consistency.every', 'optimizer.learningRate', 'optimizer.batchSize', 'optimizer.accumulation', 'optimizer.steps',
  'optimizer.warmup', 'optimizer.weightDecay', 'optimizer.clip', 'optimizer.smoothing', 'optimizer.l1', 'optimizer.neftune', 'evaluation.every', 'seed', 'dropout.hidden.p',
];

describe('ranges', () => {
  const base = withField(DEFAULT_CONFIG, 'dropout.hidden', { p: 0.1, pattern: 'element' });
  it.each(FIELDS)('%s: what is outside cannot run', (field) => {
    const range = rangeOf(field)!;
    const { whole = false, low, high, above, below } = range;
    for (const value of [low - 1, ...(above ? [low] : []), ...(high === undefined ? [] : [high + 1]), ...(below ? [high!] : []), ...(whole ? [low + 0.5] : []), NaN, Infinity]) {
      expect(isInRange(range, value), String(value)).toBe(false);
      expect(configProblems(withField(base, field, value)), `${field} = ${value}`).not.toEqual([]);
    }
    expect(isInRange(range, fieldDefault(field))).toBe(true);
  });
  const fieldDefault = (field: string) => field.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], base);
  it('are said in words', () => {
    expect(['model.rank', 'model.alpha', 'optimizer.clip', 'data.noise', 'dropout.logits.p'].map((field) => rangeWords(rangeOf(field)!))).toEqual([
      'a whole number from 1 to 256', 'a number above 0', 'a number from 0 up', 'a number from 0 to 1', 'a number from 0 to below 1',
    ]);
  });
  it('are those of fields only', () => {
    expect(['data.source', 'dropout.hidden', '__proto__', 'constructor', 'dropout.hidden.p.q'].map(rangeOf)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
