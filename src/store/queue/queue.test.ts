/** The queue on made-up engines: order, pausing at a snapshot while a person's run is going, faults, and what outlives the page. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { expect, it, vi } from 'vitest';
import { checkpointBytes } from '../../../e2e/support/checkpointBytes';
import { CHECKPOINT_FORMAT } from '../../protocol/run';
import { openDatabase } from '../../storage/database';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from '../fakeEngine';
import { createPlayground, type PlaygroundOptions } from '../playground';
import { DEFAULT_VIEW } from '../state';

const SNAPSHOT = checkpointBytes({ format: CHECKPOINT_FORMAT, step: '10', record: '' });
const runs = (count: number) => Array.from({ length: count }, (_, index) => ({ link: `v=1&optimizer.steps=20&seed=${index + 1}`, name: `seed ${index + 1}` }));

function open(options: Partial<PlaygroundOptions> = {}) {
  const own = new FakeEngine();
  const engines: FakeEngine[] = [];
  const page = createPlayground(own, {
    view: DEFAULT_VIEW, nextFrame: () => undefined, ...options,
    queueEngine: () => {
      engines.push(new FakeEngine());
      return engines.at(-1)!;
    },
  });
  own.say({ type: 'ready', device: FAKE_DEVICE });
  const engine = () => engines.at(-1)!;
  const state = () => page.queue.store.getState();
  const id = () => engine().last('start')!.runId;
  return {
    own, page, engines, engine, state, id,
    ready: () => engine().say({ type: 'ready', device: FAKE_DEVICE }),
    /** Steps 0 to 10 with an evaluation, and a snapshot there. */
    half() {
      engine().say({ type: 'started', runId: id(), step: 0, summary: FAKE_PLAN });
      engine().sayPoints(id(), 0, Array.from({ length: 10 }, () => 0.5));
      engine().sayEvaluation(id(), 10, 0.5, 0.4);
      engine().say({ type: 'snapshotted', runId: id(), step: 10, file: SNAPSHOT });
    },
    end() {
      engine().sayPoints(id(), 10, Array.from({ length: 10 }, () => 0.4));
      engine().sayEvaluation(id(), 20, 0.45, 0.3);
      engine().say({ type: 'finished', runId: id(), step: 20, seconds: 4, early: false });
      engine().say({ type: 'tested', runId: id(), step: 20, scores: { loss: 0.5, metric: 0.75 }, rows: 100 });
    },
  };
}

it('makes one run after the other with one engine, at full speed, and lists them with their test scores', () => {
  const made = open();
  expect(made.page.queue.add([...runs(2), ...runs(1)])).toBe(2);
  made.ready();
  expect(made.engine().last('start')).toMatchObject({ config: { seed: 1 } });
  expect(made.engine().last('start')).not.toHaveProperty('pace');
  made.half();
  expect(made.state().going).toMatchObject({ step: 10, of: 20, phase: 'running' });
  made.end();
  expect(made.engine().posted).toContainEqual(expect.objectContaining({ type: 'test', weights: 'best' }));
  expect(made.engine().last('start')).toMatchObject({ config: { seed: 2 } });
  made.half();
  made.end();
  expect(made.engines).toHaveLength(1);
  expect(made.state()).toMatchObject({ going: undefined, waiting: [], done: 2 });
  expect(made.state().lines.get(runs(1)[0].link)).toMatchObject({ seconds: 4, test: { metric: 0.75 }, evaluations: [{ step: 10 }, { step: 20 }] });
  expect(made.page.store.getState()).toMatchObject({ phase: 'idle', runs: [{ name: 'seed 1', test: { step: 20 } }, { name: 'seed 2' }] });
  // What is finished is not made again.
  expect(made.page.queue.add(runs(2))).toBe(0);
});

