/** Runs and the last snapshot outlive the page; a tab that is not the owner keeps its hands off them. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkpointBytes } from '../../e2e/support/checkpointBytes';
import { type TableMapping, tableKey } from '../config/tables';
import { linkOf } from '../config/url';
import { CHECKPOINT_FORMAT } from '../protocol/run';
import { openDatabase } from '../storage/database';
import { QuotaError } from '../storage/shelves';
import { readCheckpoint } from './checkpointFile';
import { everythingBytes, exportEverything, importEverything, isEverything } from './everything';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import type { Place } from './keeping';
import { startObstacle } from './obstacles';
import { createPlayground } from './playground';
import { DEFAULT_VIEW } from './state';

const OWNED = { database: () => openDatabase('test'), owned: () => Promise.resolve(), goesOn: () => false };
const SNAPSHOT = checkpointBytes({ format: CHECKPOINT_FORMAT, step: '5', record: '' });

async function open(place: Partial<Place> = {}) {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined, place: { ...OWNED, ...place } });
  const state = () => page.store.getState();
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  await vi.waitFor(() => expect(state().keeping.state).not.toBe('opening'), { timeout: 5000 });
  return { engine, page, state };
}

/** A run that is at step 8, with a snapshot of step 5. */
function train({ engine, page }: Awaited<ReturnType<typeof open>>): string {
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  engine.sayPoints(runId, 0, [0.7123456789, 0.6, 0.5, 0.4, 0.3]);
  engine.sayEvaluation(runId, 5, 0.5, 0.4);
  engine.say({ type: 'snapshotted', runId, step: 5, file: SNAPSHOT });
  engine.sayPoints(runId, 5, [0.2, 0.1, 0.05]);
  return runId;
}

beforeEach(() => { globalThis.indexedDB = new IDBFactory(); });

describe('a page that is loaded again', () => {
  it('has its runs, and offers to go on with the one that was going, from its snapshot', async () => {
    const before = await open();
    const runId = train(before);
    before.page.runList.update(runId, { name: 'Mine', renamed: true, pinned: true });
    await before.page.keeping!.flush();
    const { engine, page, state } = await open();
    expect(state().runs).toMatchObject([{ id: runId, name: 'Mine', pinned: true }]);
    // To the last bit, which a file would round.
    expect(Array.from(page.data.get(runId)!.crossEntropy.view())).toEqual(Array.from(before.page.data.get(runId)!.crossEntropy.view()));
    expect(state().checkpoint).toMatchObject({ step: 5, shownAs: runId });
    expect(engine.last('start')).toBeUndefined();
    // Nor does it forget what it offers while nobody has answered.
    await page.keeping!.flush();
    const again = await open();
    again.page.checkpoints.goOn();
    expect(again.engine.last('start')).toMatchObject({ resume: SNAPSHOT });
    const on = again.engine.last('start')!.runId;
    expect(again.page.data.get(on)!.step.length).toBe(5);
    expect(again.state().runs).toMatchObject([{ id: on, name: 'Mine' }]);
  });
  it('goes on by itself where it was loaded again for that', async () => {
    const before = await open();
    train(before);
    await before.page.keeping!.flush();
    const { engine } = await open({ goesOn: () => true });
    expect(engine.last('start')).toMatchObject({ resume: SNAPSHOT });
  });
  it('offers nothing of a run that came to its end, and has no run that was removed', async () => {
    const before = await open();
    const runId = train(before);
    before.engine.say({ type: 'finished', runId, step: 8, seconds: 1, early: false });
    await before.page.keeping!.flush();
    const after = await open();
    expect([after.state().runs.length, after.state().checkpoint]).toEqual([1, undefined]);
    after.page.runList.remove(runId);
    await after.page.keeping!.flush();
    expect((await open()).state().runs).toEqual([]);
  });
});

it('a second tab sees and writes nothing until the first is closed', async () => {
  const first = await open();
  const runId = train(first);
  await first.page.keeping!.flush();
  let close = () => {};
  const second = await open({ owned: () => new Promise<void>((resolve) => { close = resolve; }) });
  expect(second.state()).toMatchObject({ keeping: { state: 'elsewhere' }, runs: [] });
  train(second);
  await second.page.keeping!.flush();
  expect([...(await (await openDatabase('test')).all()).keys()]).toEqual([`run ${runId}`, 'snapshot']);
  close();
  await vi.waitFor(() => expect(second.state()).toMatchObject({ keeping: { state: 'kept' }, runs: [{}, { id: runId }] }));
});

