/**
 * DropAttention beside DropKey under one mask: what the theory says of the difference of their gradients (arXiv 2403.00812 §3.1 and appendix C,
 * completed), as sums over what was measured. Pure.
 */

/** One query's attention in one head: entries are its real keys. */
export interface MeasuredRow {
  /** Weights without a mask. */
  weights: ArrayLike<number>;
  keep: ArrayLike<boolean>;
  /** Gradients at the logits, of DropAttention (the sum is a constant) and of DropKey, under this mask. */
  attention: ArrayLike<number>;
  key: ArrayLike<number>;
  /** c = ȯ·o of the masked pass, and of the pass without a mask. */
  carried: number;
  cleanCarried: number;
}

/** What a step and a rate come to. Everything is a ratio or a cosine, so that it needs no unit. */
export interface TheoryPoint {
  step: number;
  p: number;
  draws: number;
  /** Root mean square of the measured noise by that of its predicted spread |c| w √(p/(1−p)). */
  spread: number;
  /** Correlation of the logarithms of both, entry by entry over the draws. */
  correlation: number;
  /** Length of what the closed form c (w' − w) leaves of the noise, by the noise's length. */
  closedForm: number;
  /** Cosine of both gradients at the logits. */
  cosine: number;
  /** Length of the noise by that of DropKey's gradient. */
  noise: number;
  /** k of kept keys (below 1): mean, the fifth percentile, and the mean of each query's heaviest kept key. */
  ratio: { mean: number; low: number; heaviest: number };
  /** Cosines of whole gradients of A and B, every layer masked: of both, and of each with the gradient without a mask. */
  trained: { cosine: number; attention: number; key: number };
}

/** √(p/(1−p)): how the predicted spread goes with the rate. */
export const rateFactor = (p: number): number => Math.sqrt(p / (1 - p));

/** Weights under a mask, divided by their sum; a query that would lose every key keeps them all. */
export function maskedWeights({ weights, keep }: Pick<MeasuredRow, 'weights' | 'keep'>): number[] {
  const kept = Array.from(weights, (weight, key) => (keep[key] ? weight : 0));
  const sum = kept.reduce((one, other) => one + other, 0);
  return sum > 0 ? kept.map((weight) => weight / sum) : Array.from(weights);
}

/** k = (1 − w') / (1 − w) of each kept key of a query that lost one: DropKey's slope by DropAttention's (equations 10, 14 and 15). */
export function ratios(row: Pick<MeasuredRow, 'weights' | 'keep'>): { key: number; k: number }[] {
  const after = maskedWeights(row);
  const lost = Array.from(row.keep).some((kept) => !kept) && Array.from(row.keep).some(Boolean);
  return lost ? after.flatMap((weight, key) => (row.keep[key] && row.weights[key] < 1 ? [{ key, k: (1 - weight) / (1 - row.weights[key]) }] : [])) : [];
}

const square = (value: number) => value * value;

/** Adds up rows, the same entries in every draw. */
export class TheorySums {
  private draws = 0;
  private readonly entries: { predicted: number; noise: number }[] = [];
  private readonly sums = { noise: 0, predicted: 0, left: 0, key: 0, attention: 0, product: 0 };
  private readonly ks: number[] = [];
  private readonly heaviest: number[] = [];

  constructor(private readonly p: number) {}

  draw(rows: readonly MeasuredRow[]): void {
    this.draws += 1;
    let entry = 0;
    for (const row of rows) {
      const after = maskedWeights(row);
      for (let key = 0; key < row.weights.length; key++, entry++) {
        const noise = row.attention[key] - row.key[key];
        const predicted = Math.abs(row.cleanCarried) * row.weights[key] * rateFactor(this.p);
        const found = (this.entries[entry] ??= { predicted, noise: 0 });
        found.noise += square(noise);
        this.sums.noise += square(noise);
        this.sums.predicted += square(predicted);
        this.sums.left += square(noise - row.carried * (after[key] - row.weights[key]));
        this.sums.key += square(row.key[key]);
        this.sums.attention += square(row.attention[key]);
        this.sums.product += row.key[key] * row.attention[key];
      }
      const found = ratios(row);
      this.ks.push(...found.map(({ k }) => k));
      if (found.length > 0) this.heaviest.push(found.reduce((most, one) => (row.weights[one.key] > row.weights[most.key] ? one : most)).k);
    }
  }

  result(): Omit<TheoryPoint, 'step' | 'trained'> {
    const { noise, predicted, left, key, attention, product } = this.sums;
    const pairs = this.entries.filter((entry) => entry.noise > 0 && entry.predicted > 0).map((entry) => [Math.log(entry.predicted), Math.log(entry.noise / this.draws) / 2] as const);
    const sorted = this.ks.toSorted((one, other) => one - other);
    return {
      p: this.p, draws: this.draws, spread: Math.sqrt(noise / predicted), correlation: correlationOf(pairs), closedForm: Math.sqrt(left / noise),
      cosine: product / Math.sqrt(key * attention), noise: Math.sqrt(noise / key),
      ratio: { mean: meanOf(this.ks), low: sorted[Math.floor(0.05 * sorted.length)] ?? Number.NaN, heaviest: meanOf(this.heaviest) },
    };
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function correlationOf(pairs: readonly (readonly [number, number])[]): number {
  const [x, y] = [meanOf(pairs.map(([one]) => one)), meanOf(pairs.map(([, other]) => other))];
  const sum = (of: (pair: readonly [number, number]) => number) => pairs.reduce((total, pair) => total + of(pair), 0);
  return sum(([one, other]) => (one - x) * (other - y)) / Math.sqrt(sum(([one]) => square(one - x)) * sum(([, other]) => square(other - y)));
}

/** Cosine of two gradients that lie in pieces. */
export function cosineOf(one: readonly ArrayLike<number>[], other: readonly ArrayLike<number>[]): number {
  let [product, first, second] = [0, 0, 0];
  one.forEach((values, piece) => {
    for (let index = 0; index < values.length; index++) {
      product += values[index] * other[piece][index];
      first += square(values[index]);
      second += square(other[piece][index]);
    }
  });
  return product / Math.sqrt(first * second);
}
