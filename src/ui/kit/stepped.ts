/** Pure: where the arrow keys lead from a number. */
import { isInRange, type NumberRange } from '../../config/ranges';

/** One up or down: a whole number by 1, another by a tenth of its leading digit's place, or a hundredth from 0. Stays in its range. */
export function stepped(value: number, direction: 1 | -1, range: NumberRange): number {
  const place = value === 0 ? -2 : Math.floor(Math.log10(Math.abs(value)) + 1e-9) - 1;
  const next = range.whole ? value + direction : Number((value + direction * 10 ** place).toFixed(Math.max(0, -place)));
  return isInRange(range, next) ? next : value;
}
