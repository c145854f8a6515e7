import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { buildChart, ticks } from './chartModel';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground, type Playground } from './playground';
import { referencesFor } from './runList';
import { csvOf, jsonOf, readRecord, readRecords } from './recordFile';
import { MAX_POINTS } from './series';
import { DEFAULT_VIEW } from './state';

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();

function run(steps = 40): string {
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  engine.sayPoints(runId, 0, Array.from({ length: steps }, (_, index) => 0.7 - index / steps / 2));
  for (const step of [0, 20, 40]) engine.sayEvaluation(runId, step, 0.6 + step / 400, 0.6 - step / 100);
  engine.say({ type: 'finished', runId, step: steps, seconds: 1, early: false });
  return runId;
}

beforeEach(() => {
  engine = new FakeEngine();
  page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
});

describe('files', () => {
  it('come back as they went', () => {
    run();
    const text = jsonOf(page.runList.records());
    const found = readRecord(text, 'run.json');
    expect(found).toEqual({ ok: true, record: page.runList.records()[0] });
    page.runList.open(text, 'run.json');
    expect(state().runs).toHaveLength(2);
    expect(state().runs[1]).toMatchObject({ kind: 'loaded', pinned: true, name: 'Plain LoRA (2)' });
    expect(state().notice).toBeUndefined();
  });
  it('may hold several runs', () => {
    run();
    run();
    expect(readRecords(jsonOf(page.runList.records()), 'runs.json').map(({ ok }) => ok)).toEqual([true, true]);
  });
  it('keep a diverged value as a hole', () => {
    run();
    const [record] = page.runList.records();
    record.points.crossEntropy[3] = Number.NaN;
    const found = readRecord(JSON.stringify(record), 'run.json');
    expect(found.ok && found.record.points.crossEntropy[3]).toBeNaN();
  });
  it.each([
    ['not JSON', 'hello', 'not a JSON file'],
    ['something else', '{"a":1}', 'format'],
    ['a newer version', JSON.stringify({ format: 'lora-dropout-run', version: 2 }), 'version'],
  ])('say what is wrong with %s', (_, text, words) => {
    page.runList.open(text, 'odd.json');
    expect(state().notice).toContain('odd.json');
    expect(state().notice).toContain(words);
    expect(state().runs).toHaveLength(0);
  });
  it('say so when columns are uneven or the settings cannot run', () => {
    run();
    const [record] = page.runList.records();
    expect(readRecord(JSON.stringify({ ...record, points: { ...record.points, seconds: [] } }), 'x')).toMatchObject({ ok: false, sentence: expect.stringContaining('points.seconds has 0 values') });
    expect(readRecord(JSON.stringify({ ...record, config: { ...DEFAULT_CONFIG, seed: -1 } }), 'x')).toMatchObject({ ok: false, sentence: expect.stringContaining('seed') });
  });
  it('are long in CSV: one value a line, as RFC 4180 has it', () => {
    const id = run(2);
    page.runList.update(id, { name: 'a, "b"' });
    const text = csvOf(page.runList.records());
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('run,name,step,seconds,series,value');
    expect(lines).toHaveLength(1 + 2 * 4 + 3 * 4 + 1);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(lines[1]).toContain('"a, ""b"""');
    expect(lines.at(-2)).toMatch(/,40,0\.8,trainMetric,0\.6$/);
  });
  it.each(['two\nlines', 'two\rlines', 'a"b', 'a,b', 'a;b', 'plain'])('name %j in a cell of CSV', (name) => {
    page.runList.update(run(1), { name });
    const [record] = page.runList.records();
    expect(csvOf([{ ...record, id: 'x', evaluations: [] }]).split('\r\n')[1].startsWith(/[\r\n",]/.test(name) ? `x,"${name.replace('"', '""')}",1,` : `x,${name},1,`)).toBe(true);
  });
  it('leave what is not a number out of CSV', () => {
    run(2);
    const [record] = page.runList.records();
    Object.assign(record.points, { crossEntropy: [NaN, 0.5], gradientNorm: [Infinity, 1] });
    record.evaluations[1] = { ...record.evaluations[1], heldOut: { loss: NaN, metric: NaN } };
    const text = csvOf([record]);
    expect(text).not.toMatch(/NaN|Infinity|null/);
    for (const [step, series] of [[1, 'crossEntropy'], [1, 'gradientNorm'], [20, 'heldOutLoss'], [20, 'heldOutMetric']]) expect(text).toMatch(new RegExp(`,${step},[\\d.]*,${series},\\r\\n`));
  });
});

describe('the list of runs', () => {
  it('keeps every change of a run, also one that goes back and forth in a single pause', () => {
    page.transport.start();
    const { runId } = engine.last('start')!;
    const [up, down] = [{ step: 3, field: 'optimizer.clip', from: 1, to: 2 }, { step: 3, field: 'optimizer.clip', from: 2, to: 1 }];
    for (const change of [up, down, up]) engine.say({ type: 'changed', runId, change });
    expect(state().runs[0].changes).toEqual([up, down, up]);
  });
  it('gives each its colour and drops the oldest that is not pinned beyond eight', () => {
    const first = run();
    page.runList.update(first, { pinned: true });
    for (let count = 0; count < 9; count++) run();
    expect(state().runs).toHaveLength(8);
    expect(state().runs[0].id).toBe(first);
    expect(new Set(state().runs.map(({ colour }) => colour)).size).toBe(8);
    expect(page.data.size).toBe(8);
  });
  it('compares with the pinned runs, and with the one before where none is', () => {
    const [first, second, third] = [run(), run(), run()];
    const compared = () => referencesFor(state().runs.find(({ id }) => id === third)!, state().runs).map(({ id }) => id);
    expect(compared()).toEqual([second]);
    page.runList.update(first, { pinned: true });
    expect(compared()).toEqual([first]);
    page.runList.update(first, { hidden: true });
    expect(compared()).toEqual([second]);
  });
  it('clears all but the pinned and the current', () => {
    const [first, , third] = [run(), run(), run()];
    page.runList.update(first, { pinned: true });
    page.runList.clearOthers();
    expect(state().runs.map(({ id }) => id)).toEqual([first, third]);
  });
});

describe('charts', () => {
  const chart = (kind: 'loss' | 'gap' | 'metric' | 'consistency', view = DEFAULT_VIEW) =>
    buildChart({ kind, runs: state().runs, data: page.data, view, focus: state().current, problem: 'classification', classes: 2 });

  it('show the three losses of the current run and two of another', () => {
    run();
    run();
    const roles = (id: string) => chart('loss').lines.filter(({ runId }) => runId === id).map(({ role }) => role);
    expect(roles(state().current!)).toEqual(['shadow', 'stochastic', 'train', 'heldOut']);
    expect(roles(state().runs[0].id)).toEqual(['train', 'heldOut']);
  });
  it('draw no shadow with smoothing off and then show the raw values', () => {
    run();
    const off = chart('loss', { ...DEFAULT_VIEW, smoothing: undefined });
    expect(off.lines.map(({ role }) => role)).toEqual(['stochastic', 'train', 'heldOut']);
    expect(off.rows.find(({ x }) => x === 1)?.[`stochastic:${state().current}`]).toBeCloseTo(0.7, 6);
  });
  it('define the gap as held-out minus training loss', () => {
    const id = run();
    expect(chart('gap').rows.map((row) => row[`gap:${id}`])).toEqual([0, 0.25, 0.5].map((value) => expect.closeTo(value, 9)));
  });
  it('stay at 250 points a line however long the run', () => {
    const id = run(5000);
    expect(chart('loss').rows.filter((row) => `stochastic:${id}` in row).length).toBeLessThanOrEqual(MAX_POINTS);
  });
  it('draw no consistency without one', () => {
    run();
    expect(chart('consistency').lines).toEqual([]);
  });
  it('break where a value is not a number, whichever line it is in', () => {
    const id = run();
    const { evaluations, crossEntropy } = page.data.get(id)!;
    Object.assign(evaluations[1].heldOut, { loss: NaN, metric: NaN });
    crossEntropy.view().set([NaN], 7);
    const holes = (kind: 'loss' | 'gap' | 'metric', role: string) => chart(kind).rows.filter((row) => Number.isNaN(row[`${role}:${id}`])).map(({ x }) => x);
    expect([holes('loss', 'heldOut'), holes('gap', 'gap'), holes('metric', 'heldOut'), holes('loss', 'train')]).toEqual([[20], [20], [20], []]);
    expect([holes('loss', 'stochastic'), holes('loss', 'shadow')]).toEqual([[8], [8]]);
    expect(chart('loss').y[1]).toBeLessThan(4);
  });
  it('have no hole between the steps that a consistency term comes at, only where it came and was no number', () => {
    page.edits.set('dropout', { hidden: { p: 0.1, pattern: 'element' } });
    page.edits.set('consistency', { kind: 'kl', alpha: 0.1, second: 'dropped_grad', every: 4 });
    const id = run();
    page.data.get(id)!.consistency.view().forEach((_, step, column) => column.set([step % 4 === 0 ? 1 + step : NaN], step));
    page.data.get(id)!.hasConsistency = true;
    const values = () => chart('consistency').rows.map((row) => row[`shadow:${id}`]);
    expect(values()).toEqual([1, 5, 9, 13, 17, 21, 25, 29, 33, 37]);
    page.data.get(id)!.consistency.view().set([NaN], 8);
    expect(values()).toEqual([1, 5, NaN, 13, 17, 21, 25, 29, 33, 37]);
  });
  it('place evaluations by steps, examples or seconds', () => {
    run();
    const last = (axis: 'steps' | 'examples' | 'seconds') => chart('metric', { ...DEFAULT_VIEW, axis }).rows.at(-1)!.x;
    expect([last('steps'), last('examples')]).toEqual([40, 40 * DEFAULT_CONFIG.optimizer.batchSize]);
    expect(last('seconds')).toBeCloseTo(0.8, 6);
  });
  it('count the rows of all batches that make a step', () => {
    page.edits.set('optimizer.accumulation', 4);
    run();
    expect(chart('metric', { ...DEFAULT_VIEW, axis: 'examples' }).rows.at(-1)!.x).toBe(40 * 4 * DEFAULT_CONFIG.optimizer.batchSize);
  });
  it('give perplexity room above 1, and no line for guessing', () => {
    page.edits.set('data.source', 'description');
    const id = run();
    page.data.get(id)!.evaluations.forEach((evaluation, index) => Object.assign(evaluation.heldOut, { loss: 2 + index, metric: Math.exp(2 + index) }));
    const model = (kind: 'loss' | 'metric') => buildChart({ kind, runs: state().runs, data: page.data, view: DEFAULT_VIEW, focus: id, problem: 'language_model', classes: 2 });
    expect(model('metric').y[1]).toBeGreaterThanOrEqual(Math.exp(4));
    expect([model('metric').chance, model('loss').chance]).toEqual([undefined, undefined]);
  });
  it('draw what else the focused run is measured by beside its metric, and write it', () => {
    page.edits.set('data.source', 'paraphrase');
    const id = run();
    expect(chart('metric').lines.map(({ role, metric }) => [role, metric])).toEqual([['heldOut', 'accuracy']]);
    page.data.get(id)!.evaluations.forEach(({ heldOut }) => Object.assign(heldOut, { others: { f1: 0.4 } }));
    expect(chart('metric')).toMatchObject({ share: true, lines: [{ role: 'other', metric: 'f1' }, { role: 'heldOut', metric: 'accuracy' }] });
    expect(chart('metric').rows.at(-1)).toMatchObject({ [`f1:${id}`]: 0.4 });
    expect(chart('metric').y[0]).toBeLessThan(0.4);
    const [record] = page.runList.records().filter((one) => one.id === id);
    expect(csvOf([record])).toContain(',heldOutF1,0.4\r\n');
    expect(readRecord(jsonOf([record]), 'run.json')).toMatchObject({ ok: true, record: { evaluations: [{ heldOut: { others: { f1: 0.4 } } }, {}, {}] } });
  });
  it('leave what is not positive out of a logarithmic axis', () => {
    const log = { ...DEFAULT_VIEW, logScale: true };
    run();
    expect(chart('loss', log).y).toEqual([0.1, 1]);
    expect(chart('gap', log).log).toBe(false);
  });
  it('spend the height of accuracy where the lines are, and leave room above 100 %', () => {
    const id = run();
    page.data.get(id)!.evaluations.forEach(({ heldOut }, index) => Object.assign(heldOut, { metric: [0.87, 0.99, 1][index] }));
    expect(chart('metric')).toMatchObject({ share: true, y: [expect.closeTo(0.796, 6), expect.closeTo(1.004, 6)] });
    expect(ticks(chart('metric').y, false)).toEqual([0.8, 0.85, 0.9, 0.95, 1]);
    page.data.get(id)!.evaluations[0].heldOut.metric = 0.48;
    expect(chart('metric').y[0]).toBeCloseTo(0.4 - 0.02 * 0.6, 6);
  });
  it('are not flattened by another run that diverged, only by the one that is looked at', () => {
    const wild = run();
    page.data.get(wild)!.evaluations[2].heldOut.loss = 33_000;
    expect(chart('loss').y[1]).toBeGreaterThanOrEqual(33_000);
    run();
    expect(chart('loss').y[1]).toBeLessThan(4);
    expect(chart('gap').y[1]).toBeLessThan(10);
    // While the own gap is still around zero, that of another run is not cut off.
    const narrow = run();
    page.data.get(narrow)!.evaluations.forEach((evaluation) => Object.assign(evaluation.train, { loss: evaluation.heldOut.loss - 0.01 }));
    page.data.get(wild)!.evaluations[2].heldOut.loss = 2;
    expect(chart('gap').y[1]).toBeGreaterThan(1.8);
  });
  it('are as long as the own runs, however long the recorded one is', () => {
    const own = run();
    const [record] = page.runList.records();
    page.runList.addRecord({ ...record, id: 'elsewhere', config: { ...record.config, optimizer: { ...record.config.optimizer, steps: 9000 } } }, 'recorded');
    expect(chart('loss').x).toEqual([0, record.config.optimizer.steps]);
    page.runList.remove(own);
    expect(chart('loss').x).toEqual([0, 9000]);
  });
  it('label round numbers', () => {
    expect(ticks([0, 0.8], false)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(ticks([0, 300], false, 6)).toEqual([0, 50, 100, 150, 200, 250, 300]);
    expect(ticks([0.01, 1], true)).toEqual([0.01, 0.1, 1]);
  });
});

it('draws no runs of another task beside the current one', () => {
  const first = run();
  page.edits.set('data.source', 'similarity');
  run();
  const { lines } = buildChart({ kind: 'gap', runs: state().runs, data: page.data, view: DEFAULT_VIEW, focus: state().current, problem: 'regression', classes: 2 });
  expect(lines.map(({ runId }) => runId)).toEqual([state().current]);
  expect(lines[0].runId).not.toBe(first);
});
