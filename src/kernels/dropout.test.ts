import { describe, expect, it } from 'vitest';
import { type Compensation, defaultCompensation, type DropoutRules, type Pattern, PATTERNS, type Position, SLOT_LIMIT, slotOf } from '../config/dropout';
import { keepToken, siteOf } from '../random/masks';
import { packSpans } from '../train/stepUniform';
import { activation, checkOp, input, type OpCheck } from './check';
import { recordDropout } from './dropout';
import { NO_BRANCH, type Pass, type ReadRow } from './site';
import { STEP_DEFAULTS } from './testing/execute';
import { count, normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Setting {
  position?: Position;
  layer?: number;
  pattern: Pattern;
  compensation?: Compensation;
  p: number;
  /** Real tokens of each of the B samples. */
  lengths: number[];
  /** (T,D), or (D) at the output. */
  extents: number[];
  pass?: Omit<Pass, 'samples'>;
  doubled?: boolean;
  residual?: boolean;
  /** Only the first of two passes is differentiated. */
  half?: boolean;
  uses?: 1 | 2;
  seed?: number;
  maskStep?: number;
  /** Rows in front of each sample that are no tokens; `extents` counts them. */
  virtualTokens?: number;
  /** Only this row of each sample is there, of `tokens`. */
  read?: { row: ReadRow; tokens: number };
}

const LAYERS = 3;

function checkOf(setting: Setting): OpCheck {
  const { position = 'hidden', layer = 1, pattern, p, lengths, extents, pass: branches = { branch: 0, cleanBranch: NO_BRANCH }, doubled, residual, half, uses, seed = 77, maskStep = 5, virtualTokens = 0, read } = setting;
  const B = lengths.length;
  const S = doubled ? 2 * B : B;
  const shape = [S, ...extents];
  const [R, D] = extents.length === 2 ? extents : [1, extents[0]];
  const T = read?.tokens ?? R - virtualTokens;
  const pass: Pass = { samples: B, ...branches };
  const compensation = setting.compensation ?? defaultCompensation(position, pattern);
  const rules: DropoutRules = { [position]: { p, pattern, compensation } };
  const scale = compensation === 'rescale' ? 1 / (1 - p) : 1;
  const factors = Float64Array.from({ length: S * R * D }, (_, i) => {
    const [channel, row, sample] = [i % D, (Math.floor(i / D) % R) - virtualTokens, Math.floor(i / (D * R))];
    const token = read?.row === 'last' ? lengths[sample % B] - 1 : row;
    const branch = pass.branch + Math.floor(sample / B);
    if (branch === pass.cleanBranch || token < 0) return 1;
    const at = { seed, step: maskStep, site: siteOf(position, layer, branch) };
    return keepToken(at, pattern, p, { sample: sample % B, token, channel }, { tokens: T, width: D, n: lengths[sample % B] }) ? scale : 0;
  });
  return {
    leaves: {
      x: activation(shape, normals(count(shape), 1)),
      lengths: input([B], lengths, 'u32'),
      spans: input([SLOT_LIMIT, B], packSpans({ rules, layers: LAYERS, step: 0 }, Uint32Array.from(lengths)), 'u32'),
      ...(residual && { residual: activation(shape, normals(count(shape), 2)) }),
    },
    record: (tape, { x, lengths: real, spans, residual: added }) => ({
      y: recordDropout(tape, 'dropout', x, { lengths: real, spans }, pass, { slot: slotOf(rules, position, layer, LAYERS), site: siteOf(position, layer, 0), pattern, compensation }, { residual: added, virtualTokens, read }),
    }),
    reference: ({ x, residual: added }) => ({ outputs: { y: x.map((value, i) => value * factors[i] + (added?.[i] ?? 0)) } }),
    step: { seed, maskStep, rules, layers: LAYERS },
    samples: S, gradientSamples: half ? B : S, uses,
    limit: 2e-7, // a product and a sum; the mask itself must be exact
  };
}

const run = (setting: Setting, launch = {}) => checkOp(checkOf(setting), launch);

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('dropout, %s', (_, launch) => {
  describe.each(PATTERNS)('%s', (pattern) => {
    it.each([0.1, 0.3, 0.9])('rate %d, rescaled and not', async (p) => {
      for (const compensation of ['rescale', 'none'] as const) await run({ pattern, compensation, p, lengths: [7, 4, 1], extents: [7, 5] }, launch);
    });

    // Widths that are no multiple of the four elements that share a hash, and more than one workgroup.
    it.each([{ extents: [1, 1], lengths: [1] }, { extents: [3, 33], lengths: [3, 1, 2, 3, 1] }, { extents: [33, 7], lengths: [33, 5] }])('$lengths.length samples of $extents', async ({ extents, lengths }) => {
      await run({ pattern, p: 0.3, extents, lengths }, launch);
    });

    it('adds the residual, and adds to gradients that are there', async () => {
      await run({ pattern, p: 0.3, lengths: [5, 2], extents: [5, 6], residual: true }, launch);
      await run({ pattern, p: 0.3, lengths: [5, 2], extents: [5, 6], residual: true, uses: 2 }, launch);
    });

    it('draws the passes of a doubled batch from their own branches', async () => {
      const setting: Setting = { pattern, p: 0.4, lengths: [6, 3, 5], extents: [6, 3], doubled: true };
      const { outputs: { y } } = await run(setting, launch);
      const { outputs: { y: half } } = await run({ ...setting, half: true, residual: true }, launch);
      expect(half.length).toBe(y.length);
      await run({ ...setting, pass: { branch: 0, cleanBranch: 1 } }, launch);
      await run({ ...setting, pass: { branch: 0, cleanBranch: 1 }, residual: true, half: true }, launch);
    });

    it('neither masks nor scales rows of virtual tokens', async () => {
      for (const virtualTokens of [1, 3]) {
        const setting: Setting = { pattern, p: 0.4, lengths: [5, 2], extents: [5 + virtualTokens, 3], virtualTokens };
        await run(setting, launch);
        await run({ ...setting, doubled: true, residual: true, uses: 2 }, launch);
        await run({ ...setting, doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 } }, launch);
      }
    });

    it('draws for the one row that is there as if all were', async () => {
      for (const row of ['first', 'last'] as const) {
        const setting: Setting = { pattern, p: 0.4, lengths: [6, 1, 3], extents: [5], read: { row, tokens: 6 } };
        await run(setting, launch);
        await run({ ...setting, extents: [33], residual: true, uses: 2 }, launch);
        await run({ ...setting, doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 } }, launch);
      }
    });

    it('draws a second pass by itself as branch 1', async () => {
      await run({ pattern, p: 0.4, lengths: [6, 3], extents: [6, 3], pass: { branch: 1, cleanBranch: NO_BRANCH } }, launch);
    });

    it('leaves every bit at a rate of 0', async () => {
      const check = checkOf({ pattern, p: 0, lengths: [5, 1], extents: [5, 7] });
      const { outputs } = await checkOp(check, launch);
      expect(outputs.y).toBeBitEqual(Float32Array.from(check.leaves.x.values));
    });
  });

  it('drops elements of the output representation', async () => {
    await run({ position: 'output', layer: 0, pattern: 'element', p: 0.3, lengths: [3, 1, 2], extents: [33] }, launch);
    await run({ position: 'output', layer: 0, pattern: 'element', p: 0.3, lengths: [3, 1, 2], extents: [5], doubled: true, half: true }, launch);
  });
});

