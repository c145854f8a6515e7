/**
 * Batches bucketed by length: a run has at most four widths, and each batch is as wide as the bucket its rows come from. With one width
 * the batches are those of rows that nobody sorted.
 */
import { epochOrder } from './batches';

/** Each is a training plan of its own; a fifth would save little. */
export const MOST_WIDTHS = 4;

/** Part of the padded tokens that one more width has to save. */
const WORTH_A_WIDTH = 0.05;

/** The widths of a run's batches, and which of its rows go into which. */
export interface Buckets {
  /** Tokens that rows are padded to, ascending. */
  widths: number[];
  /** Number of the width each row is padded to. */
  bucketOf: Uint8Array;
}

export interface BucketOptions {
  /** Widths that may be chosen. */
  most: number;
  /** B: no width is made for fewer rows than fill a batch. */
  batchSize: number;
  /** Widths are multiples of this. */
  multiple: number;
  /** Tokens that no row goes beyond, whether or not it is a multiple. */
  longest: number;
}

/**
 * The widths under which `lengths` are padded least, by an exact dynamic programme over the sorted lengths: fewest tokens with k widths the
 * greatest of which is w, from the same with k − 1. Of more widths than save something the fewest are taken.
 * @param lengths tokens of each training row
 */
export function bucketsOf(lengths: ArrayLike<number>, { most, batchSize, multiple, longest }: BucketOptions): Buckets {
  const rounded = Array.from(lengths, (length) => Math.min(longest, Math.ceil(length / multiple) * multiple));
  const widths = [...new Set(rounded)].sort((one, other) => one - other);
  const rowsOf = new Map<number, number>();
  for (const width of rounded) rowsOf.set(width, (rowsOf.get(width) ?? 0) + 1);
  let sum = 0;
  /** Rows that fit into each width. */
  const fitting = widths.map((width) => (sum += rowsOf.get(width)!));
  /** Of k widths up to number j: what they cost at least, and the number of the width before; none is −1. */
  let costs = widths.map((width, j) => ({ tokens: fitting[j] >= batchSize ? fitting[j] * width : Infinity, chosen: [width] }));
  let best = costs[widths.length - 1];
  for (let count = 2; count <= most; count++) {
    costs = widths.map((width, j) => {
      let least = { tokens: Infinity, chosen: [width] };
      for (let before = 0; before < j; before++) {
        const rows = fitting[j] - fitting[before];
        const tokens = costs[before].tokens + rows * width;
        if (rows >= batchSize && tokens < least.tokens) least = { tokens, chosen: [...costs[before].chosen, width] };
      }
      return least;
    });
    const more = costs[widths.length - 1];
    if (!Number.isFinite(more.tokens) || more.tokens > best.tokens * (1 - WORTH_A_WIDTH)) break;
    best = more;
  }
  const { chosen } = best;
  return { widths: chosen, bucketOf: Uint8Array.from(rounded, (width) => chosen.findIndex((one) => one >= width)) };
}

/** One width for all of `rows` rows. */
export const oneBucket = (width: number, rows: number): Buckets => ({ widths: [width], bucketOf: new Uint8Array(rows) });

/** How many times the real tokens it takes to pad every row to its width. */
export function paddingOf({ widths, bucketOf }: Buckets, lengths: ArrayLike<number>): number {
  let [padded, real] = [0, 0];
  bucketOf.forEach((bucket, row) => {
    padded += widths[bucket];
    real += lengths[row];
  });
  return padded / real;
}

/** One batch: numbers of its rows, and the width they are padded to. */
export interface DrawnBatch {
  rows: Uint32Array;
  width: number;
}

/**
 * The batches of a run, one after the other. Rows come in the random order of each epoch and wait in their bucket; a bucket with B rows is a
 * batch. At the end of an epoch what waits goes to the next wider bucket, from the narrowest on, so that every row comes once an epoch and all
 * batches are full: fewer than B rows of the widest wait for the next one. What comes follows from seed and number alone, so that a resumed
 * run goes on exactly.
 */
export class Batches {
  private waiting: number[][] = [];
  private ready: DrawnBatch[] = [];
  /** Number of the batch that `ready` begins with. */
  private first = 0;
  private epoch = 0;
  private place = 0;

  constructor(private readonly seed: number, private readonly batchSize: number, private readonly buckets: Buckets) {
    if (!(buckets.bucketOf.length >= 1)) throw new RangeError(`Batches: there are no rows to draw from (${buckets.bucketOf.length}); give at least one training row.`);
    this.rewind();
  }

  /** Batch `number`, counted from 0. Cheap for one that follows the last; one before it is found from the beginning. */
  at(number: number): DrawnBatch {
    if (number < this.first) this.rewind();
    for (;;) {
      const skipped = Math.min(number - this.first, this.ready.length);
      this.ready.splice(0, skipped);
      this.first += skipped;
      if (this.ready.length > 0) return this.ready[0];
      this.draw();
    }
  }

  private rewind(): void {
    this.waiting = this.buckets.widths.map(() => []);
    [this.ready, this.first, this.epoch, this.place] = [[], 0, 0, 0];
  }

  private draw(): void {
    const { bucketOf } = this.buckets;
    const row = epochOrder(this.seed, this.epoch, bucketOf.length)[this.place];
    this.add(row, bucketOf[row]);
    if (++this.place < bucketOf.length) return;
    this.epoch++;
    this.place = 0;
    this.waiting.slice(0, -1).forEach((rows, bucket) => { for (const left of rows.splice(0)) this.add(left, bucket + 1); });
  }

  private add(row: number, bucket: number): void {
    const rows = this.waiting[bucket];
    if (rows.push(row) === this.batchSize) this.ready.push({ rows: Uint32Array.from(rows.splice(0)), width: this.buckets.widths[bucket] });
  }
}
