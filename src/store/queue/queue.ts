/**
 * Runs that wait for the GPU and are made one after the other, at full speed, by an engine of their own: so the page's run keeps its weights,
 * and the cards steer nothing but that. While a person's run is going the queue has no engine; its run goes on from its last snapshot afterwards.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { missingTable, tableKey } from '../../config/tables';
import { openLink } from '../../config/url';
import type { FromEngine } from '../../protocol/messages';
import type { Fault } from '../../protocol/faults';
import { wordsFor } from '../../protocol/faultWords';
import { byLinkOf, lineOf, type ResultLine } from '../../studies/lines';
import { whenBrought } from '../brought';
import type { Context } from '../context';
import type { EngineLink } from '../engineClient';
import type { Models } from '../models';
import { RunData } from '../runData';
import type { RunList } from '../runList';
import { isLive } from '../state';
import type { Tables } from '../tables';
import { EMPTY_QUEUE, type Queued, type QueueState } from './state';

export interface Queue {
  store: StoreApi<QueueState>;
  /** Adds what is neither there nor finished, and goes on. @returns how many runs were added */
  add(runs: readonly Queued[]): number;
  /** Up or down among those that wait. */
  move(link: string, by: -1 | 1): void;
  cancel(link: string): void;
  cancelAll(): void;
  /** Pauses at the last snapshot. */
  hold(): void;
  goOn(): void;
  /** Results from elsewhere; those that are here count first. */
  addLines(lines: Iterable<ResultLine>): void;
  /** Studies that are brought, by name; one of a name takes the other's place. */
  addStudies(studies: Readonly<Record<string, string>>): void;
  /** Puts back what waited at the last visit or comes in a file, behind what is here; a queue that was empty waits until somebody says so. */
  restore(waiting: readonly Queued[]): void;
}

/** How often a run goes on by itself after its engine was lost. */
const MOST_BY_ITSELF = 2;

/** Faults that end the engine and can be chance. */
const LOST: ReadonlySet<Fault['code']> = new Set(['device_lost', 'worker_crashed']);

/** Faults that every run would meet. */
const HOPELESS: ReadonlySet<Fault['code']> = new Set(['no_webgpu', 'insecure_context', 'no_adapter', 'limit_too_small', 'self_test_failed']);

/** A run in the making: what a result and a record are made of. */
interface Making {
  runId: string;
  points: RunData;
  createdAt: string;
  snapshot: { step: number; file: Uint8Array<ArrayBuffer> } | undefined;
  seconds: number;
  /** Times that its engine was lost. */
  lost: number;
}

export interface QueueSources {
  runList: Pick<RunList, 'addQueued'>;
  models: Pick<Models, 'bringTo'>;
  tables: Pick<Tables, 'held'>;
}

