import { describe, expect, it } from 'vitest';
import { WEIGHT_FORMATS, type WeightFormat } from '../config/weightFormats';
import { activation, checkOp, type Leaf, parameter, weight } from './check';
import { recordAttentionLogits, recordAttentionMix, recordLinear } from './matmul';
import { count, normals, spiky } from './testing/numbers';
import { type Launch, launchName } from './testing/page';

/** A register tile of one invocation and of several, workgroup tiles narrow, wide, shallow and deep, and what the profiles choose. */
const LAUNCHES: Launch[] = [
  { tile: { wx: 1, wy: 1, k: 0 } }, { profile: 'gpu', tile: { wx: 2, wy: 2, k: 0 } }, { tile: { wx: 4, wy: 2, k: 0 } }, {}, { minimal: true },
  { profile: 'gpu', tile: { wx: 1, wy: 1, k: 4 } }, { profile: 'gpu', tile: { wx: 4, wy: 2, k: 3 } }, { profile: 'gpu', tile: { wx: 2, wy: 4, k: 16 } },
  { profile: 'gpu', tile: { wx: 2, wy: 1, k: 5, rowBlocks: 2 } }, { profile: 'gpu', tile: { wx: 1, wy: 2, k: 8, columnBlocks: 2 } }, { profile: 'gpu', tile: { wx: 2, wy: 2, k: 4, rowBlocks: 2, columnBlocks: 2 } },
  { profile: 'gpu' }, { profile: 'gpu', minimal: true, tile: { wx: 2, wy: 4, k: 16 } },
];

const PACKED = WEIGHT_FORMATS.filter((format) => format !== 'f32');

/**
 * One of each kind, with every format where the kind's reading of weights is its own, and with the one that takes most arithmetic where only the
 * tile or the device is another: what differs in how a weight is read, or where its block begins, is the kind of kernel and not its extent.
 */
const KINDS: [Launch, WeightFormat[]][] = [
  [{}, PACKED], [{ minimal: true }, ['nf4']],
  [{ profile: 'gpu', tile: { wx: 2, wy: 4, k: 16 } }, PACKED], [{ profile: 'gpu', tile: { wx: 2, wy: 2, k: 4, rowBlocks: 2, columnBlocks: 2 } }, ['nf4']], [{ profile: 'gpu', minimal: true, tile: { wx: 2, wy: 4, k: 16 } }, ['nf4']],
];

/** Rounding of up to 67 products and their sum. */
const LIMIT = 2e-6;

interface Linear {
  /** Shape of x without its channels. */
  rows: number[];
  K: number;
  N: number;
  biased?: boolean;
  scale?: number;
  /** Adds to what is there, as the low-rank branch of LoRA does. */
  into?: boolean;
  uses?: 1 | 2;
  values?: (count: number, seed: number) => Float32Array;
  frozen?: boolean;
  /** The weight is stored (K,N). */
  transposed?: boolean;
  /** Frozen, and held so. */
  format?: WeightFormat;
}

function linear({ rows, K, N, biased, scale, into, uses, values = normals, frozen, transposed, format }: Linear, launch: Launch) {
  const R = count(rows);
  const trained = frozen ? weight : parameter;
  const leaves: Record<string, Leaf> = { x: activation([...rows, K], values(R * K, 1)), weight: format ? weight(transposed ? [K, N] : [N, K], values(N * K, 2), format) : trained(transposed ? [K, N] : [N, K], values(N * K, 2)) };
  if (biased) leaves.bias = trained([N], normals(N, 3));
  if (into) leaves.before = activation([...rows, N], normals(R * N, 4));
  return checkOp({
    leaves,
    record: (tape, { x, weight: w, bias, before }) => ({ y: recordLinear(tape, 'linear', x, w, { bias, scale, into: before, transposed }) }),
    reference: ({ x, weight: w, bias, before }) => {
      const y = new Float64Array(R * N);
      for (let row = 0; row < R; row++) {
        for (let n = 0; n < N; n++) {
          let sum = 0;
          for (let k = 0; k < K; k++) sum += x[row * K + k] * (transposed ? w[k * N + n] : w[n * K + k]);
          y[row * N + n] = (scale ?? 1) * sum + (bias?.[n] ?? 0) + (before?.[row * N + n] ?? 0);
        }
      }
      return { outputs: { y } };
    },
    uses, limit: LIMIT,
  }, launch);
}

