import { describe, expect, it } from 'vitest';
import { digits } from './format';
import { readNumber } from './typedNumber';

const read = (text: string, whole: boolean) => {
  const found = readNumber(text, whole);
  return found.ok ? found.value : found.sentence;
};

describe('a whole number', () => {
  it.each<[string, number]>([
    ['192', 192], ['  192 ', 192], ['+8', 8], ['007', 7], ['-3', -3], ['−3', -3], ['-0', 0],
    ['2,048', 2048], ['10,000', 10000], ['10.000', 10000], ['10 000', 10000], ['10\u2009000', 10000], ['10\u00a0000', 10000], ['10\u202f000', 10000],
    ["10'000", 10000], ['10’000', 10000], ['10_000', 10000], ['1,000,000', 1e6], ['1.000.000', 1e6], ['1 000 000', 1e6], ['4,294,967,295', 4294967295],
    ['1,00,000', 100000], ['12,34,567', 1234567], ['10.0', 10], ['10,00', 10], ['5.', 5], ['10,000.00', 10000], ['10.000,0', 10000],
    ['1e3', 1000], ['1E+3', 1000], ['1.5e3', 1500], ['2·10³', 2000], ['2 × 10^3', 2000], ['10⁴', 10000], ['１０，０００', 10000], ['１２', 12], ['\u200e12\u200f', 12],
  ])('%s', (text, value) => {
    expect(read(text, true)).toBe(value);
  });
  it.each<[string, string]>([
    ['', 'Nothing is written here'], ['   ', 'Nothing is written here'],
    ['abc', '“abc” is not a number'], ['12 rows', '“12 rows” is not a number'], ['0x10', '“0x10” is not a number'], ['NaN', '“NaN” is not a number'], ['Infinity', '“Infinity” is not a number'],
    ['1 2', '“1 2” is not a number'], ['10 00', '“10 00” is not a number'], ['1,0000', '“1,0000” is not a number'], ['1000,000', '“1000,000” is not a number'],
    ['1,000.000.000', '“1,000.000.000” is not a number'], ['1,000 000', '“1,000 000” is not a number'], ['1,,000', '“1,,000” is not a number'], ['0,500', '“0,500” is not a whole number'],
    ['01,000', '“01,000” is not a number'], ['2.5', '“2.5” is not a whole number'], ['1e-3', '“1e-3” is not a whole number'], ['50 %', '“50 %” is a share, and a whole number is wanted'],
    ['--1', '“--1” is not a number'], ['1e', '“1e” is not a number'], ['.', '“.” is not a number'], [',', '“,” is not a number'], ['½', '“½” is not a number'], ['1.500e3', '“1.500e3” could mean 1.5 or 1500; write the one that you mean'],
    ['1e999', '“1e999” is too large a number'], ['9'.repeat(500), `“${'9'.repeat(24)}…” is not a number`],
  ])('is not %s', (text, sentence) => {
    expect(read(text, true)).toBe(sentence);
  });
});

describe('a number with decimals', () => {
  it.each<[string, number]>([
    ['0.003', 0.003], ['0,003', 0.003], ['.5', 0.5], [',5', 0.5], ['1,5', 1.5], ['1,50', 1.5], ['0,500', 0.5], ['12,3456', 12.3456], ['1234,567', 1234.567], ['1.234', 1.234], ['0.000 3', 0.0003],
    ['1e-3', 0.001], ['1e−3', 0.001], ['3·10⁻³', 0.003], ['3 × 10⁻³', 0.003], ['3*10^-3', 0.003], ['10⁻³', 0.001], ['2,5e-4', 0.00025],
    ['20 %', 0.2], ['20%', 0.2], ['0,3 %', 0.003], ['12.5\u202f%', 0.125], ['5％', 0.05], ['+0.1', 0.1], ['-0,5', -0.5],
    ['1 000', 1000], ["1'000.5", 1000.5], ['1,234.5', 1234.5], ['1.234,5', 1234.5], ['1,000,000', 1e6], ['1,00,000.5', 100000.5], ['０．００３', 0.003], ['16', 16],
  ])('%s', (text, value) => {
    expect(read(text, false)).toBe(value);
  });
  it.each<[string, string]>([
    ['1,000', '“1,000” could mean 1 or 1000; write the one that you mean'], ['1,500', '“1,500” could mean 1.5 or 1500; write the one that you mean'], ['12,345', '“12,345” could mean 12.345 or 12345; write the one that you mean'],
    ['10.000', '“10.000” could mean 10 or 10000; write the one that you mean'], ['1,000 %', '“1,000 %” could mean 1 or 1000; write the one that you mean'],
    ['1.2.3', '“1.2.3” is not a number'], ['0,1,2', '“0,1,2” is not a number'], ['0..5', '“0..5” is not a number'], ['1,23.4', '“1,23.4” is not a number'], ['3·10-3', '“3·10-3” is not a number'], ['1/3', '“1/3” is not a number'],
  ])('is not %s', (text, sentence) => {
    expect(read(text, false)).toBe(sentence);
  });
  it('is read back from how the page writes it', () => {
    for (const value of [0.006, 1e-5, 3.3e-7, 0.25, 1.234, 16, 1234, 131072, 2.5e6, -0.5]) expect(read(digits(value, 4), false)).toBeCloseTo(value, 9 - Math.ceil(Math.log10(Math.abs(value) + 1)) * 2);
  });
});
