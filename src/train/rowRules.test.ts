import { describe, expect, it } from 'vitest';
import { countedLabels, idProblem, labelProblem } from './rowRules';

const head = (problem: 'classification' | 'regression' | 'language_model') => ({ problem, labels: problem === 'classification' ? 3 : 1, vocabulary: 97 });

describe('token ids', () => {
  it('are whole numbers below the vocabulary', () => {
    expect(idProblem([0, 5, 96], 97)).toBeUndefined();
    expect(idProblem(Uint32Array.of(3, 96), 97)).toBeUndefined();
  });

  it.each([[97, '97'], [-1, '-1'], [1.5, '1.5'], [NaN, 'NaN'], [undefined, 'missing'], [null, 'missing'], ['7', '"7"']])('%s is refused', (id, shown) => {
    expect(idProblem([3, id], 97)).toBe(`the id of token 1 is not in the model's table (${shown}); give a whole number from 0 to 96`);
  });
});

describe('labels', () => {
  it.each([['classification', 0], ['classification', 2], ['classification', -100], ['regression', -100], ['regression', 2.5], ['language_model', 96], ['language_model', -100]] as const)('%s: %s', (problem, label) => {
    expect(labelProblem(label, head(problem))).toBeUndefined();
  });

  it.each([[3, '3'], [-1, '-1'], [-99, '-99'], [0.5, '0.5'], [NaN, 'NaN'], [Infinity, 'Infinity'], [undefined, 'missing'], [null, 'missing'], ['1', '"1"'], [true, 'true'], [[1], '[1]']])('of a class: %s is refused', (label, shown) => {
    expect(labelProblem(label, head('classification'))).toBe(`the label is not a class (${shown}); give a whole number from 0 to 2, or -100 where nothing is scored`);
  });

  it('of a score and of a token', () => {
    for (const label of [NaN, -Infinity, undefined, '2', 1e39]) expect(labelProblem(label, head('regression')), String(label)).toContain('the label is not a finite number');
    expect(labelProblem(97, head('language_model'))).toBe('the label is not a token of the model (97); give a whole number from 0 to 96, or -100 where nothing is scored');
  });

  it('count where they are not −100, which is a score like any other', () => {
    const labels = Float32Array.of(1, -100, 0);
    expect(countedLabels(labels, 'classification')).toBe(2);
    expect(countedLabels(labels, 'language_model')).toBe(2);
    expect(countedLabels(labels, 'regression')).toBe(3);
  });
});
