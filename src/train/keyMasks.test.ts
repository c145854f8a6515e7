import { expect, it } from 'vitest';
import { deletedAt, deletionOrder, type Extent, follow, forceMask, meanWeights } from './keyMasks';

const extent = (part: Partial<Extent> = {}): Extent => ({ heads: 2, queries: 4, width: 4, tokens: 3, virtual: { rows: 0, keys: 0 }, causal: false, ...part });
const forced = (of: Extent, isDropped: (head: number, key: number) => boolean) => {
  const into = new Float32Array(of.heads * of.queries * (of.virtual.keys + of.width)).fill(7);
  forceMask(of, isDropped, into);
  return Array.from(into, (value) => (value < -1e8 ? 1 : value));
};

it('drops keys of real queries in one head, and leaves padding alone', () => {
  expect(forced(extent(), (head, key) => head === 1 && key === 2)).toEqual([
    ...new Array<number>(16).fill(0), 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0,
  ]);
});

it('leaves no query without a key: the first one of a causal model keeps its own, virtual keys make an end of that', () => {
  expect(forced(extent({ heads: 1, causal: true }), (_, key) => key < 2)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(forced(extent({ heads: 1, causal: true, width: 3, queries: 3, virtual: { rows: 0, keys: 1 } }), (_, key) => key === 0)).toEqual([0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
  expect(forced(extent({ heads: 1 }), () => true).every((value) => value === 0)).toBe(true);
});

it('knows which token the only query is', () => {
  expect(forced(extent({ heads: 1, queries: 1, causal: true }), (_, key) => key === 1)).toEqual([0, 1, 0, 0]);
  // With a prompt an encoder reads a virtual row, on which no mask falls.
  expect(forced(extent({ heads: 1, queries: 1, virtual: { rows: 1, keys: 1 } }), (_, key) => key === 1).every((value) => value === 0)).toBe(true);
});

it('takes the mean weight over the queries that see a key', () => {
  const [weights] = meanWeights(extent({ heads: 1, causal: true, width: 3, tokens: 2, queries: 3 }), Float32Array.of(5, 9, 9, 0, Math.log(3), 9, 9, 9, 9));
  expect(weights.map((one) => Number(one.toFixed(6)))).toEqual([0.625, 0.75]);
});

it('follows an answer by its log odds, a regression by its score', () => {
  expect(follow([0, Math.log(2), Math.log(5)], 2).odds).toBeCloseTo(Math.log(5 / 3), 6);
  expect(follow([0, Math.log(2), Math.log(5)], 2).output).toBeCloseTo(5 / 8, 6);
  expect(follow([3.5], undefined)).toEqual({ output: 3.5, odds: 3.5 });
});

it('orders keys by weight, by what their loss costs, and by chance; one key is always left', () => {
  const of = { weights: [0.2, 0.5, 0.3], changes: [-2, 1, -0.5], scored: false, seed: 3 };
  expect([deletionOrder('weight', of), deletionOrder('effect', of), deletionOrder('effect', { ...of, scored: true })]).toEqual([[1, 2, 0], [0, 2, 1], [0, 1, 2]]);
  expect(deletionOrder('random', of).sort()).toEqual([0, 1, 2]);
  expect([deletedAt(0, 3), deletedAt(0.5, 3), deletedAt(0.9, 3), deletedAt(0.9, 1)]).toEqual([0, 2, 2, 0]);
});
