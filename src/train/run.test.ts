/** The loop of a run over a device that computes nothing: what is submitted when, what is said of it, and how it ends. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Change, DEFAULT_CONFIG, type RunConfig } from '../config/config';
import { Batches, oneBucket } from '../data/buckets';
import { RING_SLOTS, RING_WIDTH } from '../kernels/step_metrics';
import { type Best, withEvaluation } from '../config/best';
import type { BestWeights } from './bestWeights';
import type { Dataset } from './dataset';
import type { Evaluator } from './evaluator';
import { Run } from './run';
import type { RunEvents } from './runEvents';
import type { Trainer } from './trainer';

// Plans are the business of others.
vi.mock('./stepExecutions', () => ({ plansOf: () => [], hasLarger: () => false }));

interface FakeBuffer extends GPUBuffer { dead?: boolean }

/** Copies that read a buffer after its end, which a real device reports as an error. */
let lateCopies = 0;
let mapping: () => Promise<undefined>;
let finishing: () => Promise<undefined>;

function fakeBuffer(): FakeBuffer {
  const buffer = { mapAsync: () => mapping(), getMappedRange: () => new ArrayBuffer(RING_SLOTS * RING_WIDTH * 4), unmap: () => undefined, destroy: () => { buffer.dead = true; }, dead: false };
  return buffer as unknown as FakeBuffer;
}

const device = {
  limits: {},
  createBuffer: fakeBuffer,
  createCommandEncoder: () => ({ copyBufferToBuffer: (from: FakeBuffer) => { if (from.dead) lateCopies++; }, finish: () => undefined }),
  queue: { submit: () => undefined, onSubmittedWorkDone: () => finishing() },
};

beforeEach(() => {
  lateCopies = 0;
  mapping = () => Promise.resolve(undefined);
  finishing = () => new Promise((resolve) => { setTimeout(resolve, 1); });
  vi.stubGlobal('GPUBufferUsage', {});
  vi.stubGlobal('GPUMapMode', {});
});
afterEach(() => vi.unstubAllGlobals());

/** Judges as the real one does, without a device. */
class FakeWeights {
  best: Best | undefined;
  note(): void {}
  judge(step: number, merit: number): void {
    this.best = withEvaluation(this.best, step, merit);
  }
}

function makeRun(config: RunConfig, replay: Change[] = [], prepare: () => Promise<unknown> = () => Promise.resolve({ bytes: 0, destroy: () => undefined }), countedRows: (step: number) => number = () => 2, lossOf: (evaluation: number) => number = () => 1, free: (step: number) => Promise<void> = () => Promise.resolve()) {
  const rows = { ids: [new Uint32Array(4), new Uint32Array(4)], lengths: Uint32Array.of(4, 4), labels: new Float32Array(2), cutRows: 0 };
  const dataset = { training: rows, validation: rows, sample: rows, width: 4, padId: 1 } as unknown as Dataset;
  const ring = fakeBuffer();
  const steps: number[] = [];
  const trainer = {
    options: { gpu: { device }, method: { peft: 'lora' }, config: { architecture: 'roberta', vocabulary: 8, hidden: 64, layers: 2, heads: 4, keyValueHeads: 4, headSize: 16, inner: 128, positions: 8, types: 1, causal: false } }, state: { ring }, planBytes: 0, prepare, swap: () => undefined,
    step: (_: unknown, { step }: { step: number }) => { steps.push(step); return countedRows(step); },
  } as unknown as Trainer;
  let evaluated = 0;
  const evaluate = () => {
    const scores = { loss: lossOf(evaluated++), metric: 1 };
    return new Promise((resolve) => { setTimeout(resolve, 2, [scores, scores]); });
  };
  const weights = new FakeWeights() as unknown as BestWeights;
  const heard: [string, ...unknown[]][] = [];
  const consistency: number[] = [];
  const losses: number[] = [];
  const say = (name: string) => (...what: unknown[]) => { heard.push([name, ...what]); };
  const evaluating: number[] = [];
  const events: RunEvents = {
    evaluating: (step) => evaluating.push(step), free: () => free(steps.length),
    points: (points) => { consistency.push(...points.consistency); losses.push(...points.crossEntropy); }, read: () => undefined, evaluated: () => undefined, idle: () => undefined, resumed: () => undefined,
    changed: say('changed'), refused: say('refused'), paused: say('paused'), finished: say('finished'), diverged: say('diverged'), failed: say('failed'),
  };
  const run = new Run(trainer, { evaluate } as unknown as Evaluator, weights, dataset, new Batches(config.seed, config.optimizer.batchSize, oneBucket(4, 2)), config, replay, events, { step: 0, seconds: 0, budget: Infinity });
  return { run, ring, steps, weights, heard, evaluating, consistency, losses, names: () => heard.map(([name]) => name) };
}

