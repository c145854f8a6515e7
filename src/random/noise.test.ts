import { describe, expect, it } from 'vitest';
import { KIND, siteOf, TARGET } from './masks';
import { embeddingNoise, NOISE_KIND, noiseSite, symmetric } from './noise';

describe('the noise on the embeddings', () => {
  it('has a site that no mask has', () => {
    const kinds = Object.values(KIND).flatMap((kind) => [kind, ...Object.values(TARGET).map((target) => kind + target)]);
    expect(kinds).not.toContain(NOISE_KIND);
    expect(noiseSite(0)).toBe(NOISE_KIND * 2 ** 16);
    expect(noiseSite(1) - noiseSite(0)).toBe(siteOf('hidden', 0, 1) - siteOf('hidden', 0, 0));
  });

  it('lies evenly about 0, and inside (−1, 1)', () => {
    expect(symmetric(2 ** 31) + symmetric(2 ** 31 - 1)).toBe(0);
    expect(symmetric(0) + symmetric(2 ** 32 - 1)).toBe(0);
    expect(symmetric(0)).toBeGreaterThan(-1);
    expect(symmetric(2 ** 32 - 1)).toBeLessThan(1);
  });

  it('is bounded by α/√(L·D), with the spread of an even draw, and 0 at padding', () => {
    const [tokens, width, n, alpha] = [40, 64, 32, 5];
    const at = { seed: 7, step: 3, branch: 0 };
    const bound = alpha / Math.sqrt(n * width);
    const values = Array.from({ length: tokens * width }, (_, i) => embeddingNoise(at, alpha, { sample: 2, token: Math.floor(i / width), channel: i % width }, { tokens, width, n }));
    const real = values.slice(0, n * width);
    expect(Math.max(...real.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...real.map(Math.abs))).toBeGreaterThan(0.99 * bound);
    // Five standard deviations of the mean of 2048 even draws; their spread is the bound over √3.
    expect(Math.abs(real.reduce((sum, value) => sum + value, 0) / real.length)).toBeLessThan((5 * bound) / Math.sqrt(3 * real.length));
    expect(Math.sqrt(real.reduce((sum, value) => sum + value * value, 0) / real.length) / bound).toBeCloseTo(1 / Math.sqrt(3), 1);
    expect(values.slice(n * width).every((value) => value === 0)).toBe(true);
  });

  it('differs from step to step and from pass to pass', () => {
    const draw = (at: { seed: number; step: number; branch: number }) => embeddingNoise(at, 1, { sample: 0, token: 0, channel: 0 }, { tokens: 4, width: 4, n: 4 });
    expect(new Set([{ seed: 1, step: 0, branch: 0 }, { seed: 2, step: 0, branch: 0 }, { seed: 1, step: 1, branch: 0 }, { seed: 1, step: 0, branch: 1 }].map(draw)).size).toBe(4);
  });
});
