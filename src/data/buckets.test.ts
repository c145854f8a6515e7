import { describe, expect, it } from 'vitest';
import { word } from '../random/words';
import { epochOrder } from './batches';
import { Batches, type Buckets, bucketsOf, oneBucket, paddingOf } from './buckets';

/** Lengths with a long tail, as those of real texts. */
const lengthsOf = (rows: number, seed: number) => Uint32Array.from({ length: rows }, (_, row) => 3 + Math.floor(40 * (word(seed, 0, 0, row) / 2 ** 32) ** 4));
const options = { most: 4, batchSize: 4, multiple: 4, longest: 42 };
const cost = ({ widths, bucketOf }: Buckets) => bucketOf.reduce((sum, bucket) => sum + widths[bucket], 0);

/** Every choice of `count` widths of `candidates` that ends in the last one. */
const choices = (candidates: number[], count: number): number[][] =>
  count === 1 ? [candidates.slice(-1)] : candidates.slice(0, -1).flatMap((_, last) => choices(candidates.slice(0, last + 1), count - 1).map((chosen) => [...chosen, candidates.at(-1)!]));

describe('bucketsOf', () => {
  it.each([1, 2, 3, 4, 5])('finds what trying every choice finds, seed %i', (seed) => {
    const lengths = lengthsOf(60, seed);
    const rounded = Array.from(lengths, (length) => Math.min(42, Math.ceil(length / 4) * 4));
    const candidates = [...new Set(rounded)].sort((a, b) => a - b);
    const found = bucketsOf(lengths, options);
    const possible = choices(candidates, found.widths.length).flatMap((widths) => {
      const bucketOf = Uint8Array.from(rounded, (width) => widths.findIndex((one) => one >= width));
      return widths.every((_, bucket) => bucketOf.filter((one) => one === bucket).length >= options.batchSize) ? [cost({ widths, bucketOf })] : [];
    });
    expect(found.widths.length).toBeGreaterThan(1);
    expect(cost(found)).toBe(Math.min(...possible));
    found.bucketOf.forEach((bucket, row) => expect(found.widths[bucket]).toBeGreaterThanOrEqual(lengths[row]));
  });

  it('makes no width for fewer rows than a batch has, nor one that saves next to nothing', () => {
    expect(bucketsOf([4, 4, 4, 4, 40], options).widths).toEqual([40]);
    expect(bucketsOf([...Array<number>(8).fill(4), ...Array<number>(8).fill(40)], options).widths).toEqual([4, 40]);
    expect(bucketsOf([...Array<number>(50).fill(40), ...Array<number>(4).fill(36)], options).widths).toEqual([40]);
    expect(paddingOf(bucketsOf([4, 4, 4, 4], options), [4, 4, 4, 4])).toBe(1);
  });
});

describe('Batches', () => {
  it('of one width are the rows in the order of each epoch, cut into batches', () => {
    for (const [rows, batchSize] of [[100, 16], [7, 16], [1, 4], [16, 16]]) {
      const batches = new Batches(3, batchSize, oneBucket(24, rows));
      for (let number = 0; number < 20; number++) {
        const expected = Uint32Array.from({ length: batchSize }, (_, place) => {
          const drawn = number * batchSize + place;
          return epochOrder(3, Math.floor(drawn / rows), rows)[drawn % rows];
        });
        expect(batches.at(number)).toEqual({ rows: expected, width: 24 });
      }
    }
  });

  it('take every row once an epoch, but for those that wait for a batch to fill', () => {
    const lengths = lengthsOf(205, 1);
    const buckets = bucketsOf(lengths, options);
    const batches = new Batches(5, 4, buckets);
    const times = new Uint32Array(205);
    const epochs = 6;
    for (let number = 0; number < Math.floor((epochs * 205) / 4); number++) {
      const { rows, width } = batches.at(number);
      expect(rows).toHaveLength(4);
      expect(buckets.widths).toContain(width);
      for (const row of rows) {
        times[row]++;
        expect(lengths[row]).toBeLessThanOrEqual(width);
      }
    }
    // 1,230 rows in batches of four leave two, which wait.
    expect([...times].filter((count) => count !== epochs)).toEqual([epochs - 1, epochs - 1]);
  });

  it('follow from seed and number alone, whatever was asked before', () => {
    const buckets = bucketsOf(lengthsOf(100, 2), options);
    const inOrder = new Batches(9, 4, buckets);
    const all = Array.from({ length: 80 }, (_, number) => inOrder.at(number));
    const resumed = new Batches(9, 4, buckets);
    for (const number of [60, 61, 3, 79, 79]) expect(resumed.at(number)).toEqual(all[number]);
    expect(new Batches(10, 4, buckets).at(0)).not.toEqual(all[0]);
    expect(new Set(all.map(({ width }) => width)).size).toBe(buckets.widths.length);
  });

  it('cannot be drawn from nothing', () => {
    expect(() => new Batches(1, 4, oneBucket(8, 0))).toThrow(/no rows/);
  });
});
