import { describe, expect, it } from 'vitest';
import type { EncodedRows } from '../data/batches';
import { chunksOf, evaluationWidths, pool } from './evaluationChunks';

const rowsOf = (lengths: number[]): EncodedRows => ({ ids: lengths.map((length) => new Uint32Array(length)), lengths: Uint32Array.from(lengths), labels: Float32Array.from(lengths), cutRows: 0 });

describe('chunks of an evaluation', () => {
  it('have every row once, the longest first', () => {
    expect(chunksOf(rowsOf([3, 9, 1, 9, 5]), 2)).toEqual([[1, 3], [4, 0], [2]]);
    expect(chunksOf(rowsOf([4]), 8)).toEqual([[0]]);
  });

  it('come from all sets together', () => {
    const pooled = pool([rowsOf([3, 5]), rowsOf([7])]);
    expect(pooled.starts).toEqual([0, 2]);
    expect([...pooled.lengths]).toEqual([3, 5, 7]);
    expect(pooled.ids.map(({ length }) => length)).toEqual([3, 5, 7]);
    expect(pooled.scoredFrom).toBeUndefined();
  });
});

describe('widths of evaluate plans', () => {
  it('leave least padding, and end with the one that everything fits in', () => {
    // Chunks of two rows are 28, 20, 12, 12 and 6 wide.
    const rows = [rowsOf([28, 21, 20, 13, 12]), rowsOf([12, 12, 7, 6, 5])];
    expect(evaluationWidths(rows, 2, 28)).toEqual([12, 20, 28]);
    expect(evaluationWidths(rows, 2, 32)).toEqual([12, 20, 32]);
  });

  it('are no more than are of use', () => {
    expect(evaluationWidths([rowsOf([9, 9, 9])], 1, 9)).toEqual([9]);
    expect(evaluationWidths([rowsOf([9, 9, 4])], 1, 9)).toEqual([4, 9]);
    expect(evaluationWidths([rowsOf([9, 4])], 64, 12)).toEqual([9, 12]);
  });
});
