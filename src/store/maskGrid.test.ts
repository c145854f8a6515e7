import { describe, expect, it } from 'vitest';
import { attentionMask, droppedTokens, maskWeights, softmaxKept, tokenMask } from './maskGrid';

const draw = { seed: 42, step: 3, layer: 0 };
const place = { sample: 0, head: 1, heads: 4, tokens: 16, n: 9 };
const rowSums = (weights: Float64Array, n: number) => Array.from({ length: n }, (_, row) => weights.subarray(row * n, (row + 1) * n).reduce((sum, value) => sum + value, 0));

describe('attention masks', () => {
  it('drop a column for every query, and the sentence shows it', () => {
    const { keep } = attentionMask('logits', { p: 0.4, pattern: 'column' }, draw, place);
    const struck = droppedTokens(keep, 9, 'key');
    expect(struck.some(Boolean)).toBe(true);
    for (let key = 0; key < 9; key++) for (let query = 0; query < 9; query++) expect(keep[query * 9 + key]).toBe(struck[key] ? 0 : 1);
  });
  it('never leave a query without keys', () => {
    const { keep, spared } = attentionMask('logits', { p: 0.99, pattern: 'column' }, draw, { ...place, n: 2 });
    expect(spared.every(Boolean)).toBe(true);
    expect(Array.from(keep)).toEqual([1, 1, 1, 1]);
  });
  it('count at the weights only the keys that the logits have left', () => {
    const left = { keep: Uint8Array.of(1, 0, 1, 0), spared: [false, false] };
    let found = false;
    for (let step = 0; step < 200 && !found; step++) {
      const free = attentionMask('weights', { p: 0.5, pattern: 'column' }, { ...draw, step }, { ...place, n: 2 });
      if (free.keep[0] === 1 || free.spared[0]) continue;
      found = true;
      expect(attentionMask('weights', { p: 0.5, pattern: 'column' }, { ...draw, step }, { ...place, n: 2 }, left).spared).toEqual([true, true]);
    }
    expect(found).toBe(true);
  });
  it('do nothing below the first layer, without a rule and at p = 0', () => {
    for (const rule of [undefined, { p: 0, pattern: 'element' as const }, { p: 0.5, pattern: 'element' as const, fromLayer: 1 }]) {
      expect(attentionMask('weights', rule, draw, place).keep.every((kept) => kept === 1)).toBe(true);
    }
  });
});

describe('weights', () => {
  const logits = Float32Array.from({ length: 81 }, (_, index) => Math.sin(index) * 3);
  const clean = softmaxKept(logits, new Uint8Array(81).fill(1), 9);

  it('re-normalise before the softmax by themselves, and after it when told to: the same forward pass', () => {
    const mask = attentionMask('logits', { p: 0.3, pattern: 'column' }, draw, place);
    const before = softmaxKept(logits, mask.keep, 9);
    const after = maskWeights(clean, mask, { p: 0.3, pattern: 'column' }, 9);
    before.forEach((value, index) => expect(after[index]).toBeCloseTo(value, 12));
    rowSums(before, 9).forEach((sum) => expect(sum).toBeCloseTo(1, 12));
  });
  it('grow by 1/(1−p) under rescale, but not for a spared query', () => {
    const keep = new Uint8Array(81).fill(1);
    const spared = Array<boolean>(9).fill(false);
    spared[2] = true;
    const sums = rowSums(maskWeights(clean, { keep, spared }, { p: 0.2, pattern: 'element', compensation: 'rescale' }, 9), 9);
    sums.forEach((sum, row) => expect(sum).toBeCloseTo(row === 2 ? 1 : 1.25, 12));
  });
});

describe('hidden masks', () => {
  it('drop whole tokens by column and one run of tokens by span', () => {
    const size = { sample: 0, tokens: 16, width: 64, n: 10 };
    const column = droppedTokens(tokenMask('hidden', { p: 0.5, pattern: 'column' }, draw, size, 8), 10, 'row');
    expect(column.some(Boolean)).toBe(true);
    const span = droppedTokens(tokenMask('hidden', { p: 0.3, pattern: 'span' }, draw, size, 8), 10, 'row');
    expect(span.filter(Boolean)).toHaveLength(3);
    const first = span.indexOf(true);
    expect(span.slice(first, first + 3)).toEqual([true, true, true]);
  });
});
