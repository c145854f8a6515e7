import { describe, expect, it } from 'vitest';
import { embeddingNoise } from '../random/noise';
import { activation, checkOp, input, type OpCheck } from './check';
import { recordEmbeddingNoise } from './embedding_noise';
import { NO_BRANCH, type Pass } from './site';
import { count, normals } from './testing/numbers';
import { launchName, PLAIN_LAUNCHES } from './testing/page';

interface Setting {
  /** Real tokens of each of the B samples. */
  lengths: number[];
  /** T and D. */
  extents: [number, number];
  alpha?: number;
  pass?: Omit<Pass, 'samples'>;
  doubled?: boolean;
  /** Only the first of two passes is differentiated. */
  half?: boolean;
  uses?: 1 | 2;
  seed?: number;
  maskStep?: number;
  /** Instead of normal numbers: shows the noise alone. */
  zero?: boolean;
}

function checkOf({ lengths, extents: [tokens, width], alpha = 5, pass: branches = { branch: 0, cleanBranch: NO_BRANCH }, doubled, half, uses, seed = 0xfffffff1, maskStep = 70_000, zero }: Setting): OpCheck {
  const B = lengths.length;
  const shape = [doubled ? 2 * B : B, tokens, width];
  const pass: Pass = { samples: B, ...branches };
  const noise = Float64Array.from({ length: count(shape) }, (_, i) => {
    const [channel, token, row] = [i % width, Math.floor(i / width) % tokens, Math.floor(i / (width * tokens))];
    const branch = pass.branch + Math.floor(row / B);
    if (branch === pass.cleanBranch) return 0;
    return embeddingNoise({ seed, step: maskStep, branch }, alpha, { sample: row % B, token, channel }, { tokens, width, n: lengths[row % B] });
  });
  return {
    leaves: { x: activation(shape, zero ? new Float32Array(count(shape)) : normals(count(shape), 1)), lengths: input([B], lengths, 'u32') },
    record: (tape, { x, lengths: real }) => ({ y: recordEmbeddingNoise(tape, 'noise', x, { lengths: real }, pass) }),
    reference: ({ x }) => ({ outputs: { y: x.map((value, i) => value + noise[i]) } }),
    step: { seed, maskStep, neftune: alpha },
    samples: shape[0], gradientSamples: half ? B : shape[0], uses,
    limit: 5e-7, // an inverse root of a few units in the last place, a product and a sum
    floor: zero ? 0 : undefined,
  };
}

const run = (setting: Setting, launch = {}) => checkOp(checkOf(setting), launch);

describe.each(PLAIN_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('embedding_noise, %s', (_, launch) => {
  // Widths that are no multiple of the four elements that share a hash, rows without padding, one token, more than one workgroup.
  it.each<Setting>([{ lengths: [1], extents: [1, 1] }, { lengths: [7, 4, 1], extents: [7, 5] }, { lengths: [3, 1, 2, 3, 1], extents: [3, 33] }, { lengths: [20, 9], extents: [33, 7] }])('$lengths tokens in $extents', async (setting) => {
    await run(setting, launch);
    await run({ ...setting, uses: 2 }, launch);
    // The noise alone, which its sum with an embedding would round.
    await run({ ...setting, zero: true }, launch);
  });

  it('draws the passes of a doubled batch from their own branches, and none for a clean one', async () => {
    const setting: Setting = { lengths: [6, 3, 5], extents: [6, 3], doubled: true, zero: true };
    const { outputs: { y } } = await run(setting, launch);
    expect(y.slice(0, y.length / 2)).not.toEqual(y.slice(y.length / 2));
    const { outputs: { y: half } } = await run({ ...setting, half: true, pass: { branch: 0, cleanBranch: 1 } }, launch);
    expect(half.slice(0, y.length / 2)).toEqual(y.slice(0, y.length / 2));
    expect(half.slice(y.length / 2).every((value) => value === 0)).toBe(true);
    // A second pass by itself.
    const { outputs: { y: second } } = await run({ ...setting, doubled: false, pass: { branch: 1, cleanBranch: NO_BRANCH } }, launch);
    expect(second).toEqual(y.slice(y.length / 2));
  });

  it('leaves every bit at α = 0, and at padded tokens', async () => {
    for (const alpha of [0, 5]) {
      const check = checkOf({ lengths: [5, 1], extents: [5, 7], alpha });
      const { outputs: { y } } = await checkOp(check, launch);
      const [from, given] = [alpha === 0 ? 0 : 6 * 7, Float32Array.from(check.leaves.x.values)];
      expect(y.slice(from)).toEqual(given.slice(from));
    }
  });
});

