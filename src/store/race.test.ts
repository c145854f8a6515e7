/** Several runs side by side: planned before Start, each lane's points its own, and what becomes of one is no matter of the others. */
import { expect, it } from 'vitest';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground } from './playground';
import { raceObstacle } from './race';
import { DEFAULT_VIEW } from './state';

function open() {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  const state = () => page.store.getState();
  return { engine, page, state };
}

function race(opened: ReturnType<typeof open>): string[] {
  const { engine, page } = opened;
  page.races.start();
  const lanes = engine.last('race')!.lanes.map(({ runId }) => runId);
  for (const runId of lanes) engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  return lanes;
}
const finish = (engine: FakeEngine, runId: string, step = 8) => engine.say({ type: 'finished', runId, step, seconds: 1, early: false });

it('is planned before it starts, and held against what the device has for all lanes', () => {
  const { engine, page, state } = open();
  page.races.toggle('hiddencut');
  expect(engine.last('plan_race')!.configs.map(({ dropout }) => Object.keys(dropout))).toEqual([[], ['logits'], ['weights']]);
  engine.say({ type: 'race_planned', lanes: 3, bytes: 3 * 2 ** 30, budget: 2 ** 30 });
  expect(raceObstacle(state())).toBe('Together they need 3 GiB, and this device has 1 GiB; take a variant out, or lower the batch.');
  page.races.start();
  expect(engine.last('race')).toBeUndefined();
  page.races.toggle('dropattention');
  // The answer to an older question says nothing.
  engine.say({ type: 'race_planned', lanes: 3, bytes: 3 * 2 ** 30, budget: 2 ** 30 });
  expect(state().lineUp.plan).toBeUndefined();
  engine.say({ type: 'race_planned', lanes: 2, bytes: 2 ** 20, budget: 2 ** 30 });
  expect(raceObstacle(state())).toBeUndefined();
  page.races.toggle('dropkey');
  expect(raceObstacle(state())).toMatch(/^Choose two variants or more/);
});

it('takes no fifth lane', () => {
  const { page, state } = open();
  page.races.toggle('hiddenkey');
  expect(state().lineUp.variants).toHaveLength(4);
  expect(state().lineUp.variants).not.toContain('hiddenkey');
});

it('gives each lane its points, and is over when the last lane is', () => {
  const opened = open();
  const { engine, page, state } = opened;
  const lanes = race(opened);
  expect(lanes).toHaveLength(4);
  expect(state()).toMatchObject({ phase: 'running', current: lanes[0] });
  expect(state().runs.map(({ device }) => device)).toEqual(Array(4).fill('Fake adapter, software, in a race of 4'));
  lanes.forEach((runId, lane) => engine.sayPoints(runId, 0, [0.7, 0.6 - lane / 10]));
  expect(lanes.map((runId) => page.data.get(runId)!.crossEntropy.at(1))).toEqual([0.6, 0.5, 0.4, 0.3].map(Math.fround));
  // The first lane ran out of patience; the next one says how far the race is.
  finish(engine, lanes[0], 2);
  expect(state().phase).toBe('running');
  engine.sayPoints(lanes[1], 2, [0.4]);
  expect(state().step).toBe(3);
  engine.say({ type: 'paused', runId: lanes[1], step: 3 });
  engine.say({ type: 'paused', runId: lanes[2], step: 3 });
  expect(state().phase).toBe('paused');
  for (const runId of lanes.slice(1)) finish(engine, runId);
  expect(state()).toMatchObject({ phase: 'finished', offer: 'waiting' });
});

it('goes on without a lane that went astray, and says why that one is out', () => {
  const opened = open();
  const { engine, state } = opened;
  const lanes = race(opened);
  const fault = { code: 'diverged', step: 3, loss: Infinity, learningRate: 1 } as const;
  engine.say({ type: 'fault', runId: lanes[2], fault });
  expect(state()).toMatchObject({ phase: 'running', problem: undefined, race: { faults: { [lanes[2]]: fault } } });
  for (const runId of lanes) if (runId !== lanes[2]) finish(engine, runId);
  expect(state().phase).toBe('finished');
});

it('changes nothing of the lanes while they go on, whatever is set on the cards', async () => {
  const opened = open();
  race(opened);
  opened.page.edits.set('dropout.logits', { p: 0.3, pattern: 'column' });
  await new Promise((resolve) => { setTimeout(resolve, 250); });
  expect(opened.engine.last('change')).toBeUndefined();
});

it('begins all lanes again where the device is lost', () => {
  const opened = open();
  const { engine, page, state } = opened;
  const lanes = race(opened);
  for (const runId of lanes) engine.sayPoints(runId, 0, [0.7, 0.6]);
  engine.say({ type: 'fault', fault: { code: 'device_lost', reason: 'unknown' } });
  expect(engine.restarts).toBe(1);
  expect(lanes.map((runId) => page.data.get(runId)!.step.length)).toEqual([0, 0, 0, 0]);
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  expect(engine.last('race')!.lanes.map(({ runId }) => runId)).toEqual(lanes);
  expect(engine.last('start')).toBeUndefined();
  expect(state().phase).toBe('starting');
});

it('is put away by a run that starts alone, and by a reset', () => {
  const opened = open();
  const lanes = race(opened);
  opened.page.transport.reset();
  expect(opened.state().race).toBeUndefined();
  // None had been evaluated.
  expect(opened.state().runs.map(({ id }) => id)).not.toContain(lanes[1]);
  race(opened);
  opened.page.transport.start();
  expect(opened.state()).toMatchObject({ race: undefined, current: opened.engine.last('start')!.runId });
});
