import { expect, it } from 'vitest';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground } from './playground';
import { readRecord } from './recordFile';
import { DEFAULT_VIEW } from './state';

const written = (text: string) => ({ prompt: 'a ->', text, reference: 'b', tokens: [{ text, probability: 0.5 }], finished: 'end token' as const });

function started() {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: (draw) => draw() });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
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
  expect(answers()).toEqual({ following: true });
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