it('a refused quota is told, and what was refused is written once there is room', async () => {
  const database = await openDatabase('test');
  let isFull = true;
  const one = await open({ database: () => Promise.resolve({ ...database, write: (entries) => (isFull ? Promise.reject(new QuotaError('full')) : database.write(entries)) }) });
  const runId = train(one);
  await one.page.keeping!.flush();
  expect(one.state()).toMatchObject({ keeping: { state: 'refused', room: true }, phase: 'running' });
  isFull = false;
  await one.page.keeping!.flush();
  expect(one.state().keeping).toEqual({ state: 'kept' });
  expect([...(await database.all()).keys()]).toEqual([`run ${runId}`, 'snapshot']);
});

it('starts where there is no database at all, and says so', async () => {
  const { state } = await open({ database: () => Promise.reject(new DOMException('newer', 'VersionError')) });
  expect(state()).toMatchObject({ keeping: { state: 'refused', room: false, detail: 'VersionError' }, runs: [] });
});

it('leaves out and names what it cannot read, and leaves it as it is', async () => {
  const before = await open();
  const runId = train(before);
  await before.page.keeping!.flush();
  const database = await openDatabase('test');
  await database.write(new Map<string, unknown>([['run 1', { record: { name: 'Of tomorrow', version: 2 } }], ['run 2', 'nothing'], ['table x', { rows: 7 }], ['snapshot', { runId, step: 5, file: SNAPSHOT.slice(0, -3) }]]));
  const { state, page } = await open();
  expect(state()).toMatchObject({ runs: [{ id: runId }], checkpoint: undefined });
  expect(state().notice).toMatch(/was going when this page was left, and cannot go on: what was kept of its weights is damaged \(it ends 3 bytes early\)/);
  await database.write(new Map([['snapshot', undefined]]));
  expect((await open()).state().notice).toMatch(/^2 runs of an earlier visit cannot be read here and are left out; all others are here\. Of tomorrow: /);
  await page.keeping!.flush();
  expect((await database.all()).has('run 1')).toBe(true);
});

describe('rows of a table', () => {
  const TABLE: TableMapping = { kind: 'classification', labels: ['bad', 'good'], files: { training: ['rooms.csv'] }, read: { text: 'review', label: 'verdict' }, split: { validation: 0.1, test: 0.1 }, rows: 60 };
  const SOURCE = 'local:rooms.csv#0123456789abcdef';
  const ROWS = { source: SOURCE, table: TABLE, rows: new Blob(['{"training":[]}']) };
  const takeTable = ({ page }: Awaited<ReturnType<typeof open>>) => {
    page.tables.restore([ROWS]);
    page.edits.useTable(SOURCE, TABLE, 48);
  };

  it('are here again, for the cards and for the run that goes on', async () => {
    const before = await open();
    takeTable(before);
    train(before);
    await before.page.keeping!.flush();
    const { engine, page, state } = await open();
    expect(state().heldTables).toEqual([tableKey(SOURCE, TABLE)]);
    expect(await engine.last('take_rows')!.rows.text()).toBe('{"training":[]}');
    page.checkpoints.goOn();
    expect(engine.last('start')).toMatchObject({ resume: SNAPSHOT, config: { data: { source: SOURCE } } });
    // Nobody names them any more.
    page.transport.reset();
    page.edits.set('data.source', 'antonyms');
    for (const { id } of state().runs) page.runList.remove(id);
    await page.keeping!.flush();
    expect([...(await (await openDatabase('test')).all()).keys()]).toEqual([]);
  });
  it('that find no room take no run along; the file is asked for, and the run goes on with it', async () => {
    const database = await openDatabase('test');
    const before = await open({ database: () => Promise.resolve({ ...database, write: (entries) => ([...entries.keys()].some((key) => key.startsWith('table')) ? Promise.reject(new QuotaError('full')) : database.write(entries)) }) });
    takeTable(before);
    const runId = train(before);
    await before.page.keeping!.flush();
    expect(before.state().keeping).toEqual({ state: 'kept', withoutRows: 'rooms.csv' });
    await before.page.keeping!.flush();
    expect(before.state().keeping).toEqual({ state: 'kept', withoutRows: 'rooms.csv' });
    const { engine, page, state } = await open();
    page.checkpoints.goOn();
    expect(engine.last('start')).toBeUndefined();
    expect(startObstacle(state())).toMatch(/^The rows of rooms\.csv are not here; open it \(60 rows, fingerprint 01234567\)/);
    expect(state().checkpoint).toMatchObject({ shownAs: runId, step: 5 });
    page.tables.restore([ROWS]);
    page.checkpoints.goOn();
    expect(engine.last('start')).toMatchObject({ resume: SNAPSHOT });
  });
  it('says no more that rows found no room once nothing names them', async () => {
    const database = await openDatabase('test');
    const tab = await open({ database: () => Promise.resolve({ ...database, write: (entries) => ([...entries.keys()].some((key) => key.startsWith('table')) ? Promise.reject(new QuotaError('full')) : database.write(entries)) }) });
    takeTable(tab);
    await tab.page.keeping!.flush();
    expect(tab.state().keeping).toEqual({ state: 'kept', withoutRows: 'rooms.csv' });
    tab.page.edits.set('data.source', 'sentiment');
    await tab.page.keeping!.flush();
    expect(tab.state().keeping).toEqual({ state: 'kept', withoutRows: undefined });
  });
});

