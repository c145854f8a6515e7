/** Patterns of tokenizer.json: literal strings, and regular expressions in the syntax of Oniguruma. */
import { toRegExp } from 'oniguruma-to-es';
import type { Json } from './json';
import { writeOutWords } from './words';

/** @throws with the pattern where it cannot be read */
export function patternOf(pattern: unknown): RegExp {
  const { Regex: expression, String: literal } = (pattern ?? {}) as Json;
  if (typeof literal === 'string') return new RegExp(literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), 'gu');
  if (typeof expression !== 'string') throw new Error('tokenizer.json: a pattern is neither a String nor a Regex; export the tokenizer again.');
  try {
    return toRegExp(writeOutWords(expression), { global: true, rules: { captureGroup: true } });
  } catch (error) {
    throw new Error(`tokenizer.json: the pattern ${expression} cannot be read (${(error as Error).message}); export the tokenizer with a simpler pattern.`);
  }
}
