/** Every state that the page can be in besides going well, each brought about by what an engine, a browser or a person would have done. */
import type { Fault } from '../../protocol/faults';
import type { RunId } from '../../protocol/runMessages';
import { FAKE_DEVICE, FAKE_PLAN, FakeEngine } from '../../store/fakeEngine';
import { createPlayground, type Playground } from '../../store/playground';
import { DEFAULT_VIEW } from '../../store/state';

export interface Staged {
  page: Playground;
  engine: FakeEngine;
}

export interface GalleryState {
  name: string;
  /** How the page comes to know. */
  how: string;
  hash?: string;
  /** What is shown beside banners and notes. */
  shows?: 'title' | 'table';
  bring?(staged: Staged): void;
}

const MIB = 2 ** 20;

const ready = ({ engine }: Staged) => engine.say({ type: 'ready', device: FAKE_DEVICE });

/** A run after twelve steps, two evaluations and a snapshot. */
function running(staged: Staged): RunId {
  const { engine, page } = staged;
  ready(staged);
  page.transport.start();
  const { runId } = engine.last('start')!;
  engine.say({ type: 'started', runId, step: 0, summary: FAKE_PLAN });
  engine.sayEvaluation(runId, 0, 0.7, 0.7);
  engine.sayPoints(runId, 0, Array.from({ length: 12 }, (_, step) => 0.7 - step * 0.04));
  engine.sayEvaluation(runId, 10, 0.52, 0.4);
  engine.say({ type: 'snapshotted', runId, step: 10, file: new Uint8Array(8) });
  return runId;
}

/** A fault before any run. */
const absent = (name: string, how: string, fault: Fault): GalleryState => ({ name, how, bring: ({ engine }) => engine.say({ type: 'fault', fault }) });
/** A fault of a run. */
const inRun = (name: string, how: string, fault: Fault): GalleryState => ({
  name, how, bring: (staged) => {
    const runId = running(staged);
    staged.engine.say({ type: 'fault', runId, fault });
  },
});
const planned = (name: string, how: string, fault: Fault): GalleryState => ({
  name, how, bring: (staged) => {
    ready(staged);
    staged.engine.say({ type: 'fault', fault });
  },
});

/** A table as somebody gives it; the worker of tables reads it, as it does on the page. */
const table = (name: string, how: string, lines: readonly string[]): GalleryState => ({
  name, how, shows: 'table', bring: (staged) => {
    ready(staged);
    void staged.page.tables.open('reviews.csv', [{ path: 'reviews.csv', blob: new Blob([lines.map((line) => `${line}\n`).join('')]) }]);
  },
});

const lost: Fault = { code: 'device_lost', reason: 'unknown' };

