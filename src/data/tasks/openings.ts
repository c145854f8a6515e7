import { ownerOfCell, type Split } from './splits';

/** They begin a sentence and say nothing about it. None is the end of another, so that a template can be looked for in a text. */
export const OPENINGS = ['in fact', 'of course', 'as we know,', 'clearly', 'as it happens,', 'certainly', 'surely', 'no doubt'] as const;

/** The openings that a split puts before a pattern, by the pattern's column: every split has all patterns, and no opening before a pattern is in two splits. */
export function openingsFor(split: Split, column: number): string[] {
  return OPENINGS.filter((_, row) => ownerOfCell(row, column) === split);
}
