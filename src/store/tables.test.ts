/** A table on the page: the newest wish counts, and a worker that fails says so. */
import { expect, it } from 'vitest';
import type { Wishes } from '../protocol/tableMessages';
import { createTables } from './tables';
import { createTablesClient, type Looked } from './tablesClient';

const looked = (id: number) => ({ id, report: {}, preview: [] }) as unknown as Looked;

/** Answers when it is told to. */
function slowLink() {
  const asked: { wishes: Wishes; answer: (looked: Looked) => void; fail: (error: Error) => void }[] = [];
  return { asked, link: { read: (_name: string, _file: Blob, wishes: Wishes) => new Promise<Looked>((answer, fail) => asked.push({ wishes, answer, fail })) } };
}

it('reads a file, then another way, and shows only what was asked last', async () => {
  const { asked, link } = slowLink();
  const tables = createTables(link);
  const first = tables.open('a.csv', new Blob(['x']));
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
  await expect(client.read('a.csv', new Blob([]), {})).rejects.toThrow('a.csv could not be read (out of memory)');
  await expect(client.read('a.csv', new Blob([]), {})).resolves.toMatchObject({ id: 2 });
  expect(workers).toHaveLength(2);
});
