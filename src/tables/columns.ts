/** What the columns of a table hold, counted over its records. */
import { isNumeric } from './numbers';
import type { Cell, Table } from './report';

export interface ColumnFacts {
  /** Its place from 0. */
  at: number;
  /** Undefined without a header. */
  name?: string;
  filled: number;
  missing: number;
  /** Different values and how often each; stops at `MOST_VALUES`. */
  values: Map<string, number>;
  hasManyValues: boolean;
  /** Cells that are numbers. */
  numbers: number;
  whole: number;
  /** Mean characters of a filled cell. */
  length: number;
  /** Cells with a space inside. */
  spaced: number;
  strings: number;
  lists: number;
  objects: number;
  booleans: number;
  /** Whole numbers that go up by one from record to record. */
  isCounting: boolean;
}

/** More classes than this are none; that the values differ is all that counts then. */
const MOST_VALUES = 5000;

export const isMissing = (cell: Cell): boolean => cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');

export function factsOf({ records, width, names }: Table): ColumnFacts[] {
  const facts = Array.from({ length: width }, (_, at): ColumnFacts & { characters: number; last?: number; steps: number } => ({
    at, name: names?.[at], filled: 0, missing: 0, values: new Map(), hasManyValues: false, numbers: 0, whole: 0, length: 0, spaced: 0, strings: 0, lists: 0, objects: 0, booleans: 0, isCounting: false, characters: 0, steps: 0,
  }));
  for (const { cells } of records) {
    if (names && cells.length !== width) continue;
    for (const column of facts) {
      const cell = cells[column.at];
      if (isMissing(cell)) {
        column.missing++;
        continue;
      }
      column.filled++;
      if (typeof cell === 'object') {
        if (Array.isArray(cell) && cell.length !== 1) column.lists++;
        else if (!Array.isArray(cell)) column.objects++;
        else column.lists += typeof cell[0] === 'object' ? 1 : 0;
        if (!Array.isArray(cell) || cell.length !== 1) continue;
      }
      if (typeof cell === 'boolean') column.booleans++;
      const text = String(cell);
      if (typeof cell === 'string') column.strings++;
      column.characters += text.length;
      const value = text.length > 200 ? '' : text.trim();
      if (value !== '' && /\s/.test(value)) column.spaced++;
      else if (value === '') column.spaced++;
      if (text.length <= 40 && isNumeric(text)) {
        column.numbers++;
        if (/^[+\-\u2212]?\d+(\.0*)?$/.test(value)) column.whole++;
        const number = Number(value.replace('\u2212', '-'));
        if (column.last !== undefined && number === column.last + 1) column.steps++;
        column.last = number;
      }
      if (column.values.size < MOST_VALUES || column.values.has(value)) column.values.set(value === '' ? `\u0000${column.filled}` : value, (column.values.get(value) ?? 0) + 1);
      else column.hasManyValues = true;
    }
  }
  for (const column of facts) {
    column.length = column.characters / Math.max(1, column.filled);
    column.isCounting = column.filled > 2 && (column.hasManyValues || column.values.size === column.filled) && column.whole === column.filled && column.steps >= (column.filled - 1) * 0.9;
  }
  return facts;
}

/** Texts that a person wrote: mostly several words, mostly different. */
export const isFreeText = ({ filled, spaced, values, hasManyValues, numbers, length, lists, objects }: ColumnFacts): boolean =>
  filled > 0 && lists + objects < filled / 2 && numbers < filled / 2 && (spaced > filled * 0.4 || length > 30) && (hasManyValues || values.size > filled * 0.2 || (length > 60 && values.size > 1));

/** Few values that come again: what a class is. */
export function isClassLike({ filled, values, hasManyValues, length, lists, objects }: ColumnFacts): boolean {
  if (filled === 0 || hasManyValues || lists + objects > filled / 2 || length > 40) return false;
  return values.size >= 2 && (values.size <= Math.max(2, filled / 2) || (values.size <= 3 && filled <= 6));
}
