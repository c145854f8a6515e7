/** Pure: from columns of points to the rows of a chart. The only place that smooths or thins, and it never changes its input. */
import type { Evaluation, RunData } from './runData';

export type Axis = 'steps' | 'examples' | 'seconds';

/** Points a line may have while training (a full redraw then stays well inside a frame or two). */
export const MAX_POINTS = 250;

/**
 * Exponential moving average without the start-up bias (divided by the sum of its weights).
 * @param amount 0…1, the weight of the past; 0 returns a copy
 */
export function smooth(values: ArrayLike<number>, amount: number): Float64Array {
  const result = new Float64Array(values.length);
  let mean = 0;
  let weight = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (!Number.isFinite(value)) {
      result[index] = value;
      continue;
    }
    mean = amount * mean + (1 - amount) * value;
    weight = amount * weight + (1 - amount);
    result[index] = weight > 0 ? mean / weight : value;
  }
  return result;
}

/**
 * Indices of at most `limit` points: of each bucket of equal x width the smallest and the largest value, in their order,
 * so that a single spike is still there. First and last point are always kept.
 */
export function thin(x: ArrayLike<number>, y: ArrayLike<number>, limit = MAX_POINTS): number[] {
  const count = x.length;
  if (count <= limit) return Array.from({ length: count }, (_, index) => index);
  const buckets = Math.max(1, Math.floor((limit - 2) / 2));
  const low = x[0];
  const width = (x[count - 1] - low) / buckets || 1;
  const chosen = [0];
  let index = 1;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = low + (bucket + 1) * width;
    let smallest = -1;
    let largest = -1;
    for (; index < count - 1 && (x[index] <= end || bucket === buckets - 1); index++) {
      if (smallest < 0 || y[index] < y[smallest]) smallest = index;
      // A value that is not finite is a spike of its own kind and must not vanish either.
      if (largest < 0 || y[index] > y[largest] || !Number.isFinite(y[index])) largest = index;
    }
    if (smallest < 0) continue;
    chosen.push(Math.min(smallest, largest));
    if (smallest !== largest) chosen.push(Math.max(smallest, largest));
  }
  chosen.push(count - 1);
  return chosen;
}

/** Where the points of a run, with so many `rows` a step, sit on the chosen axis. A point of step s is measured during that step, so it belongs to s + 1 steps done. */
export function pointsOnAxis(data: RunData, axis: Axis, rows: number): Float64Array {
  if (axis === 'seconds') return data.seconds.view();
  const factor = axis === 'examples' ? rows : 1;
  return data.step.view().map((step) => (step + 1) * factor);
}

export function evaluationOnAxis(evaluation: Evaluation, axis: Axis, rows: number): number {
  if (axis === 'seconds') return evaluation.seconds;
  return axis === 'examples' ? evaluation.step * rows : evaluation.step;
}

/** Where a step sits on the chosen axis; undefined for seconds before anything was measured. */
export function stepOnAxis(data: RunData, step: number, axis: Axis, rows: number): number | undefined {
  if (axis !== 'seconds') return axis === 'examples' ? step * rows : step;
  const steps = data.step.view();
  let index = steps.length - 1;
  while (index > 0 && steps[index] >= step) index--;
  return steps.length ? data.seconds.at(index) : undefined;
}

export type Row = { x: number } & Record<string, number>;
export interface Line {
  key: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/**
 * Merges lines with their own x into rows sorted by x. A value that is not a number is a hole: where some lie between two points, the first
 * of them stays in the rows as NaN, so that the line breaks there. A line without a value at another's x just has none in that row.
 */
export function rowsOf(lines: readonly Line[], limit = MAX_POINTS): Row[] {
  const rows = new Map<number, Row>();
  const put = (at: number, key: string, value: number) => {
    const row: Row = rows.get(at) ?? { x: at };
    row[key] ??= value;
    rows.set(at, row);
  };
  for (const { key, x, y } of lines) {
    // Before thinning, so that holes take no point's place.
    const there = Array.from({ length: x.length }, (_, index) => index).filter((index) => Number.isFinite(y[index]));
    const chosen = thin(there.map((index) => x[index]), there.map((index) => y[index]), limit);
    for (const place of chosen) put(x[there[place]], key, y[there[place]]);
    for (let turn = 1; turn < chosen.length; turn++) {
      const [before, after] = [there[chosen[turn - 1]], there[chosen[turn]]];
      if (after - before === chosen[turn] - chosen[turn - 1]) continue;
      let hole = before + 1;
      while (Number.isFinite(y[hole])) hole++;
      put(x[hole] > x[before] && x[hole] < x[after] ? x[hole] : (x[before] + x[after]) / 2, key, Number.NaN);
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}

/** Index of the last x that is not above `at`; −1 before the first. */
export function indexAt(x: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `value`; 1 for nothing. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * (1 - 1e-9))!;
  return step * power;
}
