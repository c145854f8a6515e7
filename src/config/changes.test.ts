import { describe, expect, it } from 'vitest';
import type { Change } from './config';
import { DEFAULT_CONFIG } from './config';
import { withField } from './change';
import { MOST_CHANGES, possibleChanges } from './changes';
import { FIELDS } from './fields';

const config = withField(DEFAULT_CONFIG, 'dropout.hidden', { p: 0.1, pattern: 'element' });
const rule = { p: 0.5, pattern: 'element' };

/** What becomes of changes written as a link writes them. */
function judge(...rows: unknown[][]) {
  const ignored: string[] = [];
  const changes = possibleChanges(config, rows.map(([step, field, from, to]) => ({ step, field, from, to }) as Change), ignored);
  return { made: changes.map(({ step, field, to }) => [step, field, to]), changes, ignored };
}

describe('changes from elsewhere', () => {
  it.each<unknown[][]>([
    [[2, 'dropout.hidden.p', null, 0.3]], [[2, 'dropout.hidden.time', null, 'rising']], [[2, 'dropout.hidden.fromLayer', null, 1]], [[2, 'dropout.hidden', null, null]], [[2, 'dropout.logits', null, rule]],
    [[2, 'dropout', null, {}]], [[2, 'consistency', null, { kind: 'kl', alpha: 1, second: 'dropped_grad' }]], [[2, 'optimizer.l1', null, 0.1]], [[199, 'optimizer.clip', null, 0]], [[0, 'optimizer.learningRate', null, 0]],
  ])('are made: %j', (row) => {
    expect(judge(row)).toMatchObject({ made: [[row[0], row[1], row[3]]], ignored: [] });
  });
  it.each<[unknown[], string]>([
    [[2, 'dropout.nonsense', null, rule], ''], [[2, 'dropout.nonsense.p', null, 0.5], ''], [[2, 'dropout.hidden.q', null, 0.5], ''], [[2, 'dropout.__proto__', null, rule], ''], [[2, 'dropout.constructor.p', null, 0.5], ''],
    [[2, 'model.rank', 8, 4], ''], [[2, 'seed', 1, 2], ''], [[2, '', null, 1], ''], [[2, 7, null, 1], ''], [[2, ['dropout'], null, {}], ''],
    [[2, 'dropout.hidden.p', null, '0.5'], ''], [[2, 'dropout.hidden.p', null, null], ''], [[2, 'dropout.hidden.pattern', null, 'spiral'], ''], [[2, 'dropout.logits', null, { p: 0.5 }], ''], [[2, 'dropout.logits', null, { ...rule, extra: 1 }], ''],
    [[2, 'dropout', null, { nonsense: rule }], ''], [[2, 'dropout', null, null], ''], [[2, 'dropout', null, [rule]], ''], [[2, 'consistency', null, null], ''], [[2, 'consistency', null, { kind: 'kl' }], ''], [[2, 'optimizer.l1', null, null], ''],
    [[2, 'consistency.kind', null, 'magic'], ''], [[2, 'optimizer.clip', null, { valueOf: 1 }], ''], [[2, 'dropout', null, JSON.parse('{"__proto__":{"p":0.5,"pattern":"element"}}')], ''],
    [[-1, 'optimizer.clip', 1, 2], 'its step is no whole number from 0 up'], [[1.5, 'optimizer.clip', 1, 2], 'its step is no whole number from 0 up'], [['2', 'optimizer.clip', 1, 2], 'its step is no whole number from 0 up'], [[null, 'optimizer.clip', 1, 2], 'its step is no whole number from 0 up'],
    [[200, 'optimizer.clip', 1, 2], 'the run has 200 steps'], [[2, 'dropout.logits.p', null, 0.5], 'there is no such place then'],
    [[2, 'dropout.hidden.p', null, 1], 'dropout at hidden: rate 1 is outside 0 ≤ p < 1; choose a rate below 1'], [[2, 'optimizer.learningRate', null, -1], 'optimizer: learning rate -1; choose a number from 0 up'], [[2, 'consistency.every', null, 1.5], 'consistency: every 1.5 steps; choose a whole number from 1 to 10000'],
    [[2, 'consistency.kind', null, 'mse'], 'consistency: "mse" compares single outputs; choose kl, js_paper or jsd for a classification or for text'],
  ])('are named and left out: %j %s', (row, reason) => {
    const { made, ignored } = judge(row);
    expect(made).toEqual([]);
    expect(ignored).toHaveLength(1);
    expect(ignored[0].startsWith('change [')).toBe(true);
    expect(ignored[0].endsWith(reason ? `(${reason})` : ']')).toBe(true);
  });
  it('are put in the order of their steps, and each is judged after those before it', () => {
    const { made, changes, ignored } = judge([9, 'dropout.logits.p', 'a lie', 0.2], [5, 'dropout.logits', 'a lie', rule], [12, 'dropout.logits', null, null], [15, 'dropout.logits.p', 0.2, 0.1]);
    expect(made).toEqual([[5, 'dropout.logits', rule], [9, 'dropout.logits.p', 0.2], [12, 'dropout.logits', null]]);
    expect(changes.map(({ from }) => from)).toEqual([null, 0.5, { ...rule, p: 0.2 }]);
    expect(ignored).toEqual(['change [15,"dropout.logits.p",0.2,0.1] (there is no such place then)']);
  });
  it('may go back and forth at one step, and are not endless', () => {
    expect(judge([3, 'optimizer.clip', 1, 2], [3, 'optimizer.clip', 2, 1], [3, 'optimizer.clip', 1, 2]).made).toHaveLength(3);
    const ignored: string[] = [];
    const rows = Array.from({ length: MOST_CHANGES + 5 }, () => ({ step: 0, field: 'nothing', from: null, to: null }));
    expect(possibleChanges(config, rows, ignored)).toEqual([]);
    expect(ignored[0]).toBe('5 changes after the first 10000');
  });
  it('of settings that cannot run are not judged', () => {
    const ignored: string[] = [];
    expect(possibleChanges({ ...config, seed: -1 }, [{ step: 1, field: 'optimizer.clip', from: 1, to: 2 }], ignored)).toEqual([]);
    expect(ignored).toEqual(['1 change (these settings cannot run)']);
  });
});

it('every setting that a run has, has a place in links', () => {
  const leaves = (value: unknown, path: string): string[] => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value).flatMap(([name, part]) => leaves(part, path ? `${path}.${name}` : name)) : [path]);
  for (const leaf of leaves(config, '')) expect(FIELDS).toHaveProperty([leaf]);
});
