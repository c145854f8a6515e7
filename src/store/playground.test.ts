import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TASK_NAMES } from '../config/tasks';
import { DEFAULT_CONFIG } from '../config/config';
import { applyPreset } from '../config/presets';
import { linkOf } from '../config/url';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { startObstacle } from './obstacles';
import { createPlayground, initialState, type Playground } from './playground';
import { DEFAULT_VIEW } from './state';
import { coldDifferences } from './hotChanges';
import { OFFERED_PRESET } from './transport';

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();

function open(hash = '') {
  engine = new FakeEngine();
  page = createPlayground(engine, { hash, view: DEFAULT_VIEW, nextFrame: (callback) => void setTimeout(callback, 0) });
}
const ready = () => engine.say({ type: 'ready', device: FAKE_DEVICE });
function start(): string {
  page.transport.toggle();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  return runId;
}
const settle = () => vi.advanceTimersByTime(1000);

beforeEach(() => {
  vi.useFakeTimers();
  open();
});
afterEach(() => vi.useRealTimers());

describe('before a run', () => {
  it('asks for examples at once and for a plan once there is a device', () => {
    expect(engine.posted.filter(({ type }) => type === 'preview')).toHaveLength(TASK_NAMES.length);
    expect(engine.last('prepare')).toBeUndefined();
    ready();
    expect(engine.last('prepare')?.config).toEqual(DEFAULT_CONFIG);
  });
  it('does not start without a device', () => {
    expect(startObstacle(state())).toBe('The engine is starting.');
    page.transport.toggle();
    expect(engine.last('start')).toBeUndefined();
  });
  it('plans again after an edit, once for a whole drag', () => {
    ready();
    const before = engine.posted.length;
    for (const rank of [1, 2, 4]) page.edits.set('model.rank', rank);
    settle();
    expect(engine.posted.slice(before)).toEqual([{ type: 'prepare', config: state().draft }]);
    expect(state().draft.model.rank).toBe(4);
  });
  it('keeps Start disabled while the plan does not fit, and no longer', () => {
    ready();
    engine.say({ type: 'fault', fault: { code: 'out_of_memory', predicted: true, neededBytes: 2, budgetBytes: 1, largest: [], lower: ['optimizer.batchSize'] } });
    expect(startObstacle(state())).toContain('does not fit');
    engine.say({ type: 'planned', config: state().draft, summary: FAKE_PLAN });
    expect(startObstacle(state())).toBeUndefined();
  });
  it('compares by squared difference after a change to similarity', () => {
    page.edits.applyPreset('hiddenkey');
    page.edits.set('data.source', 'similarity');
    expect(state().draft.consistency.kind).toBe('mse');
    page.edits.set('data.source', 'sentiment');
    expect(state().draft.consistency.kind).toBe('kl');
  });
});

describe('a run', () => {
  beforeEach(ready);

  it('starts, pauses, resumes and finishes', () => {
    const runId = start();
    expect(state()).toMatchObject({ phase: 'running', current: runId });
    page.transport.toggle();
    expect(engine.posted.at(-1)).toEqual({ type: 'pause' });
    engine.say({ type: 'paused', runId, step: 12 });
    expect(state()).toMatchObject({ phase: 'paused', step: 12 });
    page.transport.toggle();
    expect(engine.posted.at(-1)).toEqual({ type: 'resume' });
    engine.say({ type: 'resumed', runId, step: 12 });
    engine.say({ type: 'finished', runId, step: 300, seconds: 4, early: false });
    expect(state()).toMatchObject({ phase: 'finished', step: 300 });
  });
  it('collects points and evaluations outside the store', () => {
    const runId = start();
    engine.sayPoints(runId, 0, [0.7, 0.6]);
    engine.sayPoints(runId, 2, [0.5]);
    engine.sayEvaluation(runId, 3, 0.65, 0.6);
    const data = page.data.get(runId)!;
    expect(Array.from(data.step.view())).toEqual([0, 1, 2]);
    expect(data.evaluations).toHaveLength(1);
    expect(state().step).toBe(3);
    expect(data.hasConsistency).toBe(false);
  });
  it('drops late events of a dead run', () => {
    const first = start();
    page.transport.start();
    const second = engine.last('start')!.runId;
    expect(second).not.toBe(first);
    engine.sayPoints(first, 0, [0.7]);
    engine.say({ type: 'finished', runId: first, step: 300, seconds: 4, early: false });
    expect(page.data.get(first)?.step.length ?? 0).toBe(0);
    expect(state().phase).toBe('starting');
  });
  it('steps once from nothing', () => {
    page.transport.step();
    expect(engine.posted.slice(-2).map(({ type }) => type)).toEqual(['start', 'step']);
  });
  it('is forgotten on reset when hardly begun, kept otherwise', () => {
    const runId = start();
    page.transport.reset();
    expect(state().runs).toHaveLength(0);
    const second = start();
    for (const step of [0, 20, 40]) engine.sayEvaluation(second, step, 0.6, 0.6);
    page.transport.reset();
    expect(state().runs.map(({ id }) => id)).toEqual([second]);
    expect(state()).toMatchObject({ phase: 'idle', step: 0 });
    expect(runId).not.toBe(second);
  });
});

