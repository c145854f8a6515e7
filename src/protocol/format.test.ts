import { expect, it } from 'vitest';
import { axisLabel, bytes, digits, grouped, percent, steady } from './format';

it('writes three digits and no more', () => {
  expect([0.0391234, 12.345, 300, 0, -0.5, 1234.4, 131072].map((value) => digits(value))).toEqual(['0.0391', '12.3', '300', '0', '−0.5', '1\u2009234', '131\u2009072']);
});
it('uses powers of ten only far out', () => {
  expect([1e-5, 3.25e-5, 2e6, 1.234e9].map((value) => digits(value))).toEqual(['1e−5', '3.25e−5', '2e6', '1.23e9']);
});
it('is short beside an axis', () => {
  expect([0.25, -0.5, 3200, 40_000, -12_500, 2e6].map(axisLabel)).toEqual(['0.25', '−0.5', '3\u2009200', '40 k', '−12.5 k', '2e6']);
});
it('names what is not a number', () => {
  expect([Number.NaN, Infinity, -Infinity].map((value) => digits(value))).toEqual(['not a number', '∞', '−∞']);
});
it('keeps the width of a running number', () => {
  expect([0.31, 0.3, 12, 0.0016, 9.1, 0].map((value) => steady(value))).toEqual(['0.310', '0.300', '12.0', '0.0016', '9.10', '0']);
});
it('adds units', () => {
  expect(bytes(1536)).toBe('1.5 KiB');
  expect(bytes(2 ** 30)).toBe('1 GiB');
  expect(percent(0.0509)).toBe('5.09 %');
  expect(grouped(4226)).toBe('4\u2009226');
});
