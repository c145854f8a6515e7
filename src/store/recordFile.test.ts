/** Files of runs that were written by something else, or damaged on the way. */
import { describe, expect, it } from 'vitest';
import { recordedRun } from '../../e2e/support/recordedRun';
import { DEFAULT_CONFIG } from '../config/config';
import { readRecord } from './recordFile';

/** The record, changed at will before it is written. */
function read(change: (record: never) => void) {
  const record = structuredClone(recordedRun());
  change(record as never);
  return readRecord(JSON.stringify(record), 'run.json');
}

const saidOf = (found: ReturnType<typeof readRecord>) => (found.ok ? (found.note ?? '') : found.sentence);

describe('what is unknown in a record', () => {
  it.each<[string, (record: { config: { dropout: object; optimizer: object; data: object }; changes: unknown[] }) => void, string]>([
    ['a place', ({ config }) => Object.assign(config.dropout, { nonsense: { p: 0.5, pattern: 'element' } }), 'config.dropout.nonsense'],
    ['a setting', ({ config }) => Object.assign(config.optimizer, { momentum: 0.9 }), 'config.optimizer.momentum'],
    ['a part of a rule', ({ config }) => Object.assign(config.dropout, { hidden: { p: 0.5, pattern: 'element', shape: 'round' } }), 'config.dropout.hidden.shape'],
    ['a change', ({ changes }) => changes.push({ step: 2, field: 'dropout.nonsense', to: { p: 0.5, pattern: 'element' } }), 'change [2,"dropout.nonsense",null,{"p":0.5,"pattern":"element"}]'],
    ['a change before the start', ({ changes }) => changes.push({ step: -1, field: 'optimizer.clip', from: 1, to: 2 }), 'change [-1,"optimizer.clip",1,2] (its step is no whole number from 0 up)'],
    ['a change without a step', ({ changes }) => changes.push({ step: 'soon', field: 'optimizer.clip', to: 2 }), 'change ["soon","optimizer.clip",null,2] (its step is no whole number from 0 up)'],
  ])('is named and left out: %s', (_, change, named) => {
    const found = read(change);
    expect(saidOf(found)).toBe(`run.json: not understood here and left out: ${named}.`);
    expect(found.ok && found.record.changes).toEqual([]);
    expect(found.ok && Object.keys(found.record.config.dropout)).toEqual(named.includes('hidden') ? ['hidden'] : []);
  });
  it('is not what an inherited name is', () => {
    const text = JSON.stringify(recordedRun()).replace('"dropout":{}', '"dropout":{"__proto__":{"p":0.5,"pattern":"element"}}');
    const found = readRecord(text, 'run.json');
    expect(saidOf(found)).toContain('config.dropout.__proto__');
    expect(found.ok && found.record.config.dropout).toEqual({});
    expect(({} as { p?: number }).p).toBeUndefined();
  });
});

describe('a damaged record is refused', () => {
  type Made = ReturnType<typeof recordedRun>;
  it.each<[string, (record: Made) => void, string]>([
    ['steps that go back', ({ points }) => points.step.splice(3, 1, 1), 'points has step 1 after 2'],
    ['a step twice', ({ points }) => points.step.splice(3, 1, 2), 'points has step 2 after 2'],
    ['a negative step', ({ points }) => points.step.splice(0, 1, -1), 'points has step -1'],
    ['half a step', ({ points }) => points.step.splice(39, 1, 39.5), 'points has step 39.5'],
    ['more steps than the run has', ({ points }) => points.step.splice(39, 1, DEFAULT_CONFIG.optimizer.steps), 'points has step 200 of a run of 200 steps'],
    ['evaluations out of order', ({ evaluations }) => evaluations.reverse(), 'evaluations has step 20 after 40'],
    ['columns of unequal length', ({ points }) => points.consistency.pop(), 'points.consistency has 39 values for 40 steps'],
    ['words for numbers', ({ points }) => points.crossEntropy.splice(0, 1, 'low' as never), 'points.crossEntropy.0 is "low"'],
    ['a list for a record', ({ evaluations }) => evaluations.splice(0, 1, [] as never), 'evaluations.0'],
    ['a target twice', (record) => { record.config = { ...record.config, model: { ...record.config.model, targets: ['q', 'q'] } }; }, 'target "q" is named twice'],
    ['another version', (record) => Object.assign(record, { version: 2 }), 'version is 2, expected 1'],
  ])('%s', (_, change, words) => {
    const found = read(change as never);
    expect(found.ok).toBe(false);
    expect(saidOf(found)).toContain(`run.json: `);
    expect(saidOf(found)).toContain(words);
  });
});

it('a value beyond all numbers is a hole', () => {
  const found = readRecord(JSON.stringify(recordedRun()).replace('"crossEntropy":[0.7', '"crossEntropy":[1e999'), 'run.json');
  expect(found.ok && found.record.points.crossEntropy[0]).toBeNaN();
});
