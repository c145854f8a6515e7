import { describe, expect, it } from 'vitest';
import type { Gpu } from '../gpu/device';
import { GIB } from '../protocol/deviceMessages';
import { chooseBudget } from './deviceInfo';

const gpuOf = () => ({ memoryBudget: GIB, usualBudget: GIB, mostBudget: 16 * GIB, info: {}, device: { features: [], limits: { maxBufferSize: GIB } } }) as unknown as Gpu;

describe('a memory budget that somebody chooses', () => {
  it('is in force from then on, until the usual one is taken again', () => {
    const gpu = gpuOf();
    expect(chooseBudget(gpu, 4.5)).toBeUndefined();
    expect(gpu.memoryBudget).toBe(4.5 * GIB);
    expect(chooseBudget(gpu, undefined)).toBeUndefined();
    expect(gpu.memoryBudget).toBe(GIB);
  });

  it.each([
    [17, /^17 GiB are more than this adapter can hold: its largest buffer is 1 GiB, and 16 of these are the most; choose up to 16 GiB$/],
    [0, /^0 GiB hold no run; choose 0.0625 GiB or more$/], [NaN, /hold no run/],
  ])('is refused where it is %d GiB, and the usual one is in force', (gib, sentence) => {
    const gpu = { ...gpuOf(), memoryBudget: 4 * GIB };
    expect(chooseBudget(gpu, gib)).toMatch(sentence);
    expect(gpu.memoryBudget).toBe(GIB);
  });
});
