import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config';
import { withTask } from '../config/presets';
import type { WrittenScores } from '../protocol/scoreMessages';
import { NO_ANSWERS } from './answers';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground } from './playground';
import { csvOf, jsonOf, readRecord } from './recordFile';
import { DEFAULT_VIEW } from './state';

const written = (text: string) => ({ prompt: 'a ->', text, reference: 'b', tokens: [{ text, probability: 0.5 }], finished: 'end token' as const });

function started(draft = DEFAULT_CONFIG) {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: (draw) => draw() });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  page.store.setState({ draft });
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  return { engine, page, runId, answers: () => page.store.getState().answers };
}

it('what is followed is asked for once, and again of a new engine; the next run begins with nothing', () => {
  const { engine, page, runId, answers } = started();
  page.answers.follow(true);
  page.answers.follow(true);
  expect(engine.posted.filter(({ type }) => type === 'follow')).toHaveLength(1);
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  expect(engine.posted.filter(({ type }) => type === 'follow')).toHaveLength(2);
  for (const step of [0, 10, 20]) engine.say({ type: 'predicted', runId, step, labels: ['no', 'yes'], rows: [{ text: 'a', truth: 1, outputs: [1, 0] }] });
  expect([answers().first?.step, answers().latest?.step]).toEqual([0, 20]);
  page.transport.start();
  expect(answers()).toEqual({ ...NO_ANSWERS, following: true });
});

it('shows the answer to the last question alone', () => {
  const { engine, page, runId, answers } = started();
  page.answers.write('first', {});
  page.answers.write('second', {});
  const asked = engine.last('write')!;
  expect(asked).toMatchObject({ runId, prompts: ['second'] });
  engine.say({ type: 'wrote', runId, step: 3, request: asked.request - 1, texts: [written('late')] });
  expect(answers().own).toBeUndefined();
  engine.say({ type: 'unwritten', runId, request: asked.request, sentence: 'too long' });
  expect(answers()).toMatchObject({ own: { sentence: 'too long' } });
  expect(answers().asking).toBeUndefined();
});

it('waits for no answer of an engine that was lost', () => {
  const { engine, page, answers } = started();
  page.answers.write('hello', {});
  expect(answers().asking).toBeDefined();
  engine.say({ type: 'ready', device: FAKE_DEVICE });
  expect(answers().asking).toBeUndefined();
});

it('texts are in the record of their run, and come back with it', () => {
  const { engine, page, runId } = started();
  for (const step of [0, 10, 20]) engine.say({ type: 'wrote', runId, step, texts: [written(`at ${step}`)] });
  const [record] = page.runList.records();
  expect(record.texts).toEqual({ first: { step: 0, texts: [written('at 0')] }, latest: { step: 20, texts: [written('at 20')] } });
  expect(readRecord(JSON.stringify(record), 'run.json')).toMatchObject({ ok: true, record: { texts: record.texts } });
});

const SCORES: WrittenScores = (() => {
  const scores = { BLEU: 0.5, NIST: 2, METEOR: 0.4, ROUGE_L: 0.6, CIDEr: 1.5, TER: 40 };
  return { prompts: [{ prompt: 'a ->', references: ['b', 'c'] }], of: 9, options: { maxNewTokens: 4 }, before: { step: 0, texts: ['x'], scores: { all: scores } }, after: { step: 8, texts: ['b'], scores: { all: { ...scores, BLEU: 0.75 } } } };
})();

it('scores what a run writes when it ends, as wished, and keeps that with the run', () => {
  const { engine, page, runId, answers } = started(withTask(DEFAULT_CONFIG, 'description'));
  const finish = () => engine.say({ type: 'finished', runId, step: 8, seconds: 1, early: false });
  finish();
  expect(engine.last('score')).toEqual({ type: 'score', runId, rows: 50, options: {}, weights: 'best' });
  engine.say({ type: 'scoring', runId, done: 16, of: 100 });
  expect(answers().scoring).toEqual({ done: 16, of: 100 });
  page.answers.stopScoring();
  expect(engine.posted.at(-1)).toEqual({ type: 'stop_scoring' });
  engine.say({ type: 'unscored', runId });
  expect([answers().scoring, answers().unscored]).toEqual([undefined, undefined]);
  page.answers.wish({ rows: 0, beams: 4, atEnd: false });
  page.answers.score();
  expect(engine.last('score')).toMatchObject({ rows: 0, options: { beams: 4 } });
  engine.say({ type: 'scored', runId, scores: SCORES });
  const [record] = page.runList.records();
  expect(record.scores).toEqual(SCORES);
  expect(readRecord(jsonOf([record]), 'a.json')).toMatchObject({ ok: true, record: { scores: SCORES } });
  expect(csvOf([record]).split('\r\n').filter((line) => line.includes('BLEU'))).toEqual([expect.stringMatching(/,0,,BLEU all,0\.5$/), expect.stringMatching(/,8,,BLEU all,0\.75$/)]);
  const asked = engine.posted.filter(({ type }) => type === 'score').length;
  finish();
  expect(engine.posted.filter(({ type }) => type === 'score')).toHaveLength(asked);
  page.transport.start();
  expect(answers()).toEqual({ wish: { rows: 0, beams: 4, atEnd: false } });
});

it('asks no model for scores that writes nothing', () => {
  const { engine, runId } = started();
  engine.say({ type: 'finished', runId, step: 8, seconds: 1, early: false });
  expect(engine.last('score')).toBeUndefined();
});
