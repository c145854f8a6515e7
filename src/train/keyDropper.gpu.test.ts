/** Masks set by hand against the same masks as DropKey draws them in training, a path of its own that the golden cases hold. */
import { expect, it } from 'vitest';
import { keepAttention, siteOf } from '../random/masks';
import type { Dataset } from './dataset';
import { KeyDropper } from './keyDropper';
import { TOKENS, tinyTrainer } from './testing/tinyTrainer';

const SEED = 77;
const P = 0.4;

it.each([
  { architecture: 'bert', problem: 'classification' as const },
  { architecture: 'gpt2', problem: 'classification' as const },
  { architecture: 'llama', problem: 'classification' as const, method: { peft: 'prefix' as const } },
])('$architecture under drawn columns gives what training under them gives', async (options) => {
  const rule = { p: P, pattern: 'column' as const };
  const { trainer, batch, train } = await tinyTrainer({ ...options, method: { ...options.method, dropout: { logits: rule } }, keep: ['logits'] });
  const { ids, lengths } = batch([0, 1, 4]);
  const rows = Array.from(lengths, (length, row) => ids.slice(row * TOKENS, row * TOKENS + length));
  train([batch([0, 1, 4])], 0, { learningRate: 0, seed: SEED });
  const [expected] = await trainer.read(['logits']);
  const dataset = { width: TOKENS, padId: 1, facts: { labels: [] }, heldOut: { ids: rows } } as unknown as Dataset;
  const dropper = new KeyDropper(trainer, dataset, { tokenStrings: () => [] }, 2 ** 28, () => 0, () => undefined);
  const { heads } = trainer.options.config;
  const given = await dropper.run(rows.map((row, sample) => ({
    ids: row,
    isDropped: (layer: number, head: number, key: number) => !keepAttention({ seed: SEED, step: 0, site: siteOf('logits', layer, 0) }, 'column', P, { sample, head, query: 0, key }, { heads, queries: TOKENS, keys: TOKENS, n: row.length }),
  })), 0);
  const plain = await dropper.run(rows.map((row) => ({ ids: row })), 0);
  dropper.release();
  const flat = given.flatMap(({ outputs }) => Array.from(outputs));
  flat.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 5));
  // And the masks matter.
  expect(Math.max(...flat.map((value, index) => Math.abs(value - plain.flatMap(({ outputs }) => Array.from(outputs))[index])))).toBeGreaterThan(1e-2);
  trainer.destroy();
});

it('says what each key is worth, and how the answer goes as more and more go', async () => {
  const { trainer, batch } = await tinyTrainer({});
  const { ids, lengths } = batch([0, 1]);
  const rows = Array.from(lengths, (length, row) => ids.slice(row * TOKENS, row * TOKENS + length));
  const said: Parameters<ConstructorParameters<typeof KeyDropper>[5]>[0][] = [];
  let step: number | undefined = 4;
  const dropper = new KeyDropper(trainer, { width: TOKENS, padId: 1, facts: { labels: ['a', 'b', 'c'] }, heldOut: { ids: rows } } as unknown as Dataset, { tokenStrings: (of) => Array.from(of, String) }, 2 ** 28, () => step, (event) => said.push(event));
  await dropper.ask({ type: 'drop_keys', runId: 'run', request: 1, at: { row: 1, layer: 1, head: 0 } });
  await dropper.ask({ type: 'delete_keys', runId: 'run', request: 2, rows: 8 });
  step = undefined;
  await dropper.ask({ type: 'delete_keys', runId: 'run', request: 3, rows: 8 });
  const [dropped, deleted, kept] = said;
  if (dropped.type !== 'keys_dropped' || deleted.type !== 'keys_deleted') throw new Error(JSON.stringify(said));
  const { effects: { places, clean, tokens } } = dropped;
  expect(places.map(({ layer, head }) => [layer, head])).toEqual([[1, 0], [1, 1], [1, undefined], [undefined, undefined]]);
  for (const { weights, outputs, changes } of places) {
    expect([weights.length, outputs.length]).toEqual([tokens.length, 4]);
    // A row's weights add up to 1, so their means over all queries do too.
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 5);
    outputs.forEach((output, key) => expect(Math.log(output / (1 - output)) - Math.log(clean / (1 - clean))).toBeCloseTo(changes[key], 4));
  }
  const { means, rows: count, shares } = deleted.curve;
  expect([count, shares.length, means.effect[0], means.random[0]]).toEqual([2, 10, means.weight[0], means.weight[0]]);
  expect(kept).toMatchObject({ type: 'keys_kept', request: 3, sentence: expect.stringContaining('pause the run') });
  trainer.destroy();
});
