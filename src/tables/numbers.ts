/** Scores as people write them: decimal points and commas, thousands, percent. */

export type DecimalSign = 'point' | 'comma';

/** Signs and spaces that mean the same as the plain ones. */
const plainSigns = (text: string): string => text.trim().replace(/(?<=[\d.,])\s*%$/, '').replace(/^\u2212/, '-').replace(/(?<=\d)[\u00a0\u202f\u2009 '’](?=\d{3}(\D|$))/g, '');

const POINT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(\d+,?\d*|,\d+)$/;
const POINT_THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const COMMA_THOUSANDS = /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/;

/** The number that a cell is under a decimal sign; undefined where it is none. Neither "3/5", "4-5", "~4", "4.." nor "four" is. */
export function numberOf(text: string, decimal: DecimalSign = 'point'): number | undefined {
  const value = plainSigns(text);
  let written: string | undefined;
  if (decimal === 'point') written = POINT.test(value) ? value : POINT_THOUSANDS.test(value) ? value.replaceAll(',', '') : undefined;
  else written = COMMA.test(value) ? value.replace(',', '.') : COMMA_THOUSANDS.test(value) ? value.replaceAll('.', '').replace(',', '.') : undefined;
  if (written === undefined) return undefined;
  const number = Number(written);
  return Number.isFinite(number) ? number : undefined;
}

export interface FoundNumbers {
  decimal: DecimalSign;
  /** Both signs stand as decimal signs in the column, one a cell: each cell is read by its own. */
  isMixed: boolean;
  /** Commas may be decimal or between thousands. */
  isUnsure: boolean;
}

/** Which sign the numbers of a column have. */
export function decimalOf(cells: Iterable<string>, delimiter: string): FoundNumbers {
  let [comma, point, threes, both, pointThrees, zeroComma] = [0, 0, 0, 0, 0, 0];
  for (const cell of cells) {
    const value = plainSigns(cell);
    const isComma = COMMA.test(value) && value.includes(',');
    const isThree = /^[+-]?[1-9]\d{0,2},\d{3}$/.test(value);
    if (isThree) threes++;
    else if (isComma) comma++;
    if (/^[+-]?0,\d{3}$/.test(value)) zeroComma++;
    if (POINT.test(value) && value.includes('.')) {
      point++;
      if (/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(value)) pointThrees++;
    }
    if (POINT_THOUSANDS.test(value) && value.includes('.')) both++;
    else if (COMMA_THOUSANDS.test(value) && value.includes(',')) comma++;
  }
  if (both > 0 && comma === 0) return { decimal: 'point', isMixed: false, isUnsure: false };
  if (comma > 0 || zeroComma > 0) return { decimal: 'comma', isMixed: point > pointThrees, isUnsure: false };
  if (threes > 0 && point === 0) return { decimal: delimiter === ';' || delimiter === '\t' ? 'comma' : 'point', isMixed: false, isUnsure: true };
  return { decimal: 'point', isMixed: false, isUnsure: false };
}

/** A cell of a column with these numbers. */
export function scoreOf(cell: string, { decimal, isMixed }: FoundNumbers): number | undefined {
  if (isMixed) return numberOf(cell, cell.includes(',') ? 'comma' : 'point');
  return numberOf(cell, decimal);
}

/** Whether a cell is a number in any of these ways, to see what a column holds. */
export const isNumeric = (cell: string): boolean => numberOf(cell, 'point') !== undefined || numberOf(cell, 'comma') !== undefined;
