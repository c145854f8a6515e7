/** A table on the page: the newest wish counts, and a worker that fails says so. */
import { expect, it } from 'vitest';
import type { Wishes } from '../protocol/tableMessages';
import { DEFAULT_CONFIG } from '../config/config';
import { withTable } from '../config/presets';
import type { TableMapping } from '../config/tables';
import { linkOf } from '../config/url';
import { FAKE_DEVICE, FakeEngine } from './fakeEngine';
import { startObstacle } from './obstacles';
import { createPlayground } from './playground';
import { DEFAULT_VIEW } from './state';
import { createTables } from './tables';
import { createTablesClient, type Looked, type TablesLink } from './tablesClient';

const looked = (id: number, part: Partial<Looked> = {}) => ({ id, report: {}, preview: [], sets: [], parts: {}, fingerprint: '0123456789abcdef', ...part }) as unknown as Looked;
const file = [{ path: 'a.csv', blob: new Blob(['x']) }];

const never = () => new Promise<never>(() => undefined);
const tablesLink = (some: Partial<TablesLink>): TablesLink => ({ read: never, offer: never, load: never, measure: never, authorise: () => undefined, ...some });

/** Answers when it is told to. */
function slowLink() {
  const asked: { wishes: Wishes; answer: (looked: Looked) => void; fail: (error: Error) => void }[] = [];
  return { asked, link: tablesLink({ read: ({ wishes }) => new Promise<Looked>((answer, fail) => asked.push({ wishes, answer, fail })) }) };
}

function pageWith(some: Partial<TablesLink>, hash = '') {
  const link = tablesLink(some);
  const engine = new FakeEngine();
  const page = createPlayground(engine, { hash, view: DEFAULT_VIEW });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  return { engine, page, tables: createTables(link, page, page.edits) };
}

const table: TableMapping = { kind: 'classification', labels: ['no', 'yes'], files: { training: ['a.csv'] }, read: { text: 'review' }, split: { validation: 0.1, test: 0.1 }, rows: 40 };
const handed = { source: 'local:a.csv#0123456789abcdef', table, rows: new Blob(['{}']) };
const sets = [{ part: 'training' as const, files: ['a.csv'], rows: 32, bad: 0, shared: 0 }];

it('hands the rows over, and the cards name the table from then on', async () => {
  const { engine, page, tables } = pageWith({ read: () => Promise.resolve(looked(1, { handed, sets })) });
  await tables.open('a.csv', file);
  expect(page.store.getState().draft.data.source).toBe('sentiment');
  tables.use();
  expect(engine.last('take_rows')).toEqual({ type: 'take_rows', ...handed });
  expect(page.store.getState().draft.data).toMatchObject({ source: handed.source, table, rows: 32, noise: 0 });
  expect(startObstacle(page.store.getState())).toBeUndefined();
  tables.remind();
  expect(engine.posted.filter(({ type }) => type === 'take_rows')).toHaveLength(2);
});

it('says what to open where a link names a table, and takes it with the settings of the link', async () => {
  const config = withTable({ ...DEFAULT_CONFIG, seed: 7 }, 'local:old%20name.csv#0123456789abcdef', table, 24);
  const asked: Wishes[] = [];
  const { engine, page, tables } = pageWith({ read: ({ wishes }) => { asked.push(wishes); return Promise.resolve(looked(1, { handed, sets })); } }, `#${linkOf(config)}`);
  expect(startObstacle(page.store.getState())).toBe('The rows of old name.csv (a.csv) are not here; open it (40 rows, fingerprint 01234567) under Data.');
  expect(engine.last('prepare')).toBeUndefined();
  await tables.open('a.csv', file);
  // Read as the link says, though nobody chose that here.
  expect(asked).toEqual([{}, table.read]);
  expect(tables.store.getState().isNamed).toBe(true);
  tables.use();
  expect(page.store.getState().draft).toEqual(config);
  expect(startObstacle(page.store.getState())).toBeUndefined();
  expect(engine.last('prepare')).toEqual({ type: 'prepare', config });
});

it('reads a file, then another way, and shows only what was asked last', async () => {
  const { asked, link } = slowLink();
  const { tables } = pageWith(link);
  const first = tables.open('a.csv', file);
  const second = tables.choose({ header: false });
  const third = tables.choose({ quoting: 'csv' });
  expect(asked.map(({ wishes }) => wishes)).toEqual([{}, { header: false }, { header: false, quoting: 'csv' }]);
  asked[2].answer(looked(3));
  asked[0].answer(looked(1));
  asked[1].fail(new Error('late'));
  await Promise.all([first, second, third]);
  expect(tables.store.getState()).toMatchObject({ name: 'a.csv', reading: false, looked: { id: 3 }, fault: undefined });
  void tables.forget();
  expect(asked[3].wishes).toEqual({});
});

it('says that the worker failed, and starts another', async () => {
  const workers: Worker[] = [];
  const spawn = () => {
    const worker = { postMessage: ({ id }: { id: number }) => queueMicrotask(() => (workers.length === 1 ? worker.onerror!({ preventDefault: () => undefined, message: 'out of memory' } as ErrorEvent) : worker.onmessage!({ data: looked(id) } as MessageEvent))), terminate: () => undefined } as unknown as Worker;
    workers.push(worker);
    return worker;
  };
  const client = createTablesClient(spawn);
  await expect(client.read({ name: 'a.csv', files: file, wishes: {}, seed: 1 })).rejects.toThrow('a.csv could not be read (out of memory)');
  await expect(client.read({ name: 'a.csv', files: file, wishes: {}, seed: 1 })).resolves.toMatchObject({ id: 2 });
  expect(workers).toHaveLength(2);
});

it('keeps the name of the files that it reads, whatever was looked at since', async () => {
  const offer = { source: 'hub:org/set@0123456789012345678901234567890123456789', name: 'org/set', configurations: [], notes: [] };
  const named: string[] = [];
  const { tables } = pageWith({ read: ({ name }) => { named.push(name); return Promise.resolve(looked(1)); }, offer: () => Promise.resolve(offer) });
  await tables.open('a.csv', file);
  await tables.look('org/set');
  await tables.choose({ text: 'b' });
  expect(named).toEqual(['a.csv', 'a.csv']);
  expect(tables.store.getState().name).toBe('a.csv');
});
