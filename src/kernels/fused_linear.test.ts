/** Linear layers with what goes with them agree with the simple kernels. */
import { describe, it } from 'vitest';
import type { DataType } from '../graph/tensor';
import { type ActivationKind, recordActivation } from './activation';
import { activation, checkFused, type Leaf, parameter, weight } from './check';
import { fusedLinears } from './fused_linear';
import { recordLinear } from './matmul';
import { normals } from './testing/numbers';
import type { Launch } from './testing/page';

const LIMIT = 3e-6; // sums of up to 67 products in two orders
const FUSED = fusedLinears.name;

const leaf = (shape: [number, number], seed: number, kind: typeof parameter | typeof activation) => kind(shape, normals(shape[0] * shape[1], seed, 0.5));

/** Two layers with branches and one without, of one input or of two. */
function branches({ rows, K, N, r, apart, launch = {}, half, uses }: { rows: number; K: number; N: number; r: number; apart?: boolean; launch?: Launch; half?: boolean; uses?: 1 | 2 }): Promise<void> {
  const leaves: Record<string, Leaf> = {
    x: leaf([rows, K], 1, activation), w: weight([N, K], normals(N * K, 2)), w2: weight([K, N + 1], normals(K * (N + 1), 3)), w3: weight([N, K], normals(N * K, 4)), bias: weight([N], normals(N, 5)),
    a: leaf([r, K], 6, parameter), b: leaf([N, r], 7, parameter), a2: leaf([r + 1, K], 8, parameter), b2: leaf([N + 1, r + 1], 9, parameter),
  };
  if (apart) leaves.dropped = leaf([rows, K], 10, activation);
  return checkFused({
    leaves,
    record: (tape, { x, w, w2, w3, bias, a, b, a2, b2, dropped = x }) => {
      const y = recordLinear(tape, 'first', x, w, { bias });
      recordLinear(tape, 'first lora B', recordLinear(tape, 'first lora A', dropped, a), b, { scale: 0.75, into: y });
      const between = recordLinear(tape, 'between', x, w3);
      const z = recordLinear(tape, 'second', x, w2, { transposed: true });
      recordLinear(tape, 'second lora B', recordLinear(tape, 'second lora A', x, a2), b2, { scale: 2, into: z });
      return { y, between, z };
    },
    has: [FUSED, 'grouped_products'], samples: rows, gradientSamples: half ? rows / 2 : rows, uses, limit: LIMIT,
  }, launch);
}

describe('low-rank branches', () => {
  it.each([
    { rows: 6, K: 67, N: 33, r: 5, half: true, launch: { tile: { wx: 2, wy: 2, k: 4, rowBlocks: 2, columnBlocks: 2 } } as Launch },
    { rows: 9, K: 7, N: 5, r: 1, apart: true, uses: 2 as const, launch: { minimal: true } },
  ])('$rows rows, $K → $N, rank $r', (sizes) => branches(sizes));
});

function stack({ rows, kind, format, trained, low, launch }: { rows: number; kind: ActivationKind; format?: DataType; trained?: boolean; low?: boolean; launch?: Launch }): Promise<void> {
  const [K, M, N, r] = [13, 37, 6, 3];
  const matrix = (shape: [number, number], seed: number): Leaf => (trained ? leaf(shape, seed, parameter) : weight(shape, normals(shape[0] * shape[1], seed, 0.5), format));
  const vector = trained ? parameter : weight;
  return checkFused({
    leaves: {
      x: leaf([rows, K], 1, activation), w: matrix([M, K], 2), bias: vector([M], normals(M, 3)), w2: matrix([N, M], 4), bias2: vector([N], normals(N, 5)),
      ...(low && { a: leaf([r, M], 6, parameter), b: leaf([N, r], 7, parameter) }),
    },
    record: (tape, { x, w, bias, w2, bias2, a, b }) => {
      const inner = recordActivation(tape, 'between', kind, recordLinear(tape, 'up', x, w, { bias }));
      const y = recordLinear(tape, 'down', inner, w2, { bias: bias2 });
      if (low) recordLinear(tape, 'down lora B', recordLinear(tape, 'down lora A', inner, a), b, { scale: 1.5, into: y });
      return { y };
    },
    has: [format && format !== 'f32' ? `${FUSED} of ${format}` : FUSED], lacks: ['activation'], samples: rows, limit: LIMIT,
  }, launch);
}

describe('a function between two layers', () => {
  it.each([
    { rows: 5, kind: 'gelu' as const, low: true }, { rows: 3, kind: 'tanh' as const, trained: true }, { rows: 70, kind: 'relu' as const, format: 'nf4' as const, launch: { minimal: true } },
  ])('$kind, $rows rows', (sizes) => stack(sizes));
});
