/** A run that loses its engine goes on from its last snapshot as if nothing had been, twice by itself. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HUNG_MS, SILENCE_MS } from './events';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground, type Playground } from './playground';
import { TRIES, TRY_AGAIN_MS } from './recovery';
import { DEFAULT_VIEW } from './state';

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();
const ready = () => engine.say({ type: 'ready', device: FAKE_DEVICE });
const crash = () => engine.say({ type: 'fault', fault: { code: 'worker_crashed', detail: 'gone' } });
const lose = () => engine.say({ type: 'fault', fault: { code: 'device_lost', reason: 'reset' } });
const file = (step: number) => new Uint8Array([step]);
const change = { step: 4, field: 'optimizer.learningRate', from: 6e-3, to: 1e-3 };

/** Steps `from` … `to − 1`, whose losses tell which step they are of, with an evaluation every five steps and a snapshot with it. */
function train(runId: string, from: number, to: number): void {
  for (let step = from; step < to; step++) {
    if (step % 5 === 0) engine.sayEvaluation(runId, step, 1 + step, step);
    if (step % 5 === 0 && step > 0) engine.say({ type: 'snapshotted', runId, step, file: file(step) });
    if (step === change.step || step === 7) engine.say({ type: 'changed', runId, change: { ...change, step } });
    engine.sayPoints(runId, step, [step / 100]);
  }
}

function start(): string {
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  return runId;
}

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined });
  ready();
});
afterEach(() => vi.useRealTimers());

describe.each([['a lost device', lose, 'device_lost'], ['a crashed worker', crash, 'worker_crashed']] as const)('%s', (_, end, cause) => {
  it('is replaced, and the run goes on from the snapshot with everything once', () => {
    const runId = start();
    train(runId, 0, 9);
    end();
    expect(engine.restarts).toBe(1);
    expect(state()).toMatchObject({ phase: 'starting', engine: 'starting', step: 5, problem: undefined, recovering: { cause, from: 5, reached: 9 } });
    expect(state().runs[0].changes.map(({ step }) => step)).toEqual([4]);
    ready();
    // What was changed after the snapshot is to be changed again at its step.
    expect(engine.last('start')).toMatchObject({ runId, resume: file(5), changes: [{ step: 4 }, { step: 7 }] });
    engine.say({ type: 'started', runId, step: 5, summary: FAKE_PLAN });
    expect(state()).toMatchObject({ phase: 'running', recovering: undefined, recovered: { from: 5, reached: 9, elsewhere: false } });
    for (let step = 5; step < 12; step++) {
      if (step === 7) engine.say({ type: 'changed', runId, change: { ...change, step } });
      if (step === 10) engine.sayEvaluation(runId, step, 1 + step, step);
      engine.sayPoints(runId, step, [step / 100]);
    }
    const data = page.data.get(runId)!;
    expect(Array.from(data.step.view())).toEqual(Array.from({ length: 12 }, (_, step) => step));
    expect(Array.from(data.crossEntropy.view())).toEqual(Array.from({ length: 12 }, (_, step) => Math.fround(step / 100)));
    expect(data.evaluations.map(({ step }) => step)).toEqual([0, 5, 10]);
    expect(state().runs[0].changes.map(({ step }) => step)).toEqual([4, 7]);
    expect(state().runs).toHaveLength(1);
  });
});

describe('a run whose engine is lost', () => {
  it('before its first snapshot begins again at step 0, without a file', () => {
    const runId = start();
    train(runId, 0, 3);
    crash();
    ready();
    const again = engine.last('start')!;
    expect(again).toMatchObject({ runId });
    expect(again.resume).toBeUndefined();
    expect(page.data.get(runId)!.step.length).toBe(0);
  });
  it('is not taken up a third time unless somebody says so', () => {
    const runId = start();
    train(runId, 0, 6);
    for (let time = 0; time < 2; time++) {
      crash();
      ready();
      engine.say({ type: 'started', runId, step: 5, summary: FAKE_PLAN });
    }
    crash();
    expect(engine.restarts).toBe(2);
    expect(state()).toMatchObject({ phase: 'failed', engine: 'absent', goOnFrom: 5, problem: { fault: { code: 'worker_crashed' } } });
    page.transport.restartEngine();
    ready();
    expect(engine.last('start')).toMatchObject({ runId, resume: file(5) });
    expect(engine.posted.filter(({ type }) => type === 'start')).toHaveLength(4);
  });
  it('rests where it rested', () => {
    const runId = start();
    train(runId, 0, 8);
    engine.say({ type: 'paused', runId, step: 8 });
    lose();
    ready();
    expect(engine.posted.slice(-2)).toMatchObject([{ type: 'start' }, { type: 'step', steps: 3 }]);
  });
  it('rests at once where somebody asks for that before there is an engine', () => {
    const runId = start();
    train(runId, 0, 8);
    lose();
    page.transport.toggle();
    ready();
    expect(engine.posted.slice(-2)).toMatchObject([{ type: 'start' }, { type: 'pause' }]);
  });
  it('keeps its weights after its end, for the test and the adapter', () => {
    const runId = start();
    train(runId, 0, 6);
    engine.say({ type: 'finished', runId, step: 5, seconds: 1, early: false });
    lose();
    ready();
    expect(engine.last('start')).toMatchObject({ runId, resume: file(5) });
  });
  it('waits for a GPU that needs a moment, and says so where none comes back', () => {
    train(start(), 0, 6);
    lose();
    for (let time = 0; time < TRIES; time++) {
      engine.say({ type: 'fault', fault: { code: 'no_adapter' } });
      expect(state().problem).toBeUndefined();
      vi.advanceTimersByTime(TRY_AGAIN_MS);
    }
    expect(engine.restarts).toBe(1 + TRIES);
    engine.say({ type: 'fault', fault: { code: 'no_adapter' } });
    expect(state()).toMatchObject({ phase: 'failed', goOnFrom: 5, problem: { fault: { code: 'no_adapter' } } });
  });
  it('is told where another GPU came back', () => {
    const runId = start();
    train(runId, 0, 6);
    lose();
    ready();
    engine.say({ type: 'started', runId, step: 5, summary: FAKE_PLAN, elsewhere: 'another' });
    expect(state().recovered).toMatchObject({ elsewhere: true });
  });
});

describe('silence', () => {
  it('of a worker that does not even answer a question is a crash', () => {
    const runId = start();
    train(runId, 0, 6);
    vi.advanceTimersByTime(SILENCE_MS + 1);
    expect(engine.last('ping')).toBeDefined();
    vi.advanceTimersByTime(HUNG_MS + 1);
    expect(engine.restarts).toBe(1);
    expect(state()).toMatchObject({ recovering: { cause: 'worker_crashed', from: 5 } });
  });
  it('of one that answers is a large step', () => {
    train(start(), 0, 6);
    for (let time = 0; time < 4; time++) {
      vi.advanceTimersByTime(SILENCE_MS + 1);
      engine.say({ type: 'pong' });
    }
    expect(engine.restarts).toBe(0);
    expect(state().silent).toBe(true);
  });
});