describe('changes while running', () => {
  beforeEach(ready);

  it('send a rate as a uniform and a place as a plan, and record what came of it', () => {
    page.edits.applyPreset('dropkey');
    const runId = start();
    page.edits.set('dropout.logits.p', 0.3);
    settle();
    expect(engine.last('change')).toEqual({ type: 'change', runId, field: 'dropout.logits.p', to: 0.3 });
    engine.say({ type: 'changed', runId, change: { step: 40, field: 'dropout.logits.p', from: 0.1, to: 0.3 } });
    expect(state().runs[0].changes).toHaveLength(1);
    expect(state().runs[0].name).toContain('p 0.1 → 0.3 @40');
    settle();
    expect(engine.posted.filter(({ type }) => type === 'change')).toHaveLength(1);
  });
  it('restore what was refused and show the sentence', () => {
    page.edits.applyPreset('dropkey');
    const runId = start();
    page.edits.set('dropout.logits.pattern', 'span');
    settle();
    engine.say({ type: 'refused', runId, field: 'dropout.logits.pattern', to: 'span', sentence: 'It does not fit.' });
    expect(state().draft.dropout.logits?.pattern).toBe('column');
    expect(state().refusal).toEqual({ field: 'dropout.logits.pattern', sentence: 'It does not fit.' });
    page.edits.set('dropout.logits.pattern', 'span');
    settle();
    expect(engine.posted.filter(({ type }) => type === 'change')).toHaveLength(2);
  });
  it('send a course of the rate as a value, and that it is constant again', () => {
    page.edits.applyPreset('dropkey');
    const runId = start();
    page.edits.set('dropout.logits.time', 'rising');
    settle();
    expect(engine.last('change')).toEqual({ type: 'change', runId, field: 'dropout.logits.time', to: 'rising' });
    engine.say({ type: 'changed', runId, change: { step: 4, field: 'dropout.logits.time', from: null, to: 'rising' } });
    page.edits.applyPreset('dropkey');
    settle();
    expect(engine.last('change')).toEqual({ type: 'change', runId, field: 'dropout.logits.time', to: 'constant' });
    engine.say({ type: 'changed', runId, change: { step: 9, field: 'dropout.logits.time', from: 'rising', to: 'constant' } });
    page.edits.set('seed', 1);
    settle();
    expect(engine.posted.filter(({ type }) => type === 'change')).toHaveLength(2);
  });
  it('wait all together when they come with another method, model or task', () => {
    page.edits.applyPreset('hiddenkey');
    start();
    page.edits.set('model.peft', 'rslora');
    settle();
    page.edits.set('model.source', 'nano-decoder');
    settle();
    page.edits.set('data.source', 'similarity');
    settle();
    expect(engine.last('change')).toBeUndefined();
    expect(coldDifferences(DEFAULT_CONFIG, state().draft).map(({ field }) => field)).toContain('optimizer.learningRate');
    page.edits.discard();
    settle();
    expect(engine.last('change')).toBeUndefined();
  });
  it('go back to LoRA with all that a method brought', () => {
    page.edits.set('model.peft', 'prompt');
    expect(state().draft.optimizer.learningRate).toBe(0.05);
    page.edits.restore('model.peft');
    expect(state().draft).toEqual(DEFAULT_CONFIG);
  });
  it('never restart by themselves: rank waits', () => {
    start();
    page.edits.set('model.rank', 2);
    settle();
    expect(engine.posted.filter(({ type }) => type === 'change' || type === 'reset')).toHaveLength(0);
    expect(state().draft.model.rank).toBe(2);
    page.edits.discard();
    expect(state().draft.model.rank).toBe(DEFAULT_CONFIG.model.rank);
  });
  it('send a removal as the whole of dropout', () => {
    page.edits.applyPreset('hiddenkey_minus');
    const runId = start();
    page.edits.applyPreset('dropkey');
    settle();
    expect(engine.last('change')).toEqual({ type: 'change', runId, field: 'dropout', to: { logits: { p: 0.1, pattern: 'column' } } });
  });
});

