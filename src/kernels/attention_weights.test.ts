import { describe, expect, it } from 'vitest';
import { COMPENSATIONS, PATTERNS, type Compensation, type Pattern } from '../config/dropout';
import { recordAttentionWeights } from './attention_weights';
import { activation, checkOp } from './check';
import { NO_BRANCH } from './site';
import { allowedKeys, attentionCheck as checkOf, type AttentionSetting, drawnMask } from './testing/attention';
import { normals, spiky } from './testing/numbers';
import { type Launch, launchName, ROW_LAUNCHES } from './testing/page';

const attentionCheck = (setting: AttentionSetting) => checkOf(setting, recordAttentionWeights);

const RAGGED = { lengths: [7, 4, 1], T: 7, H: 2 };

const run = (setting: AttentionSetting, launch: Launch = {}) => checkOp(attentionCheck(setting), launch);

/** Whether some query of the setting would be left without keys by the masks. */
function emptied(setting: AttentionSetting): { logits: boolean; weights: boolean } {
  const allowed = allowedKeys(setting);
  const { T } = setting;
  const left = allowed.map((one, i) => one && drawnMask(setting, 'logits')[i]);
  const emptyRow = (mask: boolean[]) => Array.from({ length: mask.length / T }, (_, row) => !mask.slice(row * T, (row + 1) * T).some(Boolean));
  const without = emptyRow(left);
  const counted = left.map((one, i) => (without[Math.floor(i / T)] ? allowed[i] : one));
  const drawn = drawnMask(setting, 'weights');
  return { logits: without.some(Boolean), weights: emptyRow(counted.map((one, i) => one && drawn[i])).some(Boolean) };
}

const LOGITS: (Pattern | undefined)[] = [undefined, ...PATTERNS];
const WEIGHTS: { pattern: Pattern; compensation: Compensation }[] = PATTERNS.flatMap((pattern) => COMPENSATIONS.map((compensation) => ({ pattern, compensation })));

describe('every rule at the logits with every rule at the weights', () => {
  describe.each(LOGITS)('logits %s', (pattern) => {
    const logits = pattern && { pattern, p: 0.3 };

    it('weights untouched', async () => {
      await run({ ...RAGGED, logits });
    });

    it.each(WEIGHTS)('weights $pattern, $compensation', async (weights) => {
      await run({ ...RAGGED, logits, weights: { ...weights, p: 0.4 } });
    });
  });
});

/** One of each path through the kernel. */
const PATHS: (Pick<AttentionSetting, 'logits' | 'weights' | 'causal'> & { name: string })[] = [
  { name: 'no mask' },
  { name: 'DropKey, columns', logits: { pattern: 'column', p: 0.3 } },
  { name: 'DropAttention, elements, normaliser stopped', weights: { pattern: 'element', p: 0.3, compensation: 'normalize_stopgrad' } },
  { name: 'both, spans and columns, rescaled', logits: { pattern: 'span', p: 0.3 }, weights: { pattern: 'column', p: 0.9, compensation: 'rescale' } },
  { name: 'both, causal', causal: true, logits: { pattern: 'element', p: 0.9 }, weights: { pattern: 'span', p: 0.3, compensation: 'normalize' } },
];

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('launched as %s', (_, launch) => {
  describe.each(PATHS)('$name', (path) => {
    it.each([{ T: 1, H: 1, lengths: [1] }, { T: 3, H: 3, lengths: [3, 1, 2] }, { T: 5, H: 1, lengths: [4, 0, 5] }, { T: 13, H: 2, lengths: [13, 6] }])('$H heads, $T tokens, lengths $lengths', async (shape) => {
      await run({ ...shape, ...path }, launch);
    });

    it('spiky logits, and gradients that add up', async () => {
      await run({ ...RAGGED, ...path, g: spiky(3 * 2 * 49, 5), uses: 2 }, launch);
    });
  });
});

it('a row longer than every lane count', async () => {
  for (const launch of [{ lanes: 1 }, { lanes: 4 }, { lanes: 8 }]) {
    await run({ lengths: [33], T: 33, H: 1, logits: { pattern: 'column', p: 0.3 }, weights: { pattern: 'element', p: 0.1, compensation: 'normalize_stopgrad' } }, launch);
  }
});

