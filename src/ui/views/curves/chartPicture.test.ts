import { expect, it } from 'vitest';
import { broken } from './chartPicture';

it('breaks a long line at a space or behind an ampersand, and anywhere where there is neither', () => {
  expect(broken('short', 10)).toEqual(['short']);
  expect(broken('one two three four', 10)).toEqual(['one two', 'three four']);
  expect(broken('#v=1&seed=42&data.rows=16', 14)).toEqual(['#v=1&seed=42&', 'data.rows=16']);
  expect(broken('x'.repeat(25), 10).map(({ length }) => length)).toEqual([10, 10, 5]);
});
