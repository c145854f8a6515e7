/**
 * How the rows of an evaluation are shared out: sorted by length, so that short rows are not padded to the longest one of all. With dropout
 * off, what a row gives does not depend on who stands beside it.
 */
import type { EncodedRows } from '../data/batches';

/** Widths that plans are made for. Each is a set of buffers of its own; three leave little padding. */
const MOST_WIDTHS = 3;

/** Rows of several sets behind each other. */
export interface PooledRows extends EncodedRows {
  /** Number of the first row of each set. */
  starts: number[];
}

export function pool(sets: readonly EncodedRows[]): PooledRows {
  const starts: number[] = [];
  let count = 0;
  for (const { ids } of sets) {
    starts.push(count);
    count += ids.length;
  }
  const joined = (part: (rows: EncodedRows) => ArrayLike<number>) => sets.flatMap((rows) => Array.from(part(rows)));
  return {
    starts, ids: sets.flatMap(({ ids }) => ids), lengths: Uint32Array.from(joined(({ lengths }) => lengths)), labels: Float32Array.from(joined(({ labels }) => labels)),
    scoredFrom: sets[0].scoredFrom && Uint32Array.from(joined(({ scoredFrom }) => scoredFrom!)), ...(sets.some(({ unscored }) => unscored) && { unscored: sets.flatMap(({ ids, unscored }) => unscored ?? ids.map(() => undefined)) }), cutRows: sets.reduce((sum, { cutRows }) => sum + cutRows, 0),
  };
}

/** Numbers of `rows` rows at a time, the longest first; the last chunk may have fewer. */
export function chunksOf({ ids }: Pick<EncodedRows, 'ids'>, rows: number): number[][] {
  const order = ids.map((_, row) => row).sort((one, other) => ids[other].length - ids[one].length || one - other);
  return Array.from({ length: Math.ceil(order.length / rows) }, (_, number) => order.slice(number * rows, (number + 1) * rows));
}

/**
 * Widths for which evaluate plans are made, ascending: those that leave least padding in the chunks of `sets`.
 * @param widest the width of the data set, which every row fits in; always the last one
 */
export function evaluationWidths(sets: readonly EncodedRows[], rows: number, widest: number): number[] {
  const pooled = pool(sets);
  const wanted = chunksOf(pooled, rows).map(([longest]) => pooled.ids[longest].length);
  const candidates = [...new Set(wanted)].filter((width) => width < widest).sort((one, other) => one - other);
  const cost = (widths: number[]) => wanted.reduce((sum, width) => sum + widths.find((one) => one >= width)!, 0);
  let best = [widest];
  // One more at a time, the one that saves most.
  while (best.length < MOST_WIDTHS) {
    const options = candidates.filter((width) => !best.includes(width)).map((width) => [...best, width].sort((one, other) => one - other));
    const better = options.reduce((one, other) => (cost(other) < cost(one) ? other : one), best);
    if (better === best) break;
    best = better;
  }
  return best;
}