describe('virtual tokens in front', () => {
  const places = [{ name: 'prefix', virtualKeys: 3 }, { name: 'prompt', virtualKeys: 2, virtualQueries: 2 }];
  const rules: Partial<AttentionSetting>[] = [
    {}, ...PATTERNS.map((pattern): Partial<AttentionSetting> => ({ logits: { pattern, p: 0.4 } })),
    ...COMPENSATIONS.map((compensation, i): Partial<AttentionSetting> => ({ weights: { pattern: PATTERNS[i % 3], p: 0.4, compensation } })),
    { logits: { pattern: 'column', p: 0.9 }, weights: { pattern: 'element', p: 0.9, compensation: 'rescale' } },
  ];

  describe.each(places)('$name', ({ virtualKeys, virtualQueries }) => {
    it.each(rules)('logits $logits, weights $weights', async (rule) => {
      for (const causal of [false, true]) {
        const setting: AttentionSetting = { lengths: [5, 0, 2], T: 5, H: 2, ...rule, causal, virtualKeys, virtualQueries };
        const { outputs: { dropped } } = await run(setting);
        const allowed = allowedKeys(setting);
        dropped.forEach((value, i) => { if (!allowed[i]) expect(value).toBe(0); });
        await run({ ...setting, doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 } }, { profile: 'gpu' });
      }
    });
  });

  it('are never dropped, so that no query is left without keys', async () => {
    const setting: AttentionSetting = { lengths: [4], T: 4, H: 2, virtualKeys: 1, causal: true, logits: { pattern: 'column', p: 0.99 } };
    const { outputs: { dropped } } = await run(setting);
    const keep = drawnMask(setting, 'logits');
    for (let row = 0; row < dropped.length; row += 5) {
      expect(keep.slice(row + 1, row + 5).some(Boolean)).toBe(false);
      expect([...dropped.slice(row, row + 5)]).toEqual([1, 0, 0, 0, 0]);
    }
  });
});

describe('the one query that a head of classes reads', () => {
  const places = [{ virtualKeys: 0, virtualQueries: 0 }, { virtualKeys: 3, virtualQueries: 0 }, { virtualKeys: 2, virtualQueries: 2 }];

  it.each([...PATHS, ...PATTERNS.map((pattern): (typeof PATHS)[number] => ({ name: pattern, logits: { pattern, p: 0.4 }, weights: { pattern, p: 0.4, compensation: 'rescale' } }))])('$name', async ({ name: _, ...path }) => {
    for (const place of places) {
      for (const [read, causal] of [['first', false], ['last', true]] as const) {
        const setting: AttentionSetting = { lengths: [5, 2, 1], T: 5, H: 2, ...path, ...place, read, causal };
        const { outputs: { dropped } } = await run({ ...setting, doubled: true, uses: 2 });
        expect(dropped.length).toBe(6 * 2 * (5 + place.virtualKeys));
        await run({ ...setting, doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 } }, { profile: 'gpu' });
      }
    }
  });
});

describe('passes of a consistency loss', () => {
  const rules: Partial<AttentionSetting>[] = [
    { logits: { pattern: 'column', p: 0.4 } }, { logits: { pattern: 'span', p: 0.4 }, weights: { pattern: 'span', p: 0.3, compensation: 'rescale' } },
    { weights: { pattern: 'element', p: 0.4, compensation: 'normalize_stopgrad' } },
  ];

  it.each(rules)('$logits $weights', async (rule) => {
    const single: AttentionSetting = { ...RAGGED, ...rule };
    const g = normals(2 * 3 * 2 * 49, 11, 1.5);
    const doubled = await run({ ...single, doubled: true, g });
    await run({ ...single, doubled: true, half: true, g });
    const clean = await run({ ...single, doubled: true, pass: { branch: 0, cleanBranch: 1 }, g });
    await run({ ...single, doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 }, g });
    // One after the other, the two passes are the halves of the doubled batch, bit for bit.
    const half = g.length / 2;
    const first = await run({ ...single, g: g.slice(0, half) });
    const second = await run({ ...single, pass: { branch: 1, cleanBranch: NO_BRANCH }, g: g.slice(half) });
    expect(doubled.outputs.dropped.slice(0, half)).toBeBitEqual(first.outputs.dropped);
    expect(doubled.outputs.dropped.slice(half)).toBeBitEqual(second.outputs.dropped);
    const unmasked = await run({ ...RAGGED, g: g.slice(half) });
    expect(clean.outputs.dropped.slice(half)).toBeBitEqual(unmasked.outputs.dropped);
  });
});

