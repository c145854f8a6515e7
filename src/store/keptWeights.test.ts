/** What was trained outlives the run, the engine and the page, within a bound; whatever is let go of is said. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, it, vi } from 'vitest';
import { checkpointBytes } from '../../e2e/support/checkpointBytes';
import { CHECKPOINT_FORMAT } from '../protocol/run';
import { openDatabase } from '../storage/database';
import { QuotaError } from '../storage/shelves';
import { exportEverything, importEverything } from './everything';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import type { Place } from './keeping';
import { createKeptWeights } from './keptWeights';
import { createPlayground } from './playground';
import { DEFAULT_VIEW } from './state';

const FILE = checkpointBytes({ format: CHECKPOINT_FORMAT, step: '8', record: '' });

async function open(place: Partial<Place> = {}) {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined, place: { database: () => openDatabase('test'), owned: () => Promise.resolve(), goesOn: () => false, ...place } });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  const state = () => page.store.getState();
  await vi.waitFor(() => expect(state().keeping.state).not.toBe('opening'), { timeout: 5000 });
  return { engine, page, state };
}
type Opened = Awaited<ReturnType<typeof open>>;

/** A run to its end, and its last snapshot before or after that was told. */
function train({ engine, page }: Opened, snapshotFirst = false): string {
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  engine.sayPoints(runId, 0, [0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]);
  engine.sayEvaluation(runId, 8, 0.5, 0.4);
  const tell = [() => engine.say({ type: 'finished', runId, step: 8, seconds: 1, early: false }), () => engine.say({ type: 'snapshotted', runId, step: 8, file: FILE })];
  for (const say of snapshotFirst ? tell.reverse() : tell) say();
  return runId;
}

beforeEach(() => { globalThis.indexedDB = new IDBFactory(); });

it('has the weights of a finished run again after a reload, under the same run, with its test scores', async () => {
  const before = await open();
  const first = train(before);
  before.page.runList.update(first, { test: { step: 8, scores: { loss: 0.5, metric: 0.7 }, rows: 10 } });
  const second = train(before, true);
  await before.page.keeping!.flush();
  const { engine, page, state } = await open();
  expect(Object.keys(state().weights).sort()).toEqual([first, second].sort());
  await page.checkpoints.bringBack(first);
  expect(engine.last('start')).toMatchObject({ runId: first, resume: FILE });
  engine.say({ type: 'started', runId: first, step: 8, summary: FAKE_PLAN });
  engine.say({ type: 'finished', runId: first, step: 8, seconds: 1, early: false });
  expect(state()).toMatchObject({ phase: 'finished', current: first, offer: 'waiting' });
  expect(state().runs.find(({ id }) => id === first)?.test?.scores.metric).toBe(0.7);
  expect(page.data.get(first)!.step.length).toBe(8);
  // Still kept, and those of a run that is removed are not.
  page.runList.remove(second);
  await page.keeping!.flush();
  expect(Object.keys((await open()).state().weights)).toEqual([first]);
});

it('keeps none of a run that was left on its way', async () => {
  const before = await open();
  before.page.transport.start();
  const { runId } = before.engine.last('start')!;
  before.engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  before.engine.say({ type: 'snapshotted', runId, step: 5, file: FILE });
  expect(before.state().weights).toEqual({});
});

it('lets the oldest go where they take too much together, and says so', async () => {
  const opened = await open();
  createKeptWeights(opened.page, FILE.length * 2);
  const [first, second, third] = [0, 1, 2].map((at) => {
    vi.spyOn(Date, 'now').mockReturnValue(at);
    return train(opened);
  });
  vi.restoreAllMocks();
  expect(Object.keys(opened.state().weights).sort()).toEqual([second, third].sort());
  const { name } = opened.state().runs.find(({ id }) => id === first)!;
  expect(opened.state().notice).toBe(`The trained weights of ${name} made room for newer ones; its curves stay. Take an adapter along while its run is new (the download menu).`);
});

it('says so where the browser has no room for them, and has them until the page is left', async () => {
  const database = await openDatabase('full');
  const full = { ...database, write: (entries: ReadonlyMap<string, unknown>) => ([...entries].some(([key, value]) => key.startsWith('weights ') && value) ? Promise.reject(new QuotaError('full')) : database.write(entries)) };
  const opened = await open({ database: () => Promise.resolve(full) });
  const runId = train(opened);
  await opened.page.keeping!.flush();
  expect(opened.state().notice).toMatch(/found no room in this browser and are here until the page is left/);
  expect(opened.state().keeping).toMatchObject({ state: 'kept' });
  await opened.page.checkpoints.bringBack(runId);
  expect(opened.engine.last('start')).toMatchObject({ runId, resume: FILE });
});

it('brings back nothing that is damaged', async () => {
  const opened = await open();
  const runId = train(opened);
  const { engine, page, state } = opened;
  page.store.setState({ weights: { [runId]: { ...state().weights[runId], file: new Blob([FILE.subarray(0, FILE.length - 3)]) } } });
  const asked = engine.posted.filter(({ type }) => type === 'start').length;
  await page.checkpoints.bringBack(runId);
  expect(engine.posted.filter(({ type }) => type === 'start')).toHaveLength(asked);
  expect(state().notice).toMatch(/cannot be brought back \(it ends 3 bytes early\); its curves stay/);
  expect(state().weights).toEqual({});
});

it('comes along in a file of everything, within the bound of the page that it is brought to', async () => {
  const before = await open();
  const first = train(before);
  const second = train(before);
  const file = new File([await exportEverything(before.page)], 'all.zip');
  globalThis.indexedDB = new IDBFactory();
  const { engine, page, state } = await open();
  await importEverything(page, file);
  expect(Object.keys(state().weights).sort()).toEqual([first, second].sort());
  await page.checkpoints.bringBack(first);
  expect(engine.last('start')).toMatchObject({ runId: first, resume: FILE });
  // A smaller bound takes the newest alone, and says so.
  const small = createKeptWeights(page, FILE.length);
  page.store.setState({ weights: {} });
  small.take(before.state().weights);
  expect(Object.keys(state().weights)).toHaveLength(1);
  expect(state().notice).toMatch(/^The trained weights of .* stay in the file/);
});

it('says that everything is too large before anything is written', async () => {
  const { page, state } = await open();
  const id = 'large';
  page.store.setState({ weights: { [id]: { step: 1, at: 1, file: { size: 2 ** 31 } as Blob } } });
  await expect(exportEverything(page)).rejects.toThrow(/everything together takes about 2 GiB, and one file holds 1 GiB/);
  expect(state().runs.some((run) => run.id === id)).toBe(false);
});