it('forgets from a second tab, too', async () => {
  const first = await open();
  train(first);
  await first.page.keeping!.flush();
  const second = await open({ owned: () => new Promise<void>(() => undefined) });
  await second.page.keeping!.forget();
  expect((await (await openDatabase('test')).all()).size).toBe(0);
});

it('forgets everything', async () => {
  const { page, ...rest } = await open();
  train({ page, ...rest });
  await page.keeping!.flush();
  await page.keeping!.forget();
  await page.keeping!.flush();
  expect((await (await openDatabase('test')).all()).size).toBe(0);
});

it('goes out with what a run is still to change, and without a snapshot once it is over', async () => {
  const change = { step: 12, field: 'optimizer.learningRate', from: 0.005, to: 0.001 };
  const one = await open();
  one.page.edits.openLink(`#${linkOf(one.state().draft, [change])}`);
  const runId = train(one);
  const snapshotOf = async () => {
    const parts = unzipSync(await exportEverything(one.page));
    const [name] = Object.keys(parts).filter((part) => part.endsWith('.safetensors'));
    return name && readCheckpoint(parts[name].slice(), name);
  };
  expect(await snapshotOf()).toMatchObject({ ok: true, checkpoint: { record: { changes: [change], points: { crossEntropy: Array.from(one.page.data.get(runId)!.crossEntropy.view()) } } } });
  one.engine.say({ type: 'finished', runId, step: 8, seconds: 1, early: false });
  expect(await snapshotOf()).toBeUndefined();
  expect(await isEverything(new Blob([zipSync({ 'adapter_config.json': strToU8('{}') })]))).toBe(false);
});

it('goes out as one file and comes back', async () => {
  const one = await open();
  const runId = train(one);
  one.page.edits.set('seed', 99);
  const line = { link: 'v=1&seed=4', device: 'a card', date: '2026-11-26', seconds: 3, evaluations: [], test: { loss: 0.5, metric: 0.8 } };
  one.page.queue.addLines([line]);
  one.page.queue.addStudies({ mine: '{"name":"mine"}' });
  one.page.queue.restore([{ link: 'v=1&seed=5', name: 'waits' }]);
  one.page.tables.restore([{ source: 'local:rooms.csv#0123456789abcdef', table: { kind: 'regression', labels: [], files: { training: ['rooms.csv'] }, read: {}, split: { validation: 0.1, test: 0.1 }, rows: 6 }, rows: new Blob(['{}']) }]);
  const file = await exportEverything(one.page);
  const parts = unzipSync(file);
  const [name] = Object.keys(parts).filter((part) => part.endsWith('.safetensors'));
  expect(readCheckpoint(parts[name].slice(), name)).toMatchObject({ ok: true, checkpoint: { step: 5, record: { id: runId } } });
  expect(strFromU8(parts['settings.json'])).toContain('seed=99');
  expect(await isEverything(new Blob([file]))).toBe(true);
  // A run comes with its snapshot or among the others, not twice.
  expect(JSON.parse(strFromU8(parts['runs.json']))).toEqual({ runs: [] });
  // What was said before, within a factor: this file is small, and its packing is most of it.
  expect(everythingBytes(one.page) / file.length).toBeGreaterThan(0.1);
  expect(everythingBytes(one.page) / file.length).toBeLessThan(10);
  const other = await open({ database: () => openDatabase('other') });
  await importEverything(other.page, new File([file], 'all.zip'));
  expect(other.state()).toMatchObject({ draft: { seed: 99 }, checkpoint: { step: 5 } });
  expect(other.state().runs.some(({ id }) => id === runId)).toBe(true);
  expect(other.state().heldTables).toEqual(one.state().heldTables);
  expect(other.page.queue.store.getState()).toMatchObject({ waiting: [{ link: 'v=1&seed=5', name: 'waits' }], held: true, studies: { mine: '{"name":"mine"}' } });
  expect(other.page.queue.store.getState().lines.get(line.link)).toEqual(line);
  await importEverything(other.page, new File(['no zip'], 'bad.zip'));
  expect(other.state().notice).toMatch(/^bad\.zip: not a file of everything/);
});