describe('links', () => {
  it('replay their changes and start nothing by themselves', () => {
    open('#v=1&data.rows=64&changes=%5B%5B5,%22optimizer.learningRate%22,0.005,0.001%5D%5D&nonsense=1');
    ready();
    expect(engine.last('start')).toBeUndefined();
    expect(state().link).toMatchObject({ applied: 1, ignored: ['nonsense=1'] });
    start();
    expect(engine.last('start')).toMatchObject({ config: { data: { rows: 64 } }, changes: [{ step: 5, field: 'optimizer.learningRate', to: 0.001 }] });
  });
  it('forget their changes once the experiment is edited', () => {
    open('#v=1&changes=%5B%5B5,%22optimizer.learningRate%22,0.005,0.001%5D%5D');
    ready();
    page.edits.set('model.rank', 2);
    start();
    expect(engine.last('start')?.changes).toEqual([]);
  });
});

describe('after the first run that overfits', () => {
  const overfit = (runId: string) => [[0.69, 0.69], [0.5, 0.4], [0.7, 0.05]].forEach(([heldOut, train], index) => engine.sayEvaluation(runId, index * 20, heldOut, train));

  it('offers dropout once, pins this run and starts the next', () => {
    ready();
    const first = start();
    overfit(first);
    engine.say({ type: 'finished', runId: first, step: 300, seconds: 4, early: false });
    expect(state().offer).toBe('shown');
    page.transport.takeOffer();
    expect(state().runs.find(({ id }) => id === first)?.pinned).toBe(true);
    expect(engine.last('start')?.config).toEqual(applyPreset(OFFERED_PRESET, DEFAULT_CONFIG));
    expect(state().offer).toBe('done');
  });
  it('takes the offer back when the next run is started by hand', () => {
    ready();
    const first = start();
    overfit(first);
    engine.say({ type: 'finished', runId: first, step: 300, seconds: 4, early: false });
    start();
    expect(state().offer).toBe('done');
  });
  it('offers nothing where dropout was on already', () => {
    ready();
    page.edits.applyPreset('dropkey');
    const runId = start();
    overfit(runId);
    engine.say({ type: 'finished', runId, step: 300, seconds: 4, early: false });
    expect(state().offer).toBe('waiting');
  });
});

it('opens a link that is pasted into the open page, changes included, and starts nothing', () => {
  ready();
  page.edits.openLink('#v=1&model.rank=4&changes=%5B%5B5,%22optimizer.learningRate%22,0.005,0.001%5D%5D');
  expect(state().draft.model.rank).toBe(4);
  expect(engine.last('start')).toBeUndefined();
  page.edits.dismissLink();
  start();
  expect(engine.last('start')?.changes).toHaveLength(1);
});

it('has what a link brings to change when it is loaded again, and says so', () => {
  const change = { step: 40, field: 'optimizer.learningRate', from: 0.005, to: 0.001 };
  expect(initialState(`#${linkOf(DEFAULT_CONFIG, [change])}`, DEFAULT_VIEW, false).link).toMatchObject({ changes: [change], dismissed: false });
  expect(initialState(`#${linkOf({ ...DEFAULT_CONFIG, seed: 9 })}`, DEFAULT_VIEW, false).link).toBeUndefined();
});
