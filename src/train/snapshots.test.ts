/** A snapshot is of one moment, has the judgement of that moment, and is told after everything that came before it. */
import { beforeEach, expect, it, vi } from 'vitest';
import { CANDIDATES, chosen } from './autotune';
import { readRun } from './checkpoint';
import { type SnapshotSource, Snapshots } from './snapshots';

const spec = { name: 'a', shape: [2] };
let step: number;
let weight: number;
let best: { step: number; merit: number; since: number } | undefined;
let home: () => void;
const taken = vi.fn<(step: number, file: Uint8Array<ArrayBuffer>) => void>();

function make(elements = 2): Snapshots {
  const slices = new Map([['a', { spec, offset: 0, bytes: 8 }]]);
  // As on a device: what is read is what is there when reading begins.
  const state = { slices, arenaElements: elements, read: async () => new Map([['a', Float32Array.of(weight, weight)]]) };
  const weights = { get best() { return best; }, read: async () => best && new Map([['a', Float32Array.of(best.step, best.step)]]) };
  return new Snapshots({
    state, best: weights, kernels: { adapter: 'here', tiles: [['7×6×6×0', CANDIDATES[2]]] }, now: () => ({ step, seconds: step / 10 }),
    home: () => new Promise<void>((resolve) => { home = resolve; }), isJudging: () => false,
  } as unknown as SnapshotSource, taken);
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  taken.mockClear();
  [step, weight, best] = [0, 0, undefined];
  return () => vi.useRealTimers();
});

it('has the tensors of the evaluation, its judgement and the tiles, and waits for the points before it', async () => {
  const snapshots = make();
  await vi.advanceTimersByTimeAsync(2000);
  [step, weight] = [10, 0.5];
  snapshots.evaluating(10);
  // Steps go on, and the judgement comes home later.
  [step, weight] = [13, 0.9];
  best = { step: 10, merit: -1, since: 0 };
  snapshots.evaluated(10);
  await settle();
  expect(taken).not.toHaveBeenCalled();
  home();
  await settle();
  expect(taken).toHaveBeenCalledTimes(1);
  const [at, file] = taken.mock.calls[0];
  const saved = readRun(file);
  expect([at, saved.step, saved.seconds, saved.best]).toEqual([10, 10, 1, best]);
  expect(saved.tensors.get('values.a')!.values).toEqual(Float32Array.of(0.5, 0.5));
  expect(saved.tensors.get('best.a')!.values).toEqual(Float32Array.of(10, 10));
  const { tileFor } = chosen(saved.kernels!.tiles);
  expect([tileFor(128, 64, 64, 1), tileFor(64, 64, 64, 1)]).toEqual([CANDIDATES[2], undefined]);
});

it('is taken at most once a second, at rest too, but never of a moment that there is one of', async () => {
  const snapshots = make();
  const evaluate = async (at: number) => {
    step = at;
    snapshots.evaluating(at);
    snapshots.evaluated(at);
    await settle();
    home?.();
    await settle();
  };
  await evaluate(5);
  expect(taken).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  await evaluate(10);
  await evaluate(15);
  expect(taken.mock.calls.map(([at]) => at)).toEqual([10]);
  for (let time = 0; time < 2; time++) {
    snapshots.resting();
    await settle();
    home();
    await settle();
  }
  expect(taken.mock.calls.map(([at]) => at)).toEqual([10, 15]);
});

it('is not taken of a run too large for the memory of a page, nor after its end', async () => {
  const large = make(2 ** 26);
  step = 10;
  await vi.advanceTimersByTimeAsync(20_000);
  large.between();
  large.resting();
  const ended = make();
  step = 20;
  ended.resting();
  ended.end();
  home();
  await settle();
  expect(taken).not.toHaveBeenCalled();
});
