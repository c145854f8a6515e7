/**
 * A weight that is larger than a kernel may be given (`maxStorageBufferBindingSize`, 128 MiB by default) lies in several buffers, a block of
 * its rows in each. Whoever brings weights to the device and whoever plans with them ask here, so that both cut at the same rows.
 */
import { type DataType, elements, PACKING } from './tensor';

export interface RowBlock {
  /** Of its buffer: the weight's own where there is one block. */
  label: string;
  /** Its first row in the weight. */
  first: number;
  rows: number;
}

/** Bytes of a buffer that holds `count` values of `type`: whole packings. */
export const bufferBytes = (count: number, type: DataType): number => Math.max(1, Math.ceil(count / PACKING[type].values)) * PACKING[type].bytes;

const commonDivisor = (one: number, other: number): number => (other === 0 ? one : commonDivisor(other, one % other));

/** Fewest rows, an even number of them, that hold no part of a packing that begins or ends in other rows. */
function wholeRows(width: number, type: DataType): number {
  const rows = PACKING[type].values / commonDivisor(PACKING[type].values, width);
  return rows % 2 === 0 ? rows : 2 * rows;
}

/**
 * @param most bytes of the largest block; left out: no limit
 * @returns one block for what is no matrix, however large it is
 */
export function rowBlocks(label: string, shape: readonly number[], type: DataType, most = Infinity): RowBlock[] {
  const [rows] = shape;
  const whole = [{ label, first: 0, rows: rows ?? 1 }];
  if (shape.length !== 2 || bufferBytes(elements(shape), type) <= most) return whole;
  const least = wholeRows(shape[1], type);
  const each = least * Math.max(1, Math.floor(most / bufferBytes(least * shape[1], type)));
  if (each >= rows) return whole;
  return Array.from({ length: Math.ceil(rows / each) }, (_, index) => {
    const first = index * each;
    return { label: `${label} from row ${first}`, first, rows: Math.min(each, rows - first) };
  });
}