interface Heads { S: number; Tq: number; Tk: number; H: number; G: number; d: number; single?: boolean }

/** Visits every product of attention: where it lies in a (S,H,Tq,Tk) square, in the queries' (S,Tq,H·d) and in the keys' (S,Tk,G·d). */
function eachProduct({ S, Tq, Tk, H, G, d }: Heads, visit: (square: number, query: number, key: number) => void): void {
  for (let s = 0; s < S; s++) for (let h = 0; h < H; h++) for (let i = 0; i < Tq; i++) for (let j = 0; j < Tk; j++) for (let c = 0; c < d; c++) {
    visit(((s * H + h) * Tq + i) * Tk + j, (s * Tq + i) * H * d + h * d + c, (s * Tk + j) * G * d + Math.floor((h * G) / H) * d + c);
  }
}

function logits(sizes: Heads, more: { uses?: 1 | 2; gradientSamples?: number }, launch: Launch) {
  const { S, Tq, Tk, H, G, d, single } = sizes;
  return checkOp({
    leaves: { q: activation(single ? [S, H * d] : [S, Tq, H * d], normals(S * Tq * H * d, 1)), k: activation([S, Tk, G * d], spiky(S * Tk * G * d, 2)) },
    record: (tape, { q, k }) => ({ g: recordAttentionLogits(tape, 'logits', q, k, H) }),
    reference: ({ q, k }) => {
      const g = new Float64Array(S * H * Tq * Tk);
      eachProduct(sizes, (square, query, key) => { g[square] += (q[query] * k[key]) / Math.sqrt(d); });
      return { outputs: { g } };
    },
    samples: S, limit: LIMIT, ...more,
  }, launch);
}

function mix(sizes: Heads, more: { uses?: 1 | 2; gradientSamples?: number }, launch: Launch) {
  const { S, Tq, Tk, H, G, d, single } = sizes;
  return checkOp({
    leaves: { w: activation([S, H, Tq, Tk], spiky(S * H * Tq * Tk, 3)), v: activation([S, Tk, G * d], normals(S * Tk * G * d, 4)) },
    record: (tape, { w, v }) => ({ o: recordAttentionMix(tape, 'mix', w, v, H, { keyValueHeads: G, single }) }),
    reference: ({ w, v }) => {
      const o = new Float64Array(S * Tq * H * d);
      eachProduct(sizes, (square, query, key) => { o[query] += w[square] * v[key]; });
      return { outputs: { o } };
    },
    samples: S, limit: LIMIT, ...more,
  }, launch);
}

describe.each(LAUNCHES.map((launch) => [launchName(launch), launch] as const))('products, %s', (_, launch) => {
  // Around the edges of tiles of 4, 8, 16 and 32, and one of everything.
  it.each<Linear>([
    { rows: [1], K: 1, N: 1 }, { rows: [3], K: 5, N: 7, biased: true }, { rows: [2, 5], K: 9, N: 3, biased: true, scale: 2.5 },
    { rows: [33], K: 7, N: 5, scale: -0.5 }, { rows: [5], K: 33, N: 17, biased: true },
  ])('linear $rows × $K → $N', async (shape) => {
    await linear(shape, launch);
    await linear({ ...shape, values: spiky, uses: 2 }, launch);
  });

  it('linear with a weight that is stored transposed', async () => {
    await linear({ rows: [3, 3], K: 5, N: 9, biased: true, transposed: true }, launch);
    await linear({ rows: [2], K: 17, N: 4, transposed: true, uses: 2, scale: -2 }, launch);
  });

  it('linear adds to what is there', async () => {
    await linear({ rows: [3, 5], K: 3, N: 9, into: true, scale: 4 }, launch);
  });

  // G key/value heads for H query heads; Tk keys for Tq queries, more where a prefix stands in front.
  it.each<Heads>([
    { S: 1, Tq: 1, Tk: 1, H: 1, G: 1, d: 1 }, { S: 3, Tq: 5, Tk: 5, H: 2, G: 2, d: 3 }, { S: 2, Tq: 9, Tk: 9, H: 3, G: 3, d: 5 },
    { S: 2, Tq: 3, Tk: 5, H: 2, G: 2, d: 3 }, { S: 2, Tq: 4, Tk: 4, H: 6, G: 2, d: 2 }, { S: 1, Tq: 3, Tk: 7, H: 3, G: 1, d: 4 },
    // One query a sample, as a head of classes asks.
    { S: 3, Tq: 1, Tk: 5, H: 4, G: 2, d: 3, single: true },
  ])('attention of $S samples, $Tq queries, $Tk keys, $H heads of $d, $G for keys', async (sizes) => {
    for (const uses of [1, 2] as const) {
      await logits(sizes, { uses }, launch);
      await mix(sizes, { uses }, launch);
    }
  });
});