const short = (steps: number, part: Partial<RunConfig> = {}): RunConfig => ({ ...DEFAULT_CONFIG, optimizer: { ...DEFAULT_CONFIG.optimizer, batchSize: 2, steps, warmup: 0 }, ...part });

it('leaves holes where a step had no consistency term, by what was in force at that step', async () => {
  const { run, consistency } = makeRun(
    short(8, { consistency: { ...DEFAULT_CONFIG.consistency, kind: 'kl', every: 2 } }), [{ step: 3, field: 'consistency.every', from: 2, to: 4 }],
  );
  await run.start();
  expect(consistency).toEqual([0, NaN, 0, NaN, 0, NaN, NaN, NaN]);
});

it('leaves holes where no label of a step counts, and sees no divergence in them', async () => {
  const { run, losses, consistency, names } = makeRun(short(4), [], undefined, (step) => (step % 2 === 0 ? 2 : 0));
  await run.start();
  expect(losses).toEqual([0, NaN, 0, NaN]);
  expect(consistency).toEqual([0, NaN, 0, NaN]);
  expect(names()).toEqual(['finished']);
});

it('stops at a pause that comes while a replayed change waits for its plan, and takes further changes at once', async () => {
  let ready: (executions: unknown) => void = () => undefined;
  const { run, steps, heard, names } = makeRun(
    short(4, { dropout: { hidden: { p: 0.1, pattern: 'element' } } }), [{ step: 1, field: 'dropout.hidden.pattern', from: 'element', to: 'column' }],
    () => new Promise((resolve) => { ready = resolve; }),
  );
  const going = run.start();
  await vi.waitFor(() => expect(steps).toEqual([0]));
  run.pause();
  ready({ bytes: 0, destroy: () => undefined });
  await vi.waitFor(() => expect(names()).toEqual(['changed', 'paused']));
  expect(steps).toEqual([0]);
  await run.change('dropout.hidden.p', 0.2);
  expect(heard.at(-1)).toEqual(['changed', { step: 1, field: 'dropout.hidden.p', from: 0.1, to: 0.2 }]);
  run.resume();
  await going;
  expect(steps).toEqual([0, 1, 2, 3]);
});

it('says when an evaluation was submitted, and submits no step while somebody needs the weights as they are', async () => {
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => { release = resolve; });
  const { run, steps, evaluating } = makeRun(short(4, { evaluation: { ...DEFAULT_CONFIG.evaluation, every: 2 } }), [], undefined, undefined, undefined, (step) => (step === 2 ? held : Promise.resolve()));
  const going = run.start();
  await vi.waitFor(() => expect(evaluating).toEqual([0, 2]));
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  expect(steps).toEqual([0, 1]);
  release();
  await going;
  expect([steps, evaluating]).toEqual([[0, 1, 2, 3], [0, 2, 4]]);
});

it('refuses a change whose plan cannot be made, and goes on', async () => {
  const { run, heard, names } = makeRun(short(3), [{ step: 1, field: 'optimizer.neftune', from: 0, to: 5 }], () => Promise.reject(new Error('plan: too large')));
  await run.start();
  expect(names()).toEqual(['refused', 'finished']);
  expect(heard[0]).toEqual(['refused', 'optimizer.neftune', 5, 'This change cannot be made while the run goes on: plan: too large']);
});