describe('a query is never left without keys', () => {
  const heavy: AttentionSetting[] = [
    ...PATTERNS.map((pattern): AttentionSetting => ({ ...RAGGED, logits: { pattern, p: 0.95 } })),
    ...COMPENSATIONS.map((compensation): AttentionSetting => ({ ...RAGGED, weights: { pattern: 'column', p: 0.95, compensation } })),
    ...COMPENSATIONS.map((compensation): AttentionSetting => ({ ...RAGGED, logits: { pattern: 'element', p: 0.8 }, weights: { pattern: 'element', p: 0.8, compensation } })),
    { ...RAGGED, logits: { pattern: 'column', p: 0.99 }, weights: { pattern: 'column', p: 0.99, compensation: 'normalize_stopgrad' } },
  ];

  it.each(heavy)('logits $logits, weights $weights', async (setting) => {
    for (const causal of [false, true]) {
      const at = { ...setting, causal };
      const rows = emptied(at);
      expect(setting.weights ? rows.weights : rows.logits).toBe(true);
      const { outputs: { dropped } } = await run(at);
      const allowed = allowedKeys(at);
      // No look at a future or padded key, and something is seen.
      dropped.forEach((value, i) => { if (!allowed[i]) expect(value).toBe(0); });
      for (let row = 0; row < dropped.length; row += 7) expect(dropped.slice(row, row + 7).some((value) => value > 0)).toBe(true);
    }
  });

  it('the first query of a causal model sees itself', async () => {
    const { outputs: { dropped } } = await run({ lengths: [5], T: 5, H: 8, causal: true, logits: { pattern: 'column', p: 0.9 } });
    for (let head = 0; head < 8; head++) expect([...dropped.slice(head * 25, head * 25 + 5)]).toEqual([1, 0, 0, 0, 0]);
  });
});

describe('a rate of 0', () => {
  it.each(LOGITS)('leaves every bit, pattern %s', async (pattern) => {
    const plain = await run(RAGGED);
    if (pattern) expect((await run({ ...RAGGED, logits: { pattern, p: 0 } })).outputs.dropped).toBeBitEqual(plain.outputs.dropped);
    for (const compensation of COMPENSATIONS) {
      const masked = await run({ ...RAGGED, weights: { pattern: pattern ?? 'element', p: 0, compensation } });
      expect(masked.outputs.dropped).toBeBitEqual(plain.outputs.dropped);
      expect(masked.gradients.g).toBeBitEqual(plain.gradients.g);
    }
  });
});