describe.each(KINDS.map(([launch, formats]) => [launchName(launch), launch, formats] as const))('weights as they are held, %s', (_, launch, formats) => {
  // Odd widths, so that rows begin in the middle of a word or of a block, a number of values that fills none, and one value.
  it.each(formats)('linear with frozen weights in %s, forwards and towards its input', async (format) => {
    await linear({ rows: [1], K: 1, N: 1, format }, launch);
    for (const transposed of [false, true]) {
      await linear({ rows: [3], K: 7, N: 5, biased: true, scale: 1.5, format, transposed }, launch);
      await linear({ rows: [2], K: transposed ? 3 : 67, N: transposed ? 67 : 3, values: spiky, uses: 2, format, transposed }, launch);
    }
  });

  it('linear with a frozen weight in blocks of rows', async () => {
    for (const transposed of [false, true]) {
      for (const format of ['f32', ...formats] as const) {
        // Blocks of two rows, the last of which has one: of 32 values each, so that none begins in the middle of what is packed.
        const [K, N] = transposed ? [5, 32] : [32, 5];
        await linear({ rows: [3], K, N, biased: true, scale: -0.5, format, transposed, into: format !== 'f32' }, { ...launch, largestBuffer: 1 });
      }
    }
  });
});

// The profiles' own choice of tile changes with the size; differences of so many elements would say nothing new, so two of three extents are small.
it.each([{ profile: 'software' }, { profile: 'gpu' }] as const)('large products, $profile', async (launch) => {
  await linear({ rows: [65], K: 2, N: 35 }, launch);
  await linear({ rows: [2], K: 65, N: 3 }, launch);
});

describe('the gradients of a doubled batch whose second half is not differentiated', () => {
  it.each([{ profile: 'software' }, { profile: 'gpu' }] as const)('$profile', async (launch) => {
    const [B, T, K, N] = [2, 3, 5, 4];
    const product = (x: Float64Array, w: Float64Array) => {
      const y = new Float64Array((x.length / K) * N);
      y.forEach((_, i) => { for (let k = 0; k < K; k++) y[i] += x[Math.floor(i / N) * K + k] * w[(i % N) * K + k]; });
      return y;
    };
    await checkOp({
      leaves: { x: activation([2 * B, T, K], normals(2 * B * T * K, 1)), w: parameter([N, K], normals(N * K, 2)), bias: parameter([N], normals(N, 3)) },
      record: (tape, { x, w, bias }) => ({ y: recordLinear(tape, 'linear', x, w, { bias }) }),
      reference: ({ x, w, bias }) => ({ outputs: { y: product(x, w).map((value, i) => value + bias[i % N]) } }),
      samples: 2 * B, gradientSamples: B, limit: LIMIT,
    }, launch);
    const sizes = { S: 2 * B, Tq: T, Tk: T, H: 2, G: 2, d: K };
    await logits(sizes, { gradientSamples: B }, launch);
    await mix(sizes, { gradientSamples: B }, launch);
    await logits({ ...sizes, G: 1 }, { gradientSamples: B }, launch);
    await mix({ ...sizes, G: 1 }, { gradientSamples: B }, launch);
  });
});

it('gives a frozen layer no gradient, and refuses extents that do not fit', async () => {
  const { gradients } = await linear({ rows: [2], K: 3, N: 4, biased: true, frozen: true }, {});
  expect(Object.keys(gradients)).toEqual(['x']);
  await expect(checkOp({
    leaves: { x: activation([2, 3], normals(6, 1)), w: weight([2, 4], normals(8, 2)) },
    record: (tape, { x, w }) => ({ y: recordLinear(tape, 'layer 3 q', x, w) }),
    reference: () => ({ outputs: {} }),
    limit: 0,
  })).rejects.toThrow(/layer 3 q multiplies 3 channels with a weight of 4/);
});
