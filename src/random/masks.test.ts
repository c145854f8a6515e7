import { describe, expect, it } from 'vitest';
import { PATTERNS, type Position, POSITIONS } from '../config/dropout';
import vectors from '../fixtures/words.json';
import { activationFactors, attentionMask } from '../reference/masks';
import { keepAttention, keepToken, KIND, siteOf, spanLength, spanStart, TARGET, thresholdOf } from './masks';

describe('sites', () => {
  it.each(vectors.words)('branch $branch, kind $kind, layer $layer', ({ branch, kind, layer, site }) => {
    const position = POSITIONS.filter((one) => KIND[one] <= kind).reduce((a, b) => (KIND[a] > KIND[b] ? a : b));
    const target = Object.keys(TARGET).find((name) => TARGET[name] === kind - KIND[position]);
    expect(siteOf(position, layer, branch, kind < 16 ? undefined : target)).toBe(site);
  });

  it('gives every position, target, layer and branch a site of its own', () => {
    const sites = new Set<number>();
    let count = 0;
    for (const position of POSITIONS) {
      for (const target of position.startsWith('lora_') ? Object.keys(TARGET) : [undefined]) {
        for (const layer of [0, 1, 255]) for (const branch of [0, 1]) { sites.add(siteOf(position, layer, branch, target)); count++; }
      }
    }
    expect(sites.size).toBe(count);
  });
});

describe('thresholds', () => {
  it('is floor(p · 2^32) in float64', () => {
    expect(thresholdOf(0)).toBe(0);
    expect(thresholdOf(0.5)).toBe(2 ** 31);
    expect(thresholdOf(0.1)).toBe(429496729);
    expect(thresholdOf(1 - 2 ** -53)).toBe(2 ** 32 - 1);
  });

  it.each([1, -0.1, NaN, 2])('refuses a rate of %d', (p) => {
    expect(() => thresholdOf(p)).toThrow(/outside 0 ≤ p < 1; choose a rate below 1/);
  });
});

describe('spans', () => {
  it.each(vectors.spans)('p $p of $valid tokens', ({ p, valid, length, seed, step, site, keep }) => {
    keep.forEach((row, sample) => {
      const extent = { tokens: length, width: 3, n: valid };
      expect(row.map((_, token) => Number(keepToken({ seed, step, site }, 'span', p, { sample, token, channel: 2 }, extent)))).toEqual(row);
      const attention = { heads: 1, queries: 2, keys: length, n: valid };
      expect(row.map((_, key) => Number(keepAttention({ seed, step, site }, 'span', p, { sample, head: 0, query: 1, key }, attention)))).toEqual(row);
    });
  });

  it('is one token at least, nothing at a rate of 0, and not short of a token by rounding', () => {
    expect(spanLength(0, 10)).toBe(0);
    expect(spanLength(0.01, 10)).toBe(1);
    expect(spanLength(0.3, 10)).toBe(3); // 0.3 · 10 is exact, 0.29 · 100 is 28.999…
    expect(spanLength(0.29, 100)).toBe(29);
    expect(spanLength(0.99, 10)).toBe(9);
  });

  it('starts anywhere in the sample and ends inside it', () => {
    const starts = new Set(Array.from({ length: 200 }, (_, row) => spanStart({ seed: 5, step: 0, site: 65536 }, row, 6, 2)));
    expect([...starts].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

/** A rule at `position`, drawn by the twin and by the reference, over samples of 5, 3 and 1 tokens in a width of 6. */
const tokens = [5, 3, 1];
const width = 6;
const moment = { seed: 4242, step: 11, branch: 1 as const };

describe.each(PATTERNS)('pattern %s', (pattern) => {
  it.each(['logits', 'weights'] as const)('the twin draws what the reference draws at the %s', (position) => {
    const heads = 3;
    const at = { seed: moment.seed, step: moment.step, site: siteOf(position, 1, moment.branch) };
    for (const p of [0.05, 0.37, 0.9]) {
      const expected = attentionMask({ p, pattern }, KIND[position], 1, moment, tokens, heads, width);
      const drawn = expected.map((_, i) => {
        const [key, query, head, sample] = [i % width, Math.floor(i / width) % width, Math.floor(i / width ** 2) % heads, Math.floor(i / (width ** 2 * heads))];
        return keepAttention(at, pattern, p, { sample, head, query, key }, { heads, queries: width, keys: width, n: tokens[sample] });
      });
      expect(drawn).toEqual(expected);
    }
  });

  it.each<[Position, string | undefined]>([['hidden', undefined], ['ffn_inner', undefined], ['embedding', undefined], ['lora_input', 'down'], ['lora_rank', 'k']])(
    'the twin draws what the reference draws at %s %s', (position, target) => {
      const channels = 7;
      const kind = KIND[position] + (target ? TARGET[target] : 0);
      const at = { seed: moment.seed, step: moment.step, site: siteOf(position, 1, moment.branch, target) };
      for (const p of [0.05, 0.37, 0.9]) {
        const expected = activationFactors({ p, pattern, compensation: 'none' }, kind, 1, moment, tokens, width, channels);
        const drawn = expected.map((_, i) => {
          const [channel, token, sample] = [i % channels, Math.floor(i / channels) % width, Math.floor(i / (channels * width))];
          return Number(keepToken(at, pattern, p, { sample, token, channel }, { tokens: width, width: channels, n: tokens[sample] }));
        });
        expect(drawn).toEqual(expected);
      }
    },
  );

  it('keeps everything at a rate of 0', () => {
    const at = { seed: 1, step: 1, site: 1 };
    expect(keepToken(at, pattern, 0, { sample: 0, token: 0, channel: 0 }, { tokens: 4, width: 4, n: 4 })).toBe(true);
    expect(keepAttention(at, pattern, 0, { sample: 0, head: 0, query: 0, key: 0 }, { heads: 1, queries: 4, keys: 4, n: 4 })).toBe(true);
  });

  it('drops nothing of a sample without tokens by a span', () => {
    const at = { seed: 1, step: 1, site: 1 };
    if (pattern !== 'span') return;
    expect(keepToken(at, pattern, 0.5, { sample: 0, token: 0, channel: 0 }, { tokens: 4, width: 4, n: 0 })).toBe(true);
    expect(keepAttention(at, pattern, 0.5, { sample: 0, head: 0, query: 0, key: 0 }, { heads: 1, queries: 4, keys: 4, n: 0 })).toBe(true);
  });
});

describe('share of what is dropped', () => {
  it.each([0.1, 0.3, 0.77])('is near p = %d', (p) => {
    const count = 20_000;
    const at = { seed: 99, step: 3, site: siteOf('hidden', 0, 0) };
    let dropped = 0;
    for (let i = 0; i < count; i++) if (!keepToken(at, 'element', p, { sample: 0, token: 0, channel: i }, { tokens: 1, width: count, n: 1 })) dropped++;
    // Five standard deviations of a fair draw.
    expect(Math.abs(dropped / count - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count));
  });
});
