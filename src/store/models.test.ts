/** Models besides those that come with the page: what the page asks of the engine, and what it shows until the answer is there. */
import { beforeEach, expect, it, vi } from 'vitest';
import { BUILT_IN, type ModelFacts } from '../config/models';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from './fakeEngine';
import { startObstacle } from './obstacles';
import { createPlayground, type Playground } from './playground';
import { DEFAULT_VIEW } from './state';

const MAIN = 'hub:org/name@main';
const PINNED = `hub:org/name@${'a'.repeat(40)}`;
const facts: ModelFacts = { ...BUILT_IN['nano-decoder'], source: PINNED, name: 'org/name', layers: 6, targets: ['qkv', 'o', 'up', 'down'], weightBytes: 1000 };

let engine: FakeEngine;
let page: Playground;
const state = () => page.store.getState();
const posted = (from = 0) => engine.posted.slice(from).filter(({ type }) => type !== 'preview').map(({ type }) => type);

function open(hash = '') {
  engine = new FakeEngine();
  page = createPlayground(engine, { hash, view: DEFAULT_VIEW, nextFrame: (callback) => void setTimeout(callback, 0) });
  engine.say({ type: 'ready', device: FAKE_DEVICE });
}
const described = (asked = MAIN, toFetch = 1000) => engine.say({ type: 'described', asked, facts, toFetch });

beforeEach(() => {
  vi.useFakeTimers();
  open();
  return () => void vi.useRealTimers();
});

it('asks nobody about the models that come with the page', () => {
  page.edits.set('model.source', 'nano-decoder');
  vi.advanceTimersByTime(1000);
  expect(posted()).toEqual(['prepare', 'prepare']);
});

it('says of a link what it looks for, pins what it finds, and plans without weights until they are here', () => {
  open(`#v=1&model.source=${encodeURIComponent(MAIN)}&dropout.hidden.p=0.1`);
  expect(posted()).toEqual(['describe']);
  expect(startObstacle(state())).toBe('Looking at org/name @ main.');
  described();
  expect(state().draft.model.source).toBe(PINNED);
  expect(posted()).toEqual(['describe']);
  // What the model has not is said once it is known.
  expect(startObstacle(state())).toContain('LoRA: org/name has no target "q"');
  page.edits.set('model.targets', ['qkv']);
  vi.advanceTimersByTime(1000);
  expect(posted()).toEqual(['describe', 'estimate']);
  expect(startObstacle(state())).toBe('The weights of org/name are not on this machine yet (1\u2009000 B); fetch them first.');
  engine.say({ type: 'estimated', source: PINNED, data: 'sentiment', summary: FAKE_PLAN });
  expect(state().plan).toEqual(FAKE_PLAN);
  page.models.fetch(PINNED, false);
  engine.say({ type: 'fetching', source: PINNED, bytes: 10, of: 1000 });
  expect(startObstacle(state())).toBe('The weights of org/name are on their way.');
  const before = engine.posted.length;
  engine.say({ type: 'fetched', source: PINNED });
  expect(posted(before)).toEqual(['prepare']);
  expect(startObstacle(state())).toBeUndefined();
});

it('shows what a model would take before it is chosen, and chooses it when its weights are here', () => {
  const before = state().draft;
  page.models.pick(MAIN);
  described();
  expect(state().picking).toBe(PINNED);
  expect(state().draft).toEqual(before);
  expect(engine.last('estimate')?.config.model).toMatchObject({ source: PINNED, targets: ['qkv'] });
  page.models.fetch(PINNED, true);
  expect(state().draft).toEqual(before);
  engine.say({ type: 'fetched', source: PINNED });
  expect(state().draft.model).toMatchObject({ source: PINNED, targets: ['qkv'] });
});

it('keeps the model that was there when another cannot be had or read', () => {
  const before = state().draft;
  page.models.pick(MAIN);
  engine.say({ type: 'undescribed', asked: MAIN, refusal: { code: 'gated', file: 'org/name', detail: 'is gated; accept its terms', conversion: PINNED } });
  expect(state().models[MAIN]).toMatchObject({ state: 'refused', refusal: { code: 'gated' } });
  expect(state().unreviewed).toEqual({ [PINNED]: MAIN });
  page.models.pick(PINNED);
  described(PINNED);
  page.models.fetch(PINNED, true);
  engine.say({ type: 'unfetched', source: PINNED, refusal: { code: 'damaged', file: 'model.safetensors', detail: 'its checksum is wrong; load it again' } });
  expect(state()).toMatchObject({ fetching: undefined, unfetched: { source: PINNED, refusal: { code: 'damaged' } } });
  expect(state().draft).toEqual(before);
  expect(startObstacle(state())).toBeUndefined();
});

it('tells a new engine of files and a token that only the old one knew', () => {
  page.models.authorise('hf_secret');
  page.models.bring('folder', [{ path: 'config.json', blob: new Blob(['{}']) }]);
  engine.say({ type: 'undescribed', asked: 'local:folder#0123456789abcdef', refusal: { code: 'no_file', file: 'model.safetensors', detail: 'is missing' } });
  expect(state().picking).toBe('local:folder#0123456789abcdef');
  const before = engine.posted.length;
  page.transport.restartEngine();
  expect(posted(before)).toEqual(['authorise', 'bring']);
  // A token is in no state that could be shown, saved or shared.
  expect(JSON.stringify(state())).not.toContain('hf_secret');
});
