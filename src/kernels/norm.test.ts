import { describe, expect, it } from 'vitest';
import { activation, checkOp, type OpCheck, parameter, type Values, weight } from './check';
import { recordLayerNorm, recordRmsNorm } from './norm';
import { count, normals, spiky } from './testing/numbers';
import { launchName, ROW_LAUNCHES } from './testing/page';

/** Each group of γ's length: (x − μ)/√(variance + ε)·γ + β, or without `beta` x/√(mean of squares + ε)·γ. */
function reference({ x, gamma, beta }: Values, epsilon: number) {
  const C = gamma.length;
  const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / C;
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += C) {
    const group = x.subarray(start, start + C);
    const mean = beta ? meanOf(group) : 0;
    const root = Math.sqrt(meanOf(group.map((value) => (value - mean) ** 2)) + epsilon);
    group.forEach((value, c) => { y[start + c] = ((value - mean) / root) * gamma[c] + (beta ? beta[c] : 0); });
  }
  return { outputs: { y } };
}

interface Setting {
  values?: ArrayLike<number>;
  gamma?: typeof parameter;
  beta?: typeof parameter;
  epsilon?: number;
}

const LIMIT = 2e-6; // sums over up to 65 channels or rows, and a square root

function layerNorm(shape: number[], { values = normals(count(shape), 1), gamma = parameter, beta = parameter, epsilon = 1e-12 /* BERT's */ }: Setting = {}): OpCheck {
  const C = shape.at(-1)!;
  return {
    leaves: { x: activation(shape, values), gamma: gamma([C], normals(C, 5).map((value) => 1 + 0.3 * value)), beta: beta([C], normals(C, 6)) },
    record: (tape, leaves) => ({ y: recordLayerNorm(tape, 'norm', leaves.x, leaves.gamma, leaves.beta, epsilon) }),
    reference: (given) => reference(given, epsilon),
    parts: { x: count(shape) / C },
    limit: LIMIT,
  };
}

/** In groups of C. */
function rmsNorm(shape: number[], C: number, { values = normals(count(shape), 1), gamma = parameter, epsilon = 1e-6 /* Llama's */ }: Setting = {}): OpCheck {
  return {
    leaves: { x: activation(shape, values), gamma: gamma([C], normals(C, 5).map((value) => 1 + 0.3 * value)) },
    record: (tape, leaves) => ({ y: recordRmsNorm(tape, 'norm', leaves.x, leaves.gamma, epsilon) }),
    reference: (given) => reference(given, epsilon),
    parts: { x: count(shape) / C },
    limit: LIMIT,
  };
}

describe.each(ROW_LAUNCHES.map((launch) => [launchName(launch), launch] as const))('%s', (_, launch) => {
  it.each([{ shape: [1, 3] }, { shape: [3, 5] }, { shape: [7, 33] }, { shape: [65, 7] }, { shape: [2, 65] }, { shape: [2, 3, 5] }])('layer norm of $shape', async ({ shape }) => {
    await checkOp(layerNorm(shape), launch);
    await checkOp({ ...layerNorm(shape, { values: spiky(count(shape), 2) }), uses: 2 }, launch);
  });

  // The last two normalise each head of a row by itself.
  it.each([{ shape: [1, 3], C: 3 }, { shape: [7, 33], C: 33 }, { shape: [65, 7], C: 7 }, { shape: [2, 65], C: 65 }, { shape: [2, 3, 15], C: 5 }, { shape: [3, 1, 14], C: 7 }])('root mean square of $shape in groups of $C', async ({ shape, C }) => {
    await checkOp(rmsNorm(shape, C), launch);
    await checkOp({ ...rmsNorm(shape, C, { values: spiky(count(shape), 2) }), uses: 2 }, launch);
  });
});

describe('layer norm', () => {
  it('trains shift or scale alone where a method wants that', async () => {
    const values = spiky(165, 1);
    for (const launch of [{}, { profile: 'gpu' as const }]) {
      expect(Object.keys((await checkOp({ ...layerNorm([33, 5], { values, gamma: weight }), uses: 2 }, launch)).gradients)).toEqual(['x', 'beta']);
      expect(Object.keys((await checkOp({ ...layerNorm([33, 5], { values, beta: weight }), uses: 2 }, launch)).gradients)).toEqual(['x', 'gamma']);
    }
  });

  it('gives a frozen scale and shift no gradient', async () => {
    expect(Object.keys((await checkOp(layerNorm([3, 5], { gamma: weight, beta: weight }))).gradients)).toEqual(['x']);
  });

  it('gives the shift, and no gradient, where there is one channel', async () => {
    const { gradients } = await checkOp(layerNorm([3, 1]));
    expect([...gradients.x]).toEqual([0, 0, 0]);
  });

  it('keeps its precision far from zero', async () => {
    // x − μ loses what x's own rounding is: 6e-8 · 1000 of a deviation of 1.
    await checkOp({ ...layerNorm([3, 33], { values: normals(99, 7).map((value) => 1000 + value) }), limit: 1e-4 });
  });
});

describe('root mean square', () => {
  it('gives a frozen scale no gradient', async () => {
    expect(Object.keys((await checkOp(rmsNorm([3, 5], 5, { gamma: weight }))).gradients)).toEqual(['x']);
  });

  it('stays finite for a row of zeros', async () => {
    const { outputs } = await checkOp(rmsNorm([2, 3], 3, { values: [0, 0, 0, 1, 2, 3], gamma: weight, epsilon: 0.01 })); // an ε that differences can follow
    expect([...outputs.y.slice(0, 3)]).toEqual([0, 0, 0]);
  });
});