it('rests at a snapshot while a person’s run is going, and goes on from it afterwards', () => {
  const made = open();
  made.page.queue.add(runs(1));
  made.ready();
  made.half();
  const runId = made.id();
  made.engine().sayPoints(runId, 10, [0.4, 0.4]);
  made.page.transport.start();
  expect(made.state().going).toMatchObject({ phase: 'resting', step: 10 });
  const own = made.own.last('start')!.runId;
  made.own.say({ type: 'started', runId: own, step: 0, summary: FAKE_PLAN });
  expect(made.engines).toHaveLength(1);
  made.own.say({ type: 'finished', runId: own, step: 200, seconds: 9, early: false });
  expect(made.engines).toHaveLength(2);
  made.ready();
  expect(made.engine().last('start')).toMatchObject({ runId, resume: SNAPSHOT });
  made.engine().say({ type: 'started', runId, step: 10, summary: FAKE_PLAN });
  made.end();
  const listed = made.page.store.getState().runs.find(({ id }) => id === runId)!;
  expect(made.page.data.get(listed.id)!.stepsDone()).toBe(20);
  expect(made.page.data.get(listed.id)!.crossEntropy.view()).toHaveLength(20);
});

it('is paused, put in another order, and emptied', () => {
  const made = open();
  made.page.queue.add(runs(4));
  made.page.queue.hold();
  expect(made.state()).toMatchObject({ held: true, going: { phase: 'resting' } });
  const [, second, third] = runs(4);
  made.page.queue.move(third.link, -1);
  expect(made.state().waiting.map(({ name }) => name)).toEqual(['seed 3', 'seed 2', 'seed 4']);
  made.page.queue.cancel(second.link);
  expect(made.state().waiting).toHaveLength(2);
  made.page.queue.goOn();
  expect(made.engines).toHaveLength(2);
  made.page.queue.cancelAll();
  expect(made.state()).toMatchObject({ going: undefined, waiting: [], held: false });
});

it('gives a run up that cannot be, with a sentence, and goes on after a lost device twice', () => {
  const made = open();
  made.page.queue.add(runs(2));
  made.ready();
  made.half();
  for (const times of [2, 3]) {
    made.engine().say({ type: 'fault', fault: { code: 'device_lost', reason: 'unknown' } });
    expect(made.engines).toHaveLength(times);
    made.ready();
    expect(made.engine().last('start')).toMatchObject({ config: { seed: 1 }, resume: SNAPSHOT });
  }
  made.engine().say({ type: 'fault', fault: { code: 'device_lost', reason: 'unknown' } });
  made.ready();
  expect(made.engine().last('start')).toMatchObject({ config: { seed: 2 } });
  expect(made.state().failed).toMatchObject([{ name: 'seed 1', sentence: expect.stringMatching(/\./) as string }]);
  made.engine().say({ type: 'fault', fault: { code: 'no_adapter' } });
  expect(made.state()).toMatchObject({ held: true, going: { name: 'seed 2', phase: 'resting' } });
});

it('has its results and what waits after a reload, paused, and forgets them when asked', async () => {
  globalThis.indexedDB = new IDBFactory();
  const kept: Partial<PlaygroundOptions> = { place: { database: () => openDatabase('page'), owned: () => Promise.resolve(), goesOn: () => false }, queuePlace: () => openDatabase('queue') };
  const before = open(kept);
  await vi.waitFor(() => expect(before.page.store.getState().keeping.state).toBe('kept'));
  before.page.queue.add(runs(3));
  before.page.queue.addStudies({ mine: '{}' });
  before.ready();
  before.half();
  before.end();
  await before.page.keptQueue!.flush();
  await vi.waitFor(async () => expect((await (await openDatabase('queue')).all()).size).toBe(3));
  const after = open(kept);
  await vi.waitFor(() => expect(after.state().held).toBe(true));
  expect(after.state().waiting.map(({ name }) => name)).toEqual(['seed 2', 'seed 3']);
  expect(after.state().lines.size).toBe(1);
  expect(after.state().studies).toEqual({ mine: '{}' });
  await after.page.keptQueue!.forget();
  expect((await (await openDatabase('queue')).all()).size).toBe(0);
});
