/** Rows → training, validation and test rows, by a seed: with the balance of the labels in each, and rows of one input never in two. */
import { word } from '../random/words';
import type { Example } from '../protocol/tableMessages';
import { inputOf } from './shape';

export interface Split {
  /** Indices of rows, in the order of the file. */
  training: number[];
  validation: number[];
  test: number[];
}

/** Apart from the sites of masks and of the shuffle of epochs. */
const SPLIT_SITE = 0xfe << 24;
/** For the order of rows within a set. */
export const ORDER_SITE = 0xfd << 24;
/** Scores are balanced by so many parts of their range of ranks. */
const PARTS = 5;

/**
 * @param shares of all rows that go to `validation` and `test`, 0 to 1
 * @throws RangeError for shares that leave nothing to train on
 */
export function splitRows(examples: readonly Example[], seed: number, shares: { validation: number; test: number }): Split {
  const { validation, test } = shares;
  if (!(validation >= 0 && test >= 0 && validation + test < 1)) throw new RangeError(`splitRows: shares of ${validation} and ${test} leave nothing to train on; give two from 0 that add up to less than 1.`);
  const split: Split = { training: [], validation: [], test: [] };
  // What a stratum had too many or too few is made good by the next, so that the whole comes out right.
  const owed = { validation: 0, test: 0 };
  for (const groups of strataOf(examples)) {
    const rows = groups.reduce((sum, group) => sum + group.length, 0);
    const left = shuffled(groups, seed, SPLIT_SITE);
    for (const part of ['test', 'validation'] as const) {
      owed[part] += rows * shares[part];
      while (left.length > 1 && owed[part] >= left.at(-1)!.length / 2 && owed[part] > 0) {
        const group = left.pop()!;
        split[part].push(...group);
        owed[part] -= group.length;
      }
    }
    split.training.push(...left.flat());
  }
  for (const part of [split.training, split.validation, split.test]) part.sort((a, b) => a - b);
  return split;
}

/** Groups of rows with one input, by label; of scores by rank, of texts all together. */
function strataOf(examples: readonly Example[]): number[][][] {
  const groups = new Map<string, number[]>();
  examples.forEach((example, index) => {
    const input = inputOf(example);
    const group = groups.get(input);
    if (group) group.push(index);
    else groups.set(input, [index]);
  });
  const all = [...groups.values()];
  const labelOf = ([first]: number[]) => examples[first].label;
  if (typeof examples[0]?.label === 'number') {
    const ranked = all.toSorted((a, b) => (labelOf(a) as number) - (labelOf(b) as number));
    return Array.from({ length: PARTS }, (_, part) => ranked.slice(Math.round((part * ranked.length) / PARTS), Math.round(((part + 1) * ranked.length) / PARTS))).filter(({ length }) => length > 0);
  }
  const strata = new Map<string, number[][]>();
  for (const group of all) {
    const label = String(labelOf(group));
    const stratum = strata.get(label);
    if (stratum) stratum.push(group);
    else strata.set(label, [group]);
  }
  return [...strata.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, stratum]) => stratum);
}

/** Fisher–Yates by the words of the seed. */
export function shuffled<T>(values: readonly T[], seed: number, site: number): T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor((word(seed, 0, site, last) / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
