import { beforeEach, describe, expect, it } from 'vitest';
import { checkpointBytes } from '../../e2e/support/checkpointBytes';
import { recordedRun } from '../../e2e/support/recordedRun';
import { DEFAULT_CONFIG } from '../config/config';
import { CHECKPOINT_FORMAT, type RunRecord } from '../protocol/run';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { createPlayground, type Playground } from './playground';
import { DEFAULT_VIEW } from './state';

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();
const types = () => engine.posted.map(({ type }) => type);

beforeEach(() => {
  engine = new FakeEngine();
  page = createPlayground(engine, { view: DEFAULT_VIEW, nextFrame: () => undefined });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
});

function train(): string {
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  engine.sayPoints(runId, 0, [0.7, 0.6]);
  return runId;
}

describe('saving', () => {
  it('pauses a run that is going, so that curves and weights are of one step, and lets it go on', () => {
    const runId = train();
    page.checkpoints.save();
    page.checkpoints.save();
    expect(types().slice(-1)).toEqual(['pause']);
    engine.sayPoints(runId, 2, [0.5]);
    engine.say({ type: 'paused', runId, step: 3 });
    const { record } = engine.last('save')!;
    expect((JSON.parse(record) as RunRecord).points.step).toEqual([0, 1, 2]);
    const file = new Uint8Array([1, 2, 3]);
    engine.say({ type: 'saved', runId, step: 3, file });
    expect(types().at(-1)).toBe('resume');
    expect(page.checkpoints.takeSaved()).toEqual({ name: 'Plain LoRA-step-3.safetensors', file });
    expect(page.checkpoints.takeSaved()).toBeUndefined();
  });
  it('leaves a paused run paused', () => {
    const runId = train();
    engine.say({ type: 'paused', runId, step: 2 });
    page.checkpoints.save();
    engine.say({ type: 'saved', runId, step: 2, file: new Uint8Array() });
    expect(types().at(-1)).toBe('save');
    expect(state().saving).toBeUndefined();
  });
});

describe('going on', () => {
  const change = { step: 12, field: 'optimizer.learningRate', from: 6e-3, to: 1e-3 };
  const late = { ...change, step: 30 };
  const record = recordedRun({ changes: [change, late], config: { ...DEFAULT_CONFIG, seed: 5 } });
  const bytes = checkpointBytes({ format: CHECKPOINT_FORMAT, step: '20', record: JSON.stringify(record) });
  const open = async (name = 'mine.safetensors', content: BlobPart = bytes) => page.checkpoints.open(new File([content], name));

  it('shows the curves at once and trains nothing by itself', async () => {
    await open();
    expect(state().runs).toMatchObject([{ kind: 'loaded', name: 'From elsewhere' }]);
    expect(state().checkpoint).toMatchObject({ step: 20, fileName: 'mine.safetensors' });
    expect(engine.last('start')).toBeUndefined();
  });
  it('hands the engine the file and draws on where the curves ended', async () => {
    await open();
    page.checkpoints.goOn();
    const start = engine.last('start')!;
    expect(start).toMatchObject({ config: record.config, changes: record.changes });
    expect(start.resume).toEqual(bytes);
    expect(state()).toMatchObject({ phase: 'starting', step: 20, checkpoint: undefined, draft: { seed: 5, optimizer: { learningRate: 1e-3 } } });
    // The run takes the place of the one that was shown, with what had happened by then.
    expect(state().runs).toMatchObject([{ id: start.runId, kind: 'live', name: 'From elsewhere', changes: [change] }]);
    engine.say({ type: 'started', runId: start.runId, step: 20, summary: FAKE_PLAN });
    engine.sayEvaluation(start.runId, 20, 0.55, 0.3);
    engine.sayPoints(start.runId, 20, [0.4, 0.4]);
    engine.say({ type: 'changed', runId: start.runId, change: late });
    engine.sayEvaluation(start.runId, 30, 0.5, 0.2);
    const data = page.data.get(start.runId)!;
    expect(Array.from(data.step.view())).toEqual(Array.from({ length: 22 }, (_, step) => step));
    expect(data.evaluations.map(({ step }) => step)).toEqual([0, 10, 20, 30]);
    expect(state().runs[0].changes).toEqual([change, late]);
  });
  it('keeps what is still to come in the next checkpoint, and shows no mark of it before', async () => {
    await open();
    expect(state().runs[0].changes).toEqual([change]);
    page.checkpoints.goOn();
    const { runId } = engine.last('start')!;
    engine.say({ type: 'started', runId, step: 20, summary: FAKE_PLAN });
    engine.sayPoints(runId, 20, [0.4, 0.4]);
    engine.say({ type: 'paused', runId, step: 22 });
    page.checkpoints.save();
    expect((JSON.parse(engine.last('save')!.record) as RunRecord).changes).toEqual([change, late]);
  });
  it('says what is wrong with another file', async () => {
    await open('weights.safetensors', 'no weights at all');
    expect(state().notice).toContain('weights.safetensors: not a safetensors file');
    await open('run.json', JSON.stringify(record));
    expect(state().runs).toHaveLength(1);
    expect(state().notice).toBeUndefined();
  });
});