export function createQueue({ store: page, redraw }: Pick<Context, 'store' | 'redraw'>, { runList, models, tables }: QueueSources, spawn: () => EngineLink): Queue {
  const store = createStore<QueueState>(() => EMPTY_QUEUE);
  const { getState: get, setState: set } = store;
  let engine: EngineLink | undefined;
  let device = '';
  let making: Making | undefined;

  const dismiss = () => {
    engine?.dispose();
    engine = undefined;
  };
  const going = (part: Partial<QueueState['going']>) => set(({ going: run }) => (run ? { going: { ...run, ...part } } : {}));

  /** Takes back what came after the last snapshot. */
  const rewind = () => {
    if (!making) return;
    making.points = making.points.upTo(making.snapshot?.step ?? -1);
    going({ phase: 'resting', step: making.snapshot?.step ?? 0, evaluations: [...making.points.evaluations] });
  };

  const rest = () => {
    dismiss();
    rewind();
  };

  /** The GPU is the queue's if nobody has paused it and no run of a person's is going. */
  const mayRun = () => !get().held && !isLive(page.getState().phase);

  /** Takes the first that waits. @returns whether there is a run to make */
  const take = (): boolean => {
    const [first, ...waiting] = get().waiting;
    if (!first) return false;
    const { config: { optimizer: { steps }, data: { source, table } } } = openLink(first.link);
    making = { runId: crypto.randomUUID(), points: new RunData(), createdAt: new Date().toISOString(), snapshot: undefined, seconds: 0, lost: 0 };
    set({ waiting, going: { ...first, step: 0, of: steps, evaluations: [], phase: 'building' } });
    if (!table || tables.held().has(tableKey(source, table))) return true;
    set(({ failed }) => ({ going: undefined, failed: [...failed, { ...first, sentence: `${missingTable(source, table)} under Data.` }] }));
    return take();
  };

  const proceed = () => {
    if (!mayRun() || engine || !(get().going ?? take())) return;
    going({ phase: 'building' });
    const mine = spawn();
    engine = mine;
    mine.subscribe((event) => mine === engine && hear(event));
  };

  /** The engine is ready: hands it what it needs, and begins, or goes on. */
  const begin = () => {
    const run = get().going;
    if (!engine || !run || !making) return;
    const { config, changes } = openLink(run.link);
    const { snapshot, runId } = making;
    const { budget } = page.getState().view;
    if (budget !== undefined) engine.post({ type: 'budget', gib: budget });
    models.bringTo(engine);
    whenBrought(engine, config.model, snapshot !== undefined, () => {
      const { source, table } = config.data;
      const rows = table && tables.held().get(tableKey(source, table));
      if (rows) engine?.post({ type: 'take_rows', ...rows });
      engine?.post({ type: 'start', runId, config, changes, ...(snapshot && { resume: snapshot.file }) });
    });
  };

  /** The run is over: the same engine makes the next one, its device and weights are ready. */
  const next = () => {
    making = undefined;
    set({ going: undefined });
    if (!engine) return proceed();
    if (mayRun() && take()) return begin();
    return dismiss();
  };

  /** Gives the run up; the others go on with a new engine, since nobody knows what this one is worth. */
  const fail = (sentence: string) => {
    const run = get().going;
    dismiss();
    if (run) set(({ failed }) => ({ failed: [...failed, { link: run.link, name: run.name, sentence }] }));
    next();
  };

  const finish = ({ scores, step, rows }: Extract<FromEngine, { type: 'tested' }>) => {
    const run = get().going;
    if (!run || !making) return;
    const { runId, points, createdAt, seconds } = making;
    const { config } = openLink(run.link);
    const line = lineOf(run.link, { device, seconds, evaluations: points.evaluations, test: scores });
    set(({ lines, done }) => ({ lines: new Map([...lines, [line.link, line]]), done: done + 1 }));
    runList.addQueued({ format: 'lora-dropout-run', version: 1, id: runId, name: run.name, createdAt, device, config, changes: [], ...points.toRecord(), test: { step, scores, rows } });
    redraw.request();
    next();
  };

  const hear = (event: FromEngine) => {
    if (event.type === 'ready') {
      device = `${event.device.name}, ${event.device.profile}`;
      return begin();
    }
    if (event.type === 'fault') return hearFault(event.fault);
    if (!making || !('runId' in event) || event.runId !== making.runId) return undefined;
    if (event.type === 'started') going({ phase: 'running', step: event.step });
    else if (event.type === 'points') {
      making.points.appendPoints(event);
      going({ step: event.from + event.crossEntropy.length });
    } else if (event.type === 'evaluated') {
      const { step, heldOut, train, seconds } = event;
      making.points.appendEvaluation({ step, heldOut, train, seconds });
      going({ step, evaluations: [...making.points.evaluations] });
    } else if (event.type === 'snapshotted') making.snapshot = { step: event.step, file: event.file };
    else if (event.type === 'finished') {
      making.seconds = event.seconds;
      going({ phase: 'testing' });
      engine?.post({ type: 'test', runId: making.runId, weights: 'best' });
    } else if (event.type === 'tested') finish(event);
    return undefined;
  };

  const hearFault = (fault: Fault) => {
    if (LOST.has(fault.code) && making && making.lost < MOST_BY_ITSELF) {
      making.lost += 1;
      rest();
      return proceed();
    }
    const { title, text } = wordsFor(fault, globalThis.navigator?.userAgent ?? '');
    if (!HOPELESS.has(fault.code)) return fail(`${title}. ${text}`);
    // The others would meet the same: they wait.
    rest();
    set({ held: true });
    return page.setState({ notice: `The queue is paused. ${title}. ${text}` });
  };

  page.subscribe(({ phase }, before) => {
    if (isLive(phase) === isLive(before.phase)) return;
    if (isLive(phase)) rest();
    else proceed();
  });

  const without = (runs: readonly Queued[], link: string) => runs.filter((one) => one.link !== link);
  return {
    store,
    add(runs) {
      const { waiting, going: run, lines, done } = get();
      const known = new Set([...waiting.map(({ link }) => link), ...(run ? [run.link] : [])]);
      const fresh = runs.filter(({ link }) => !lines.has(link) && !known.has(link) && known.add(link));
      const isFirst = waiting.length === 0 && !run;
      set({ waiting: [...waiting, ...fresh], failed: isFirst ? [] : get().failed, done: isFirst ? 0 : done, held: false });
      proceed();
      return fresh.length;
    },
    move(link, by) {
      const waiting = [...get().waiting];
      const from = waiting.findIndex((one) => one.link === link);
      const to = from + by;
      if (from < 0 || to < 0 || to >= waiting.length) return;
      [waiting[from], waiting[to]] = [waiting[to], waiting[from]];
      set({ waiting });
    },
    cancel(link) {
      set(({ waiting, failed }) => ({ waiting: without(waiting, link), failed: failed.filter((one) => one.link !== link) }));
      if (get().going?.link !== link) return;
      dismiss();
      next();
    },
    cancelAll() {
      dismiss();
      making = undefined;
      set({ waiting: [], going: undefined, failed: [], held: false, done: 0 });
    },
    hold() {
      set({ held: true });
      rest();
    },
    goOn() {
      set({ held: false });
      proceed();
    },
    addLines(lines) {
      set((state) => ({ lines: byLinkOf([...state.lines.values(), ...lines]) }));
    },
    addStudies(brought) {
      set(({ studies }) => ({ studies: { ...studies, ...brought } }));
    },
    restore(waiting) {
      const { waiting: here, going: run, lines, held } = get();
      const known = new Set([...here.map(({ link }) => link), ...(run ? [run.link] : [])]);
      const fresh = waiting.filter(({ link }) => !lines.has(link) && !known.has(link) && known.add(link));
      if (fresh.length > 0) set({ waiting: [...here, ...fresh], held: held || (here.length === 0 && !run) });
    },
  };
}