it('draws other masks for another seed, step, layer and position', async () => {
  const base: Setting = { pattern: 'element', p: 0.5, lengths: [9], extents: [9, 8] };
  const variants: Partial<Setting>[] = [{}, { seed: 78 }, { maskStep: 6 }, { layer: 2 }, { position: 'ffn_inner' }, { pass: { branch: 1, cleanBranch: NO_BRANCH } }];
  const masks = await Promise.all(variants.map(async (variant) => (await run({ ...base, ...variant })).outputs.y.map((value) => Number(value !== 0)).join('')));
  expect(new Set(masks).size).toBe(variants.length);
});

it('is the input on average, with the spread of a fair draw', async () => {
  const p = 0.3;
  const elements = 64 * 1024;
  const check = checkOf({ pattern: 'element', p, lengths: [64], extents: [64, 1024], seed: STEP_DEFAULTS.seed });
  check.leaves.x = activation([1, 64, 1024], new Float32Array(elements).fill(1));
  // The differences of 65,536 elements say nothing new here.
  const { outputs: { y } } = await checkOp({ ...check, undifferentiated: ['y'], leaves: { ...check.leaves, x: input([1, 64, 1024], check.leaves.x.values) } });
  const mean = y.reduce((sum, value) => sum + value, 0) / elements;
  const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / elements;
  // Five standard deviations of the mean; the spread is √(p/(1−p)).
  expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(p / (1 - p) / elements));
  expect(Math.sqrt(variance)).toBeCloseTo(Math.sqrt(p / (1 - p)), 2);
});