it('reads nothing any more once it was ended between two steps', async () => {
  const { run, ring, steps } = makeRun(short(1000));
  const going = run.start();
  await vi.waitFor(() => expect(steps.length).toBeGreaterThan(3));
  await run.end();
  ring.destroy();
  await going;
  expect(lateCopies).toBe(0);
});

it('fails, and does not wait for ever, when scalars do not come home', async () => {
  mapping = () => Promise.reject(new Error('lost'));
  const { run, names } = makeRun(short(3 * RING_SLOTS));
  await run.start();
  expect(names()).toEqual(['failed']);
  await run.end();
});

it('fails once, and leaves no refusal unheard, when the device goes with several submissions in flight', async () => {
  const unheard = vi.fn();
  process.on('unhandledRejection', unheard);
  const waiting: ((error: Error) => void)[] = [];
  finishing = () => new Promise((_, reject) => { waiting.push(reject); });
  const { run, names } = makeRun(short(100));
  const going = run.start();
  await vi.waitFor(() => expect(waiting).toHaveLength(3));
  for (const reject of waiting) reject(new Error('lost'));
  await going;
  // Node tells of a refusal that nobody heard when the tasks of this turn are done.
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  process.off('unhandledRejection', unheard);
  expect(unheard).not.toHaveBeenCalled();
  expect(names()).toEqual(['failed']);
});

const patient = (steps: number, patience: number) => short(steps, { evaluation: { every: 2, chooses: 'loss', patience, rows: 0 } });

it('ends at the same step, whatever is in flight, when so many evaluations in a row were no better', async () => {
  // Evaluations after 0, 2, 4 … steps; the third is the last that is better.
  const losses = [0.9, 0.5, 0.4, 0.4, 0.6, 0.3];
  const { run, steps, heard, weights } = makeRun(patient(100, 2), [], undefined, undefined, (evaluation) => losses[evaluation]);
  await run.start();
  expect(steps).toHaveLength(8);
  expect(heard).toEqual([['finished', 8, expect.any(Number), true]]);
  expect(weights.best).toEqual({ step: 4, merit: -0.4, since: 2 });
});

it('goes to its end without patience, and where something better comes in time', async () => {
  const { run, steps, heard } = makeRun(patient(12, 0), [], undefined, undefined, (evaluation) => evaluation);
  await run.start();
  expect(steps).toHaveLength(12);
  expect(heard).toEqual([['finished', 12, expect.any(Number), false]]);
  const better = makeRun(patient(12, 2), [], undefined, undefined, (evaluation) => -Math.floor(evaluation / 2));
  await better.run.start();
  expect(better.steps).toHaveLength(12);
});

it('keeps a pace, shows the first point at once, and waits in no second', async () => {
  const { run, steps, losses } = makeRun(short(4));
  run.setPace(5);
  const begun = performance.now();
  const going = run.start();
  await vi.waitFor(() => expect(losses.length).toBeGreaterThan(0), { interval: 5 });
  expect(steps.length).toBeLessThan(4);
  await going;
  expect(steps).toHaveLength(4);
  const gone = performance.now() - begun;
  // The last of four begins after three fifths of a second, most of which nothing is computed.
  expect(gone).toBeGreaterThanOrEqual(595);
  expect(run.seconds * 1000).toBeLessThan(gone - 200);
});

it('ends, pauses and takes one step at once, whatever the pace', async () => {
  const { run, steps, names } = makeRun(short(40));
  run.setPace(0.001);
  const going = run.start();
  await vi.waitFor(() => expect(steps).toEqual([0]));
  run.pause();
  await vi.waitFor(() => expect(names()).toEqual(['paused']));
  run.resume(1);
  await vi.waitFor(() => expect(steps).toEqual([0, 1]));
  run.resume();
  await vi.waitFor(() => expect(steps).toEqual([0, 1, 2]));
  await run.end();
  await going;
});
