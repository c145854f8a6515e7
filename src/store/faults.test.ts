/** What the page makes of a fault: whose it is, what it ends, and what stays possible. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SILENCE_MS } from './events';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground, type Playground } from './playground';
import { DEFAULT_VIEW } from './state';
import { startObstacle } from './obstacles';

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();
const ready = () => engine.say({ type: 'ready', device: FAKE_DEVICE });
function start(): string {
  page.transport.toggle();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  return runId;
}

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined });
});
afterEach(() => vi.useRealTimers());

describe('faults', () => {
  it('keep the first and end the run', () => {
    ready();
    const runId = start();
    engine.say({ type: 'fault', runId, fault: { code: 'diverged', step: 3, loss: Number.POSITIVE_INFINITY, learningRate: 1000 } });
    engine.say({ type: 'fault', runId, fault: { code: 'internal', detail: 'echo' } });
    expect(state()).toMatchObject({ phase: 'failed', problem: { fault: { code: 'diverged' }, scope: 'run' } });
  });
  it('of the engine are told even where a run has failed before', () => {
    ready();
    const runId = start();
    engine.say({ type: 'fault', runId, fault: { code: 'diverged', step: 3, loss: Number.POSITIVE_INFINITY, learningRate: 1000 } });
    engine.say({ type: 'fault', fault: { code: 'device_lost', reason: 'reset' } });
    expect(state()).toMatchObject({ phase: 'failed', engine: 'absent', problem: { fault: { code: 'device_lost' }, scope: 'engine' } });
  });
  it('of the engine stop everything until it is replaced', () => {
    engine.say({ type: 'fault', fault: { code: 'no_adapter' } });
    expect(state().engine).toBe('absent');
    expect(startObstacle(state())).toContain('message above');
    page.transport.restartEngine();
    expect(engine.restarts).toBe(1);
    ready();
    expect(startObstacle(state())).toBeUndefined();
  });
  it('of a compiler stop everything when the self-test meets them, else their own configuration only', () => {
    const fault = { code: 'compiler_refused', kernel: 'matmul tiles', words: '2:7 no' } as const;
    engine.say({ type: 'fault', fault });
    expect(state()).toMatchObject({ engine: 'absent', problem: { scope: 'engine' } });
    page.transport.restartEngine();
    ready();
    engine.say({ type: 'fault', fault });
    expect(state()).toMatchObject({ engine: 'ready', problem: { scope: 'plan' } });
  });
  it('of a file stop its own configuration only', () => {
    ready();
    page.edits.set('model.source', 'nano-decoder');
    engine.say({ type: 'fault', fault: { code: 'load_failed', file: 'model.safetensors', detail: '404' } });
    expect(startObstacle(state())).toContain('could not be loaded');
    page.edits.set('model.source', 'nano-encoder');
    expect(state().problem).toBeUndefined();
    expect(startObstacle(state())).toBeUndefined();
  });
  it('notice an engine that has gone silent, and that it is back', () => {
    ready();
    const runId = start();
    vi.advanceTimersByTime(SILENCE_MS + 1);
    expect(state().silent).toBe(true);
    engine.sayPoints(runId, 0, [0.7]);
    expect(state().silent).toBe(false);
  });
});
