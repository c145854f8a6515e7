import { word } from '../random/words';
import type { Example } from './tasks/task';
import type { TextTokenizer } from './tokenizer';

export interface EncodedRows {
  ids: Uint32Array[];
  lengths: Uint32Array;
  /** Zeros for a language model, whose labels are its tokens. */
  labels: Float32Array;
  /** For a language model: index of each row's first scored token. From there to the row's end, the end token included, all are scored. */
  scoredFrom?: Uint32Array;
  /** Where a row has tokens behind that which are not scored: their ranges, [from, to). */
  unscored?: ([number, number][] | undefined)[];
  /** Rows that were longer than the greatest length and lost their end. */
  cutRows: number;
}

export interface Batch {
  /** Row-major [rows, width], padded on the right. */
  ids: Uint32Array;
  lengths: Uint32Array;
  labels: Float32Array;
}

/** @throws RangeError where only some of the examples have a completion, or a prompt leaves no scored token within `maxLength` */
export function encodeRows(tokenizer: TextTokenizer, examples: readonly Example[], maxLength: number): EncodedRows {
  const encoded = examples.map((example) => tokenizer.encode(example, maxLength));
  const ids = encoded.map((row) => row.ids);
  const rows: EncodedRows = {
    ids, lengths: Uint32Array.from(ids, (row) => row.length), labels: Float32Array.from(examples, ({ label }) => label),
    cutRows: encoded.filter(({ cutOff }) => cutOff > 0).length,
  };
  const completed = encoded.filter(({ scoredFrom }) => scoredFrom !== undefined).length;
  if (completed === 0) return rows;
  if (completed < examples.length) throw new RangeError(`encodeRows: ${completed} of ${examples.length} rows have a completion; give one to each row, or to none.`);
  return { ...rows, scoredFrom: Uint32Array.from(encoded, ({ scoredFrom }) => scoredFrom!), ...(encoded.some(({ unscored }) => unscored) && { unscored: encoded.map(({ unscored }) => unscored) }) };
}

/** Keeps the shuffle apart from every mask, whose site has a branch of 0 or 1 in its top byte. */
const SHUFFLE_SITE = 0xff << 24;

let lastOrder: { seed: number; epoch: number; rows: number; order: Uint32Array } | undefined;

/** All rows in the random order of one epoch (Fisher–Yates). The last order is kept: a run asks for it at every step. */
export function epochOrder(seed: number, epoch: number, rows: number): Uint32Array {
  if (lastOrder && lastOrder.seed === seed && lastOrder.epoch === epoch && lastOrder.rows === rows) return lastOrder.order;
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor((word(seed, epoch, SHUFFLE_SITE, last) / 2 ** 32) * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  lastOrder = { seed, epoch, rows, order };
  return order;
}

/** A seed for what every run draws alike. */
const COMMON_SEED = 0;
/** An epoch that no run comes to. */
const NO_EPOCH = 0xffffffff;

/** `count` of `rows` row numbers, ascending: the same ones in every run, so that runs are compared on the same rows. */
export const drawnRows = (rows: number, count: number): number[] => Array.from(epochOrder(COMMON_SEED, NO_EPOCH, rows).subarray(0, count)).sort((one, other) => one - other);

/** Copies the chosen rows into one rectangle of the given width. */
export function fillBatch(rows: ArrayLike<number>, encoded: Pick<EncodedRows, 'ids' | 'labels'>, width: number, padId: number): Batch {
  const batch: Batch = { ids: new Uint32Array(rows.length * width).fill(padId), lengths: new Uint32Array(rows.length), labels: new Float32Array(rows.length) };
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place];
    const ids = encoded.ids[row];
    if (ids === undefined) throw new RangeError(`fillBatch: no row has this number (${row}); there are ${encoded.ids.length} rows.`);
    if (ids.length > width) throw new RangeError(`fillBatch: row ${row} is wider than the batch (${ids.length} tokens, width ${width}); encode it with a maximum length of ${width}.`);
    batch.ids.set(ids, place * width);
    batch.lengths[place] = ids.length;
    batch.labels[place] = encoded.labels[row];
  }
  return batch;
}
