/** Links, runs and checkpoints that people have kept since November 2026 open as they did on that day (`fixtures/README.md`). */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Change, RunConfig } from '../config/config';
import { configProblems } from '../config/problems';
import { openLink } from '../config/url';
import type { RunRecord } from '../protocol/run';
import links from '../fixtures/saved/links.json';
import { readCheckpoint } from './checkpointFile';
import { readRecords } from './recordFile';

const path = (name: string) => new URL(`../fixtures/saved/${name}`, import.meta.url);
const textOf = (name: string) => readFileSync(path(name), 'utf8');

/** A course that is not named is a constant one. */
const plain = (config: unknown) => JSON.parse(JSON.stringify(config, (_, value: unknown) => (value === 'constant' ? undefined : value))) as RunConfig;

/** As model and data were named then. */
interface Old { model: { folder: string }; data: { task: string } }

/** Every setting of that day, and no rule besides; a setting that has come since may stand beside them. */
function expectSettings(config: RunConfig, old: Old): void {
  const { folder, ...model } = old.model;
  const { task, ...data } = old.data;
  const kept = { ...old, model: { ...model, source: folder }, data: { ...data, source: task } };
  expect(plain(config)).toMatchObject(plain(kept));
  expect(plain(config).dropout).toEqual(plain(kept).dropout);
}

it.each(links)('the link of $what', ({ link, written, config, changes }) => {
  for (const text of [link, `#${written}`]) {
    const opened = openLink(text);
    expect(opened.ignored).toEqual([]);
    expectSettings(opened.config, config);
    expect(opened.changes).toEqual(changes);
    expect(configProblems(opened.config)).toEqual([]);
  }
});

it.each([['record-changes.json', 1], ['record-two-runs.json', 2], ['record-diverged.json', 1], ['record-of-checkpoint.json', 1]])('%s', (name, count) => {
  const kept = JSON.parse(textOf(name)) as RunRecord | { runs: RunRecord[] };
  const runs = 'runs' in kept ? kept.runs : [kept];
  const read = readRecords(textOf(name), name);
  expect(read).toHaveLength(count);
  read.forEach((found, index) => {
    if (!found.ok) throw new Error(found.sentence);
    expectSettings(found.record.config, runs[index].config as unknown as Old);
    // JSON writes a hole as null.
    for (const part of ['changes', 'points', 'evaluations', 'name'] as const) expect(JSON.parse(JSON.stringify(found.record[part]))).toEqual(runs[index][part]);
  });
});

it('a record from before there were methods', () => {
  const [found] = readRecords(textOf('record-with-a-hole.json'), 'a.json');
  if (!found.ok) throw new Error(found.sentence);
  const { model, consistency, optimizer } = found.record.config;
  expect(model).toMatchObject({ peft: 'lora', rank: 8, alpha: 16, targets: ['q', 'v'], fromLayer: 0 });
  expect([consistency.every, optimizer.accumulation, optimizer.l1, optimizer.neftune]).toEqual([1, 1, 0, 0]);
  expect(found.record.evaluations[2].heldOut).toEqual({ loss: NaN, metric: NaN });
});

it('a checkpoint, with a change that was made and one that is still to come', () => {
  const whole = JSON.parse(textOf('record-of-checkpoint.json')) as RunRecord;
  const read = readCheckpoint(new Uint8Array(readFileSync(path('checkpoint.safetensors'))), 'a.safetensors');
  if (!read.ok) throw new Error(read.sentence);
  const { step, record } = read.checkpoint;
  expect(step).toBe(6);
  expectSettings(record.config, whole.config as unknown as Old);
  expect(record.changes.map((change: Change) => change.step)).toEqual([3, 9]);
  expect(record.changes).toEqual(whole.changes);
  expect(record.points.crossEntropy).toEqual(whole.points.crossEntropy.slice(0, 6));
});
