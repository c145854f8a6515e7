import { expect, it } from 'vitest';
import { rangeOf } from '../../config/ranges';
import { stepped } from './stepped';

it.each<[string, number, 1 | -1, number]>([
  ['model.rank', 8, 1, 9], ['model.rank', 1, -1, 1], ['seed', 4294967295, 1, 4294967295], ['optimizer.learningRate', 0.006, 1, 0.0061], ['optimizer.learningRate', 0.006, -1, 0.0059],
  ['dropout.hidden.p', 0.1, 1, 0.11], ['dropout.hidden.p', 0, 1, 0.01], ['dropout.hidden.p', 0, -1, 0], ['dropout.hidden.p', 0.99, 1, 0.99 + 0], ['model.alpha', 16, 1, 17], ['optimizer.clip', 1, -1, 0.9],
])('%s %f, %i', (field, value, direction, next) => {
  expect(stepped(value, direction, rangeOf(field)!)).toBe(next);
});
