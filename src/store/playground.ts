/** The page's model without a page: state, points of runs, and everything a person can do. React only reads it and calls it. */
import { createStore } from 'zustand/vanilla';
import type { Database } from '../storage/database';
import { DEFAULT_CONFIG } from '../config/config';
import { TASK_NAMES } from '../config/tasks';
import { openLink } from '../config/url';
import { presetOf } from '../config/presets';
import { type Answers, createAnswers, NO_ANSWERS } from './answers';
import type { Context } from './context';
import { createEdits, type Edits } from './edits';
import { type Checkpoints, createCheckpoints } from './checkpoints';
import { createEngineClient, type EngineLink } from './engineClient';
import { handleEvents } from './events';
import { createExports, type Exports } from './exports';
import { createKeeping, type Keeping, type Place } from './keeping';
import { createKeys, type Keys } from './keys';
import { createKeptWeights, type KeptWeights } from './keptWeights';
import { createModels, type Models } from './models';
import { type KeptQueue, keepQueue } from './queue/keptQueue';
import { createQueue, type Queue } from './queue/queue';
import { createRecovery, type Recovery } from './recovery';
import { createRaces, type Races } from './race';
import { createRedrawQueue } from './redraw';
import { createRunList, type RunList } from './runList';
import { DEFAULT_VIEW, type PageState, type ViewSettings } from './state';
import { type Costs, createCosts } from './costs';
import { createTables, type Tables } from './tables';
import { createTablesClient } from './tablesClient';
import { createTransport, type Transport } from './transport';
import { loadView, saveView } from './viewSettings';

export interface Playground extends Context {
  edits: Edits;
  models: Models;
  costs: Costs;
  transport: Transport;
  races: Races;
  runList: RunList;
  checkpoints: Checkpoints;
  exports: Exports;
  /** Undefined where nothing is kept. */
  keeping: Keeping | undefined;
  recovery: Recovery;
  tables: Tables;
  answers: Answers;
  keys: Keys;
  queue: Queue;
  weights: KeptWeights;
  /** Undefined where nothing is kept. */
  keptQueue: KeptQueue | undefined;
  setView(part: Partial<ViewSettings>): void;
}

export function initialState(hash: string, view: ViewSettings = DEFAULT_VIEW, brought = true): PageState {
  const opened = hash.length > 1 ? openLink(hash) : undefined;
  const draft = opened?.config ?? DEFAULT_CONFIG;
  // What a run of another visit will change while it runs is said again, as it would surprise whoever presses Start.
  const fromLink = opened && ((brought && (opened.applied > 0 || opened.ignored.length > 0)) || opened.changes.length > 0);
  return {
    draft,
    preset: presetOf(draft) ?? 'baseline',
    engine: 'starting',
    device: undefined,
    models: {},
    estimates: {},
    costs: {},
    gauge: undefined,
    slowness: undefined,
    fetching: undefined,
    unreviewed: {},
    picking: undefined,
    unfetched: undefined,
    adapting: undefined,
    kept: undefined,
    plan: undefined,
    compiling: undefined,
    problem: undefined,
    recovering: undefined,
    recovered: undefined,
    goOnFrom: undefined,
    silent: false,
    refusal: undefined,
    phase: 'idle',
    current: undefined,
    step: 0,
    speed: undefined,
    runs: [],
    previews: {},
    heldTables: [],
    inspectedPlace: { row: 0, layer: 0, head: 0 },
    inspection: undefined,
    captured: [],
    answers: NO_ANSWERS,
    keys: {},
    link: fromLink ? { applied: opened.applied, ignored: opened.ignored, changes: opened.changes, dismissed: false } : undefined,
    offer: 'waiting',
    checkpoint: undefined,
    saving: undefined,
    weights: {},
    lineUp: { variants: ['baseline', 'dropkey', 'dropattention', 'hiddencut'] },
    race: undefined,
    saved: undefined,
    exporting: undefined,
    exported: undefined,
    keeping: { state: 'opening' },
    notice: undefined,
    hoveredRun: undefined,
    cursor: undefined,
    view,
  };
}

export interface PlaygroundOptions {
  hash?: string;
  /** Whether the hash is what somebody brought, which is announced, or what stood here before. */
  brought?: boolean;
  /** Where runs are kept between visits; left out: nowhere. */
  place?: Place;
  view?: ViewSettings;
  /** Makes the engine of the queue; left out: a worker. */
  queueEngine?: () => EngineLink;
  /** Where results and what waits are kept; left out: nowhere. */
  queuePlace?: () => Promise<Database>;
  nextFrame?: (callback: () => void) => void;
}

export function createPlayground(engine: EngineLink, options: PlaygroundOptions = {}): Playground {
  const store = createStore<PageState>(() => initialState(options.hash ?? '', options.view ?? loadView(), options.brought));
  const context: Context = { store, engine, data: new Map(), redraw: createRedrawQueue(options.nextFrame) };
  const runList = createRunList(context);
  const models = createModels(context);
  const costs = createCosts(context);
  const edits = createEdits(context, models);
  const tables = createTables(createTablesClient(), context, edits);
  const recovery = createRecovery(context, { remind: () => { models.remind(); tables.remind(); }, ready: tables.ready });
  const transport = createTransport(context, runList, models, tables, recovery);
  const races = createRaces(context, { runList, recovery, ready: tables.ready });
  const checkpoints = createCheckpoints(context, runList, transport);
  const exports = createExports(context);
  // Examples need no GPU, so they are asked for without waiting for one.
  const preview = () => {
    const { draft } = store.getState();
    for (const source of TASK_NAMES) {
      engine.post({ type: 'preview', data: source === draft.data.source ? draft.data : { ...DEFAULT_CONFIG.data, source, noise: draft.data.noise }, seed: draft.seed });
    }
  };
  const queue = createQueue(context, { runList, models, tables }, options.queueEngine ?? createEngineClient);
  handleEvents(context, { runList, checkpoints, models, costs, edits, exports, races, recovery, tables });
  // After the events: it asks what a run is called.
  const weights = createKeptWeights(context);
  preview();
  models.plan();
  return {
    ...context,
    edits,
    models: {
      ...models,
      authorise(token) {
        models.authorise(token);
        tables.authorise(token);
      },
    },
    costs,
    transport,
    races,
    runList,
    checkpoints,
    exports,
    recovery,
    keeping: options.place && createKeeping(context, { runList, checkpoints, recovery, tables, weights }, options.place),
    tables,
    weights,
    answers: createAnswers(context),
    keys: createKeys(context),
    queue,
    keptQueue: options.queuePlace && keepQueue(queue, store, options.queuePlace),
    setView(part) {
      const view = { ...store.getState().view, ...part };
      store.setState({ view });
      saveView(view);
      if ('budget' in part) engine.post({ type: 'budget', gib: view.budget ?? null });
      context.redraw.request();
    },
  };
}
