import { word } from '../../random/words';

/**
 * A stream of draws that belongs to one row. Row r of a split depends on (seed, split, r) alone, never on how many
 * rows are asked for, so that the first rows of a larger set are those of a smaller one.
 */
export class Draws {
  private index = 0;

  constructor(
    private readonly seed: number,
    private readonly stream: number,
    private readonly row: number,
  ) {}

  /** A whole number from 0 to bound - 1. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** A number in [0, 1). */
  unit(): number {
    return word(this.seed, this.row, this.stream, this.index++) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('Draws.pick: there is nothing to choose from (an empty list); check the lists of this split.');
    return items[this.below(items.length)];
  }

  /** The index of one weight, drawn in proportion to the weights. */
  weighted(weights: readonly number[]): number {
    let rest = this.unit() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let index = 0; index < weights.length - 1; index++) {
      rest -= weights[index];
      if (rest < 0) return index;
    }
    return weights.length - 1;
  }
}

/** The items in a random order (Fisher–Yates). */
export function shuffled<Item>(draws: Draws, items: readonly Item[]): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = draws.below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** Different texts: `first`, and what `draw` gives until there are `count` in all. */
export function others(first: string, count: number, draw: () => string): string[] {
  const texts = new Set([first]);
  while (texts.size < count) texts.add(draw());
  return [...texts];
}
