import { describe, expect, it } from 'vitest';
import { activation, checkOp, input, type OpCheck } from './check';
import { recordConsistency } from './consistency';
import { recordCrossEntropy } from './cross_entropy';
import { normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

const KINDS = ['kl', 'js_paper', 'jsd', 'mse'] as const;
type Kind = (typeof KINDS)[number];

function logSoftmax(z: Float64Array): Float64Array {
  const highest = Math.max(...z);
  const logSum = highest + Math.log(z.reduce((sum, value) => sum + Math.exp(value - highest), 0));
  return z.map((value) => value - logSum);
}

/** Σ p·(log p − log q). */
const divergence = (p: Float64Array, q: Float64Array) => p.reduce((sum, value, c) => sum + Math.exp(value) * (value - q[c]), 0);

/** By definition, from the logarithms: the kernel goes other ways. */
function distance(kind: Kind, z1: Float64Array, z2: Float64Array): number {
  if (kind === 'mse') return z1.reduce((sum, value, c) => sum + (value - z2[c]) ** 2, 0) / z1.length;
  const [p, q] = [logSoftmax(z1), logSoftmax(z2)];
  if (kind === 'js_paper') return divergence(p, q);
  if (kind === 'kl') return 0.5 * (divergence(p, q) + divergence(q, p));
  const mean = p.map((value, c) => {
    const larger = Math.max(value, q[c]);
    return larger + Math.log1p(Math.exp(-Math.abs(value - q[c]))) - Math.LN2;
  });
  return 0.5 * (divergence(p, mean) + divergence(q, mean));
}

const ALPHA = 1.7;

/** Gradients are differences of log-ratios, which are as large as 80 in the spiky rows: a few roundings of 80 · 6e-8 each are left. */
const SPIKY = 2e-5;

/** Two tensors of N rows. */
function separate(kind: Kind, N: number, C: number, z1: ArrayLike<number>, z2: ArrayLike<number>, both: boolean, more: { labels?: number[]; uses?: 1 | 2; alpha?: number; gradientLimit?: number } = {}): OpCheck {
  const { labels, alpha = ALPHA } = more;
  const countedRows = labels ? labels.filter((label) => label >= 0).length : N;
  return {
    leaves: { z1: activation([N, C], z1), z2: (both ? activation : input)([N, C], z2), ...(labels && { labels: input([N], labels, 'i32') }) },
    record: (tape, leaves) => ({ values: recordConsistency(tape, 'distance', leaves.z1, leaves.z2, leaves.labels, { kind, count: N, firstRow: 0, secondRow: 0, both }) }),
    reference: (given) => {
      const row = (z: Float64Array, n: number) => z.subarray(n * C, (n + 1) * C);
      const values = Float64Array.from({ length: N }, (_, n) => (labels && labels[n] < 0 ? 0 : distance(kind, row(given.z1, n), row(given.z2, n))));
      return { outputs: { values }, objective: (alpha / countedRows) * values.reduce((sum, value) => sum + value, 0) };
    },
    step: { alpha, countedRows }, uses: more.uses,
    // Sums over up to 33 classes of exponentials and logarithms.
    limit: 2e-6,
    gradientLimit: more.gradientLimit,
  };
}

const golden = { z1: [2, -1, 0.5], z2: [1, 0, -0.5] };

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('consistency, %s', (_, launch) => {
  describe.each(KINDS)('%s', (kind) => {
    // The paper's measure always has a clean second pass, which is not differentiated.
    const both = kind !== 'js_paper';

    it.each([{ N: 1, C: 2 }, { N: 5, C: 3 }, { N: 65, C: 2 }, { N: 3, C: 33 }])('$N rows, $C classes', async ({ N, C }) => {
      await checkOp(separate(kind, N, C, normals(N * C, 1), normals(N * C, 2), false), launch);
      await checkOp(separate(kind, N, C, spiky(N * C, 3), spiky(N * C, 4), both, { uses: 2, gradientLimit: SPIKY }), launch);
    });

    it('leaves out rows whose label does not count', async () => {
      const { outputs, gradients } = await checkOp(separate(kind, 3, 4, normals(12, 1), normals(12, 2), both, { labels: [1, -100, 0] }), launch);
      expect(outputs.values[1]).toBe(0);
      expect([...gradients.z1.slice(4, 8)].map(Math.abs)).toEqual([0, 0, 0, 0]);
    });
  });
});

describe('worked values', () => {
  const of = (kind: Kind, both = true) => checkOp(separate(kind, 1, 3, golden.z1, golden.z2, both, { alpha: 1 }));

  // Six digits are printed in the specification.
  it.each([
    { kind: 'kl' as const, value: 0.192111, first: [0.109259, -0.133638, 0.024379], second: [-0.223864, 0.273815, -0.049951] },
    { kind: 'jsd' as const, value: 0.043162, first: [0.02067, -0.025282, 0.004612], second: [-0.047567, 0.058181, -0.010614] },
    { kind: 'js_paper' as const, value: 0.144832, first: [0.061453, -0.075166, 0.013712], second: undefined },
  ])('$kind', async ({ kind, value, first, second }) => {
    const { outputs, gradients } = await of(kind, second !== undefined);
    expect(Math.abs(outputs.values[0] - value)).toBeLessThan(1e-6);
    first.forEach((slope, c) => expect(Math.abs(gradients.z1[c] - slope)).toBeLessThan(1e-6));
    second?.forEach((slope, c) => expect(Math.abs(gradients.z2[c] - slope)).toBeLessThan(1e-6));
  });
});

describe.each(['kl', 'jsd', 'js_paper'] as const)('invariants of %s', (kind) => {
  const both = kind !== 'js_paper';
  const [N, C] = [4, 5];
  // Multiples of 1/64, so that adding 1000 rounds nothing.
  const coarse = (seed: number) => normals(N * C, seed).map((value) => Math.round(value * 64) / 64);

  it('does not see a shift of all logits of a row', async () => {
    const plain = await checkOp(separate(kind, N, C, coarse(1), coarse(2), both));
    const moved = await checkOp(separate(kind, N, C, coarse(1).map((value) => value + 1000), coarse(2).map((value) => value - 1000), both));
    expect(moved.outputs.values).toBeBitEqual(plain.outputs.values);
    expect(moved.gradients.z1).toBeBitEqual(plain.gradients.z1);
  });

  it('has gradients that sum to 0 over the classes', async () => {
    const { gradients } = await checkOp(separate(kind, N, C, normals(N * C, 1), normals(N * C, 2), both));
    for (const gradient of Object.values(gradients)) {
      for (let n = 0; n < N; n++) expect(Math.abs(gradient.slice(n * C, (n + 1) * C).reduce((a, b) => a + b, 0))).toBeLessThan(2e-7);
    }
  });

  it('is 0, with gradient 0, for equal passes', async () => {
    const z = normals(N * C, 1);
    const { outputs, gradients } = await checkOp(separate(kind, N, C, z, z, both));
    for (const value of outputs.values) expect(Math.abs(value)).toBeLessThan(1e-7);
    for (const value of gradients.z1) expect(Math.abs(value)).toBeLessThan(1e-7);
  });
});

it.each(['kl', 'jsd'] as const)('%s is symmetric', async (kind) => {
  const there = await checkOp(separate(kind, 4, 5, normals(20, 1), normals(20, 2), true));
  const back = await checkOp(separate(kind, 4, 5, normals(20, 2), normals(20, 1), true));
  expect(back.outputs.values).toBeNear(there.outputs.values, 2e-6); // the roundings of either
  expect(back.gradients.z1).toBeNear(there.gradients.z2, 2e-6);
});

it('stays finite for passes that are sure of different classes', async () => {
  for (const kind of KINDS) {
    const { outputs } = await checkOp(separate(kind, 1, 2, [60, -60], [-60, 60], kind !== 'js_paper'));
    if (kind === 'jsd') expect(outputs.values[0]).toBeCloseTo(Math.LN2, 6);
    if (kind === 'kl') expect(outputs.values[0]).toBeCloseTo(120, 4);
  }
});

// In a doubled batch the two passes are the halves of one tensor, and the cross-entropy writes the gradient first.
describe.each([true, false])('in a doubled batch, both passes differentiated: %s', (both) => {
  it.each(KINDS.filter((kind) => kind !== 'js_paper' || !both))('%s', async (kind) => {
    const [B, C] = [3, 4];
    const labels = [0, 3, 1];
    const weight = both ? 0.5 : 1;
    const { gradients } = await checkOp({
      leaves: { z: activation([2 * B, C], normals(2 * B * C, 1)), labels: input([B], labels, 'i32') },
      record: (tape, leaves) => {
        const values = recordConsistency(tape, 'distance', leaves.z, leaves.z, undefined, { kind, count: B, firstRow: 0, secondRow: B, both });
        return { values, losses: recordCrossEntropy(tape, 'loss', leaves.z, leaves.labels, weight) };
      },
      reference: ({ z }, base) => {
        const row = (of: Float64Array, n: number) => of.subarray(n * C, (n + 1) * C);
        // A pass that is not differentiated is taken from the base.
        const values = Float64Array.from({ length: B }, (_, n) => distance(kind, row(z, n), row(both ? z : base.z, B + n)));
        const losses = Float64Array.from({ length: 2 * B }, (_, n) => -logSoftmax(row(z, n))[labels[n % B]]);
        const sum = (of: Float64Array) => of.reduce((total, value) => total + value, 0);
        return { outputs: { values, losses }, objective: (weight * sum(losses.subarray(0, both ? 2 * B : B)) + ALPHA * sum(values)) / B };
      },
      step: { alpha: ALPHA, countedRows: B }, samples: 2 * B, gradientSamples: both ? 2 * B : B, limit: 3e-6,
    });
    expect(gradients.z.length).toBe((both ? 2 : 1) * B * C);
  });
});

it('refuses more rows than there are', async () => {
  const check = separate('kl', 2, 3, normals(6, 1), normals(6, 2), false);
  await expect(checkOp({ ...check, record: (tape, { z1, z2 }) => ({ values: recordConsistency(tape, 'distance', z1, z2, undefined, { kind: 'kl', count: 2, firstRow: 1, secondRow: 0, both: false }) }) }))
    .rejects.toThrow(/compares 2 rows from row 1 of 2/);
});
