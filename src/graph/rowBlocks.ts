/**
 * A weight that is larger than a kernel may be given (`maxStorageBufferBindingSize`, 128 MiB by default) lies in several buffers, a block of
 * its rows in each. Whoever brings weights to the device and whoever plans with them ask here, so that both cut at the same rows.
 */
import { BYTES, type DataType, elements } from './tensor';

export interface RowBlock {
  /** Of its buffer: the weight's own where there is one block. */
  label: string;
  /** Its first row in the weight. */
  first: number;
  rows: number;
}

/** Bytes of a buffer that holds `count` values of `type`: whole words. */
export const bufferBytes = (count: number, type: DataType): number => Math.max(4, 4 * Math.ceil((count * BYTES[type]) / 4));

/**
 * @param most bytes of the largest block; left out: no limit
 * @returns one block for what is no matrix, however large it is
 */
export function rowBlocks(label: string, shape: readonly number[], type: DataType, most = Infinity): RowBlock[] {
  const [rows] = shape;
  if (shape.length !== 2 || bufferBytes(elements(shape), type) <= most) return [{ label, first: 0, rows: rows ?? 1 }];
  // An even number of rows, so that no word holds halves of two blocks.
  const each = Math.max(2, 2 * Math.floor(most / (2 * shape[1] * BYTES[type])));
  return Array.from({ length: Math.ceil(rows / each) }, (_, index) => {
    const first = index * each;
    return { label: `${label} from row ${first}`, first, rows: Math.min(each, rows - first) };
  });
}
