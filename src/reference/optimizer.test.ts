import { describe, expect, it } from 'vitest';
import { matrix } from './autograd';
import { AdamW, clipFactor, decays, gradientNorm, scheduleFactor } from './optimizer';

describe('training arithmetic', () => {
  it('rises from 0, falls to 0 and stays there', () => {
    expect([0, 1, 2, 3, 6, 10, 11].map((step) => scheduleFactor(step, 2, 10))).toEqual([0, 0.5, 1, 7 / 8, 0.5, 0, 0]);
    expect(scheduleFactor(0, 0, 4)).toBe(1);
    expect(scheduleFactor(3, 3, 3)).toBe(0);
  });

  it('clips only above the norm', () => {
    expect(clipFactor(0.5, 1)).toBe(1);
    expect(clipFactor(4, 1)).toBeCloseTo(0.25, 6);
    expect(clipFactor(4, 0)).toBe(1);
    expect(clipFactor(4, undefined)).toBe(1);
    const [a, b] = [matrix(1, 1, [0], true), matrix(1, 1, [0], true)];
    a.gradient = new Float64Array([3]);
    b.gradient = new Float64Array([-4]);
    expect(gradientNorm([a, b, matrix(1, 1, [9], true)])).toBe(5);
  });

  it('moves by the rate in the first step, whatever the gradient, after the decay', () => {
    const weight = matrix(1, 2, [1, 1], true);
    const bias = matrix(1, 1, [1], true);
    weight.gradient = new Float64Array([1e3, -1e-3]);
    bias.gradient = new Float64Array([0.5]);
    new AdamW().update(new Map([['x.weight', weight], ['x.bias', bias]]), 0.1, 0.5, 1);
    expect(weight.values[0]).toBeCloseTo(0.95 - 0.1, 9);
    expect(weight.values[1]).toBeCloseTo(0.95 + 0.1, 5);
    expect(bias.values[0]).toBeCloseTo(0.9, 7);
    expect(weight.gradient).toBeUndefined();
  });

  it('knows what is not decayed', () => {
    expect(['a.lora_A.weight', 'classifier.weight', 'classifier.bias', 'LayerNorm.weight'].map(decays)).toEqual([true, true, false, false]);
  });
});
