import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type RunConfig } from './config';
import { TASK_NAMES } from './tasks';
import { withField } from './change';
import { METHODS, applyMethod } from './methods';
import type { PeftKind } from './peft';
import { applyPreset, PRESET_NAMES, withTable, withTask } from './presets';
import { applyRegulariser, REGULARISER_NAMES } from './regularisers';
import type { TableMapping } from './tables';
import { linkOf, openLink } from './url';

const round = (config: RunConfig) => openLink(`#${linkOf(config)}`);

describe('links', () => {
  it('are empty for the default and carry only what differs', () => {
    expect(linkOf(DEFAULT_CONFIG)).toBe('');
    expect(linkOf(withField(DEFAULT_CONFIG, 'data.rows', 64))).toBe('v=1&data.rows=64');
  });
  it('give every preset on every task back', () => {
    for (const name of PRESET_NAMES) for (const task of TASK_NAMES) {
      const config = applyPreset(name, withTask(DEFAULT_CONFIG, task));
      expect(round(config)).toEqual({ config, changes: [], applied: expect.any(Number), ignored: [] });
    }
  });
  it('give every method and regulariser back', () => {
    const configs = [...Object.keys(METHODS).map((peft) => applyMethod(peft as PeftKind, DEFAULT_CONFIG)), ...REGULARISER_NAMES.map((name) => applyRegulariser(name, DEFAULT_CONFIG))];
    for (const config of configs) expect(round(config)).toEqual({ config, changes: [], applied: expect.any(Number), ignored: [] });
  });
  it('give unusual values back', () => {
    let config = withField(DEFAULT_CONFIG, 'dropout.weights', { p: 0.25, pattern: 'span', compensation: 'none', fromLayer: 1, depth: 'rising', time: 'falling' });
    config = withField(withField(config, 'model.targets', ['k', 'o', 'down']), 'optimizer.learningRate', 3e-4);
    expect(round({ ...config, seed: 4294967295 }).config).toEqual({ ...config, seed: 4294967295 });
  });
  it('name a table and how it is read, and not one row of it', () => {
    const table: TableMapping = { kind: 'classification', labels: ['no', 'yes & more'], files: { training: ['my file.csv'] }, read: { delimiter: ',', text: 'review', text2: null, label: 3 }, split: { validation: 0.1, test: 0.1 }, rows: 300 };
    const config = withTable(DEFAULT_CONFIG, 'local:my%20file.csv#0123456789abcdef', table, 240);
    expect(round(config)).toEqual({ config, changes: [], applied: 4, ignored: [] });
    expect(openLink(`data.table=${encodeURIComponent(JSON.stringify({ ...table, rows: 'many' }))}`).ignored).toHaveLength(1);
    expect(openLink(`data.table=${encodeURIComponent(JSON.stringify({ ...table, training: ['a row'] }))}`).ignored).toHaveLength(1);
  });
  it('carry changes', () => {
    const config = withField(DEFAULT_CONFIG, 'dropout.logits', { p: 0.1, pattern: 'column' });
    const changes = [{ step: 120, field: 'dropout.logits.p', from: 0.1, to: 0.3 }, { step: 150, field: 'consistency', from: config.consistency, to: { kind: 'kl', alpha: 0.1, second: 'dropped_grad' } }];
    expect(openLink(linkOf(config, changes)).changes).toEqual(changes);
  });
  it('name what is unknown and go on', () => {
    const opened = openLink('#v=7&data.rows=64&foo=1&data.task=poetry&optimizer.steps=abc&model.targets=q.z&__proto__=1');
    expect(opened.config).toEqual(withField(DEFAULT_CONFIG, 'data.rows', 64));
    expect(opened.applied).toBe(1);
    expect(opened.ignored).toEqual(['version 7', 'foo=1', 'data.task=poetry', 'optimizer.steps=abc', 'model.targets=q.z', '__proto__=1']);
  });
  it('complete a rule that names only its rate, and drop one without', () => {
    expect(openLink('v=1&dropout.hidden.p=0.2').config.dropout).toEqual({ hidden: { p: 0.2, pattern: 'element' } });
    const without = openLink('v=1&dropout.hidden.pattern=span');
    expect(without.config.dropout).toEqual({});
    expect(without.ignored).toEqual(['dropout.hidden (no rate)']);
  });
  it('do not trust changes', () => {
    expect(openLink('changes=%5B%5B1,%22model.rank%22,1,2%5D%5D')).toMatchObject({ changes: [], ignored: ['change [1,"model.rank",1,2]'] });
    expect(openLink('changes=nonsense').ignored).toEqual(['changes']);
    expect(openLink('changes=%7B%7D').ignored).toEqual(['changes']);
    expect(openLink(`changes=${'['.repeat(200_000)}`).ignored).toEqual(['changes']);
  });
  it('name a setting that is said twice, and take the last; a target that is named twice is taken once', () => {
    expect(openLink('v=1&data.rows=64&data.rows=32&v=1')).toMatchObject({ config: withField(DEFAULT_CONFIG, 'data.rows', 32), applied: 1, ignored: ['v=1 (said again later)', 'data.rows=64 (said again later)'] });
    expect(openLink('model.targets=q.v.q')).toMatchObject({ config: DEFAULT_CONFIG, applied: 1, ignored: ['model.targets=q.v.q (taken as q.v)'] });
  });
  it.each(['data.rows=0x10', 'data.rows=', 'data.rows=1,000', 'data.rows=NaN', 'data.rows=1e999', 'optimizer.clip=Infinity', 'dropout.nonsense.p=0.5', 'dropout.__proto__.p=0.5', 'dropout.hidden.__proto__=1', 'constructor.prototype=1', 'toString=1'])('do not understand %s', (text) => {
    const opened = openLink(`v=1&${text}`);
    expect([opened.config, opened.ignored]).toEqual([DEFAULT_CONFIG, [text]]);
  });
  it('list no more than can be read, and quote no more than that', () => {
    expect(openLink(Array.from({ length: 5000 }, (_, index) => `a${index}=1`).join('&')).ignored).toEqual([...Array.from({ length: 19 }, (_, index) => `a${index}=1`), '4981 more']);
    expect(openLink(`a=${'x'.repeat(1e6)}`).ignored[0].length).toBeLessThan(200);
  });
});
