import { describe, expect, it } from 'vitest';
import { activation, checkOp, input, type OpCheck } from './check';
import { recordCrossEntropy } from './cross_entropy';
import { normals, spiky, wholes } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

interface Setting { B: number; C: number; z: ArrayLike<number>; labels: number[]; smoothing?: number; weight?: number; doubled?: boolean; half?: boolean; uses?: 1 | 2 }

function checkOf({ B, C, z, labels, smoothing = 0, weight = 1, doubled = false, half, uses }: Setting): OpCheck {
  const N = doubled ? 2 * B : B;
  const countedRows = labels.filter((label) => label >= 0).length;
  return {
    leaves: { z: activation([N, C], z), labels: input([B], labels, 'i32') },
    record: (tape, leaves) => ({ losses: recordCrossEntropy(tape, 'loss', leaves.z, leaves.labels, weight) }),
    reference: ({ z: logits }) => {
      const losses = new Float64Array(N);
      for (let row = 0; row < N; row++) {
        const label = labels[row % B];
        if (label < 0) continue;
        const of = logits.subarray(row * C, (row + 1) * C);
        const highest = Math.max(...of);
        const logSum = highest + Math.log(of.reduce((sum, value) => sum + Math.exp(value - highest), 0));
        losses[row] = (1 - smoothing) * (logSum - of[label]) + (smoothing / C) * of.reduce((sum, value) => sum + logSum - value, 0);
      }
      const counted = losses.subarray(0, half ? B : N);
      return { outputs: { losses }, objective: (weight / countedRows) * counted.reduce((sum, value) => sum + value, 0) };
    },
    step: { smoothing, countedRows },
    samples: N, gradientSamples: half ? B : N, uses,
    limit: 2e-6, // exponentials, a logarithm and sums over up to 65 classes
  };
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('cross_entropy, %s', (_, launch) => {
  it.each([{ B: 1, C: 2 }, { B: 5, C: 3 }, { B: 65, C: 2 }, { B: 7, C: 33 }])('$B rows, $C classes', async ({ B, C }) => {
    const labels = wholes(B, C, 3);
    await checkOp(checkOf({ B, C, z: normals(B * C, 1), labels }), launch);
    await checkOp(checkOf({ B, C, z: spiky(B * C, 2), labels, smoothing: 0.1, uses: 2 }), launch);
  });

  it('skips rows with a negative label, with zero as loss and gradient', async () => {
    const { outputs, gradients } = await checkOp(checkOf({ B: 4, C: 3, z: normals(12, 1), labels: [2, -1, -100, 0], smoothing: 0.2 }), launch);
    expect([...outputs.losses.slice(1, 3)]).toEqual([0, 0]);
    expect([...gradients.z.slice(3, 9)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('covers both halves of a doubled batch, or differentiates the first', async () => {
    await checkOp(checkOf({ B: 3, C: 5, z: normals(30, 1), labels: [4, 0, 2], doubled: true, weight: 0.5 }), launch);
    await checkOp(checkOf({ B: 3, C: 5, z: normals(30, 1), labels: [4, 0, 2], doubled: true, half: true }), launch);
  });
});

it('does not change when all logits move together, and its gradients sum to 0', async () => {
  const z = normals(15, 4).map((value) => Math.round(value * 64) / 64); // exact after adding 1000
  const labels = [0, 1, 2];
  const plain = await checkOp(checkOf({ B: 3, C: 5, z, labels, smoothing: 0.1 }));
  const moved = await checkOp(checkOf({ B: 3, C: 5, z: z.map((value) => value + 1000), labels, smoothing: 0.1 }));
  expect(moved.outputs.losses).toBeBitEqual(plain.outputs.losses);
  expect(moved.gradients.z).toBeBitEqual(plain.gradients.z);
  for (let row = 0; row < 3; row++) expect(Math.abs(plain.gradients.z.slice(row * 5, row * 5 + 5).reduce((a, b) => a + b, 0))).toBeLessThan(1e-7);
});

it('stays finite where the right class is hopeless', async () => {
  const { outputs } = await checkOp(checkOf({ B: 1, C: 2, z: [200, -200], labels: [1] }));
  expect(outputs.losses[0]).toBe(400);
});
