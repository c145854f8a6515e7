/** Runs that people have kept since November 2026 give the losses of that day when they are run again, and a checkpoint of that day goes on to the same end. */
import { expect, it } from 'vitest';
import type { FromEngine, ToEngine } from '../protocol/messages';
import type { RunRecord } from '../protocol/run';
import changed from '../fixtures/saved/record-changes.json';
import ofCheckpoint from '../fixtures/saved/record-of-checkpoint.json';
import checkpoint from '../fixtures/saved/checkpoint.safetensors?url';
import { builtInSource } from '../sources/builtIn';
import { readRecord } from '../store/recordFile';
import { Engine } from './engine';

type Of<K extends FromEngine['type']> = Extract<FromEngine, { type: K }>;

/** Everything that the engine says of a run, from its start to its end. */
function train(start: Omit<Extract<ToEngine, { type: 'start' }>, 'type' | 'runId'>): Promise<FromEngine[]> {
  return new Promise((resolve, reject) => {
    const events: FromEngine[] = [];
    const engine = new Engine((event) => {
      events.push(event);
      if (event.type === 'fault') reject(new Error(JSON.stringify(event.fault)));
      if (event.type === 'finished') void engine.handle({ type: 'reset' }).then(() => resolve(events));
    }, { gpu: navigator.gpu, secure: true, open: async (name) => builtInSource(name, new URL('/models/', location.href)) });
    void engine.handle({ type: 'start', runId: 'kept', ...start });
  });
}

/** A kept record as the page reads it. */
function recordIn(kept: unknown): RunRecord {
  const read = readRecord(JSON.stringify(kept), 'kept.json');
  if (!read.ok) throw new Error(read.sentence);
  return read.record;
}

const only = <K extends FromEngine['type']>(events: FromEngine[], type: K) => events.filter((event): event is Of<K> => event.type === type);

/** The record was made on a software adapter of that day; others differ in the last bits, which twelve steps make larger. */
const LIMIT = 1e-4;

function expectLosses(events: FromEngine[], { points, evaluations, changes }: RunRecord, from: number): void {
  const losses = only(events, 'points').flatMap(({ crossEntropy }) => [...crossEntropy]);
  const wanted = points.crossEntropy.slice(from);
  expect(losses).toHaveLength(wanted.length);
  losses.forEach((loss, index) => expect(Math.abs(loss - wanted[index]), `loss of step ${from + index}: ${loss} against ${wanted[index]}`).toBeLessThan(LIMIT));
  const last = only(events, 'evaluated').at(-1)!;
  expect(Math.abs(last.heldOut.loss - evaluations.at(-1)!.heldOut.loss)).toBeLessThan(LIMIT);
  expect(only(events, 'changed').map(({ change }) => change)).toEqual(changes.filter(({ step }) => step >= from));
}

it('a run with changes on the way', async () => {
  const record = recordIn(changed);
  expectLosses(await train({ config: record.config, changes: record.changes }), record, 0);
});

it('a checkpoint', async () => {
  const record = recordIn(ofCheckpoint);
  const resume = new Uint8Array(await (await fetch(checkpoint)).arrayBuffer());
  expectLosses(await train({ config: record.config, changes: record.changes, resume }), record, 6);
});
