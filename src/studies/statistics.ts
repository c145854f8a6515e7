/** What differences between variants are worth, seed by seed. Student's t distribution is jStat's. */
import jstat from 'jstat';

const { studentt } = jstat.jStat;

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of a sample (n − 1); NaN of fewer than two. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Paired {
  /** Pairs. */
  count: number;
  /** Mean of the differences, and its 95 % interval (Student's t, n − 1 degrees); infinitely wide with one pair. */
  mean: number;
  low: number;
  high: number;
  /** Two-sided p of a paired t-test against no difference; NaN with one pair. */
  p: number;
}

/** @param differences one a seed, in whatever unit. @throws where there is none */
export function paired(differences: readonly number[]): Paired {
  const count = differences.length;
  if (count === 0) throw new Error('no pairs to compare; give both variants the same seeds');
  const centre = mean(differences);
  if (count === 1) return { count, mean: centre, low: -Infinity, high: Infinity, p: Number.NaN };
  const error = deviation(differences) / Math.sqrt(count);
  // All differences are the same number: there is no spread to doubt it by.
  if (error === 0) return { count, mean: centre, low: centre, high: centre, p: centre === 0 ? 1 : 0 };
  const width = studentt.inv(0.975, count - 1) * error;
  return { count, mean: centre, low: centre - width, high: centre + width, p: 2 * (1 - studentt.cdf(Math.abs(centre / error), count - 1)) };
}

/**
 * Exact two-sided sign test; differences of 0 count for neither side (Dixon & Mood 1946). With five seeds its smallest p is 0.0625, so below six
 * it can show nothing at 5 %.
 */
export function signTest(differences: readonly number[]): number {
  const signs = differences.filter((difference) => difference !== 0);
  const fewer = Math.min(signs.filter((sign) => sign > 0).length, signs.filter((sign) => sign < 0).length);
  let [ways, tail] = [1, 0];
  for (let k = 0; k <= fewer; k++) {
    tail += ways;
    ways *= (signs.length - k) / (k + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** signs.length);
}

/** Holm's step-down adjustment (Holm 1979) of the p of several comparisons, in their order; NaN stays and counts for none. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).filter((index) => !Number.isNaN(values[index])).sort((one, other) => values[one] - values[other]);
  const adjusted = [...values];
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (order.length - rank) * values[index]));
    adjusted[index] = least;
  });
  return adjusted;
}