export const GALLERY: readonly GalleryState[] = [
  absent('No WebGPU', 'the worker finds no WebGPU', { code: 'no_webgpu' }),
  absent('Insecure page', 'isSecureContext is false', { code: 'insecure_context' }),
  absent('No adapter', 'requestAdapter gives null', { code: 'no_adapter' }),
  absent('Limits too small', 'compared before the device is asked for', { code: 'limit_too_small', limit: 'maxStorageBuffersPerShaderStage', needed: 8, offered: 4 }),
  absent('Self-test failed', 'a product comes out wrong', { code: 'self_test_failed', detail: 'a product in tiles came out as 3.99, expected 4' }),
  planned('A kernel is refused', 'the compiler of this browser says no', { code: 'compiler_refused', kernel: 'softmax forward', words: '2:7 no such thing' }),
  { name: 'Software adapter', how: 'the adapter computes on the processor', bring: ready },
  { name: 'Compiling', how: 'pipelines are counted', bring: (staged) => {
    ready(staged);
    staged.page.transport.start();
    staged.engine.say({ type: 'compiling', done: 9, of: 14 });
  } },
  planned('Predicted out of memory', 'bytes of the plan, before anything is allocated', { code: 'out_of_memory', predicted: true, neededBytes: 1434 * MIB, budgetBytes: 1024 * MIB, largest: [{ label: 'attention.weights', bytes: 640 * MIB }], lower: ['optimizer.batchSize', 'consistency.kind'] }),
  inRun('Out of memory', 'the error scope around allocation', { code: 'out_of_memory', predicted: false, neededBytes: 640 * MIB, budgetBytes: 1024 * MIB, largest: [], lower: ['optimizer.batchSize'] }),
  { name: 'Device lost, being rebuilt', how: 'device.lost resolves while a run goes on', bring: (staged) => {
    running(staged);
    staged.engine.say({ type: 'fault', fault: lost });
  } },
  { name: 'Device lost, and back', how: 'a new engine went on from the snapshot', bring: (staged) => {
    const runId = running(staged);
    staged.engine.say({ type: 'fault', fault: lost });
    ready(staged);
    staged.engine.say({ type: 'started', runId, step: 10, summary: FAKE_PLAN });
  } },
  { name: 'Device lost for the third time', how: 'what happens more often is no chance', bring: (staged) => {
    const runId = running(staged);
    for (let time = 0; time < 3; time++) {
      staged.engine.say({ type: 'fault', fault: lost });
      if (time === 2) break;
      ready(staged);
      staged.engine.say({ type: 'started', runId, step: 10, summary: FAKE_PLAN });
    }
  } },
  inRun('Internal error', 'an uncaptured validation error', { code: 'internal', detail: 'softmax.forward: binding 2 is too small' }),
  inRun('Diverged', 'the loss is no number', { code: 'diverged', step: 12, loss: Infinity, learningRate: 0.3 }),
  { name: 'Settings that cannot run', how: 'problems of the configuration', hash: '#v=1&optimizer.batchSize=64&data.rows=16', bring: ready },
  planned('A file cannot be loaded', 'offline, or a server without it', { code: 'load_failed', file: 'model.safetensors', detail: 'the connection broke after 12 kB of 480 kB' }),
  { name: 'Worker silent', how: 'no event for ten seconds while a run goes on', bring: (staged) => {
    running(staged);
    staged.page.store.setState({ silent: true });
  } },
  absent('Worker crashed', 'its error event', { code: 'worker_crashed', detail: 'the worker could not be loaded' }),
  { name: 'No room to keep runs', how: 'IndexedDB refuses', bring: (staged) => {
    ready(staged);
    staged.page.store.setState({ keeping: { state: 'refused', room: true, detail: 'QuotaExceededError' } });
  } },
  { name: 'Kept by another tab', how: 'Web Locks', bring: (staged) => {
    ready(staged);
    staged.page.store.setState({ keeping: { state: 'elsewhere' } });
  } },
  { name: 'A link that is not understood', how: 'fields that this page has not', hash: '#v=1&seed=7&optimizer.momentum=0.9&model.sise=L', bring: ready },
  table('A table of one class only', 'read by the worker of tables', ['text,label', ...Array.from({ length: 24 }, (_, row) => `review number ${row} was fine,good`)]),
  table('A table with rows that cannot be used', 'read by the worker of tables', ['text,label', ...Array.from({ length: 20 }, (_, row) => `review number ${row} was ${row % 2 ? 'dull' : 'fine'},${row % 2 ? 'bad' : 'good'}`), ',good', 'no label here,', 'review number 3 was dull,good']),
  table('An empty table', 'read by the worker of tables', []),
  { name: 'A tiny held-out set', how: 'counted from the rows of the data', bring: (staged) => {
    ready(staged);
    const { data } = staged.page.store.getState().draft;
    staged.engine.say({ type: 'previewed', data, title: 'Reviews', description: '', labels: ['bad', 'good'], training: [], heldOut: [], counts: { training: 64, validation: 12, test: 12 } });
  } },
  { name: 'Tab hidden', how: 'visibilitychange, where somebody chose to pause then', shows: 'title', bring: (staged) => {
    const runId = running(staged);
    staged.engine.say({ type: 'paused', runId, step: 12 });
  } },
  { name: 'A file that cannot be opened', how: 'it was dropped', bring: (staged) => {
    ready(staged);
    staged.page.runList.open('{"format":', 'my-run.json');
  } },
  { name: 'A run of an earlier visit', how: 'it was going when the page was left', bring: (staged) => {
    const runId = running(staged);
    const { page } = staged;
    const record = page.runList.records()[0];
    page.transport.reset();
    page.store.setState({ checkpoint: { fileName: 'saved.safetensors', step: 10, file: new Uint8Array(8), record, shownAs: runId } });
  } },
];

export function stage({ hash, bring }: GalleryState): Playground {
  const engine = new FakeEngine();
  const page = createPlayground(engine, { hash, view: DEFAULT_VIEW, nextFrame: (draw) => requestAnimationFrame(draw) });
  bring?.({ page, engine });
  return page;
}