describe('identities of the methods', () => {
  const rates = [0.1, 0.5, 0.9];
  const atLogits = (pattern: Pattern, p: number): AttentionSetting => ({ ...RAGGED, logits: { pattern, p } });
  const atWeights = (pattern: Pattern, p: number, compensation: Compensation): AttentionSetting => ({ ...RAGGED, weights: { pattern, p, compensation } });
  const T = RAGGED.T;
  const rowSum = (x: ArrayLike<number>, row: number) => { let sum = 0; for (let j = 0; j < T; j++) sum += x[row * T + j]; return sum; };

  // The two positions draw from sites of their own; with the same keep mask DropKey and normalised DropAttention are one forward pass.
  it.each(rates)('normalised DropAttention is DropKey with the same mask, rate %d', async (p) => {
    for (const pattern of PATTERNS) {
      const dropAttention = attentionCheck(atWeights(pattern, p, 'normalize'));
      const { outputs, gradients } = await checkOp(dropAttention);
      const keep = drawnMask(atWeights(pattern, p, 'normalize'), 'weights');
      const allowed = allowedKeys(RAGGED);
      const g = Float64Array.from(dropAttention.leaves.g.values);
      // DropKey by hand: the softmax over the keys kept.
      const expected = new Float64Array(g.length);
      for (let row = 0; row < g.length; row += T) {
        const places = Array.from({ length: T }, (_, j) => row + j);
        const left = places.some((i) => allowed[i] && keep[i]) ? places.filter((i) => allowed[i] && keep[i]) : places.filter((i) => allowed[i]);
        const sum = left.reduce((total, i) => total + Math.exp(g[i]), 0);
        for (const i of left) expected[i] = Math.exp(g[i]) / sum;
      }
      expect(outputs.dropped).toBeNear(expected, 1e-6);
      const stopped = await run(atWeights(pattern, p, 'normalize_stopgrad'));
      expect(stopped.outputs.dropped).toBeBitEqual(outputs.dropped);
      // noise = ġ_stopgrad − ġ = c·(w' − w), c = Σ w'·δ
      const seed = normals(g.length, 91);
      const noise = stopped.gradients.g.map((value, i) => value - gradients.g[i]);
      const identity = noise.map((_, i) => {
        const row = Math.floor(i / T);
        let c = 0;
        for (let j = 0; j < T; j++) c += outputs.dropped[row * T + j] * seed[row * T + j];
        return c * (outputs.dropped[i] - stopped.outputs.w[i]);
      });
      expect(noise).toBeNear(identity, 1e-6);
    }
  });

  it('the gradient of every compensation sums to 0 over the keys of a query', async () => {
    for (const pattern of PATTERNS) {
      const settings = [atLogits(pattern, 0.4), ...COMPENSATIONS.map((compensation) => atWeights(pattern, 0.4, compensation))];
      for (const setting of settings) {
        const { outputs, gradients } = await run(setting);
        for (let row = 0; row < gradients.g.length / T; row++) {
          // rescale and none: w'δ − w·c sums to c·(1 − Σw) = 0 as well, since c is Σ w'δ.
          expect(Math.abs(rowSum(gradients.g, row))).toBeLessThan(1e-6);
          if (!setting.weights || setting.weights.compensation.startsWith('normalize')) expect(Math.abs(rowSum(outputs.dropped, row) - 1)).toBeLessThan(1e-6);
        }
      }
    }
  });

  it('a dropped key has gradient 0 before the softmax, and not after it where the normaliser is stopped', async () => {
    const [before, after] = [atLogits('column', 0.4), atWeights('column', 0.4, 'normalize_stopgrad')];
    const allowed = allowedKeys(RAGGED);
    // Rows with something left: the rule does not apply to others.
    const dropped = (setting: AttentionSetting, position: 'logits' | 'weights') => {
      const keep = drawnMask(setting, position);
      return keep.flatMap((one, i) => (allowed[i] && !one && Array.from({ length: T }, (_, j) => i - (i % T) + j).some((j) => allowed[j] && keep[j]) ? [i] : []));
    };
    const inLogits = (await run(before)).gradients.g;
    const inWeights = (await run(after)).gradients.g;
    expect(dropped(before, 'logits').length).toBeGreaterThan(20);
    for (const i of dropped(before, 'logits')) expect(Math.abs(inLogits[i])).toBe(0);
    expect(dropped(after, 'weights').length).toBeGreaterThan(20);
    for (const i of dropped(after, 'weights')) expect(Math.abs(inWeights[i])).toBeGreaterThan(1e-6);
  });

  it('columns are shared by the queries of a head, and differ between heads, samples, layers and branches', () => {
    const setting: AttentionSetting = { lengths: [9, 9], T: 9, H: 2, logits: { pattern: 'column', p: 0.5 } };
    const mask = drawnMask(setting, 'logits');
    const rowsOf = (of: boolean[]) => Array.from({ length: of.length / 9 }, (_, row) => of.slice(row * 9, row * 9 + 9).map(Number).join(''));
    const rows = rowsOf(mask);
    for (let row = 0; row < rows.length; row++) expect(rows[row]).toBe(rows[row - (row % 9)]);
    const heads = [0, 9, 18, 27].map((row) => rows[row]);
    const elsewhere = [{ layer: 2 }, { pass: { branch: 1, cleanBranch: NO_BRANCH } }, { seed: 124 }, { maskStep: 10 }].map((change) => rowsOf(drawnMask({ ...setting, ...change }, 'logits'))[0]);
    expect(new Set([...heads, ...elsewhere]).size).toBe(8);
  });
});

describe('a dropped logit that towers above the kept ones', () => {
  // Σ m·w underflows float32 there; the kernel takes its maximum over the kept keys.
  it.each(['normalize', 'normalize_stopgrad'] as const)('%s', async (compensation) => {
    const setting: AttentionSetting = { lengths: [6], T: 6, H: 1, weights: { pattern: 'column', p: 0.4, compensation } };
    const keep = drawnMask(setting, 'weights');
    expect(keep.slice(0, 6).some(Boolean) && !keep.slice(0, 6).every(Boolean)).toBe(true);
    const check = attentionCheck(setting);
    const g = normals(36, 3).map((value, i) => (keep[i] ? value : value + 300));
    const { outputs } = await checkOp({ ...check, leaves: { ...check.leaves, g: activation([1, 1, 6, 6], g) } });
    for (let row = 0; row < 36; row += 6) expect(outputs.dropped.slice(row, row + 6).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });
});
