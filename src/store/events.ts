/** What each event of the engine does to the page. Exhaustive: a new event does not compile without a line here. */
import { activePositions, type RunConfig } from '../config/config';
import { fieldOf, withField } from '../config/change';
import type { Fault } from '../protocol/faults';
import type { FromEngine } from '../protocol/messages';
import { askForScores, FOLLOWED_PROMPTS } from './answers';
import type { Checkpoints } from './checkpoints';
import { type Costs, secondsOf } from './costs';
import type { Edits } from './edits';
import { visiblyOverfits } from './findings';
import type { Exports } from './exports';
import type { Models } from './models';
import type { Context } from './context';
import { problemOf } from './metrics';
import { stepsPerSecond } from './pace';
import type { Races } from './race';
import type { Recovery } from './recovery';
import { type AnswersState, isLive } from './state';
import { withInspection } from './captured';
import type { Tables } from './tables';
import { effectiveConfig, type RunList } from './runList';

type Handlers = { [K in FromEngine['type']]: (event: Extract<FromEngine, { type: K }>) => void };

/** Without an event for this long, a running engine counts as silent. */
export const SILENCE_MS = 10_000;

/** Without an answer to a question of its own for this long, its worker counts as gone. */
export const HUNG_MS = 20_000;

/** Part of the pace that was asked for above which a run is held back by it, and says nothing about the adapter. */
const HELD_BACK = 0.8;

/** Said of a file whose kernels are another adapter's. */
const ELSEWHERE = 'This run was saved on another GPU. It goes on from the same numbers, but kernels add up in another order here, so the last bits of what follows may differ.';

/** Faults after which nothing can be trained until the engine is replaced. */
const ENGINE_FAULTS: ReadonlySet<Fault['code']> = new Set(['no_webgpu', 'insecure_context', 'no_adapter', 'limit_too_small', 'self_test_failed', 'worker_crashed', 'device_lost']);

/** `draft` with one field as it is in force; the whole group where the draft has moved on and the field has no place left. */
function restored(draft: RunConfig, inForce: RunConfig, field: string): RunConfig {
  const group = field.split('.')[0];
  const parent = field.split('.').slice(0, -1).join('.');
  const whole = parent !== '' && fieldOf(draft, parent) === undefined;
  return withField(draft, whole ? group : field, fieldOf(inForce, whole ? group : field));
}

export interface Handled {
  runList: RunList;
  checkpoints: Checkpoints;
  models: Models;
  costs: Costs;
  edits: Pick<Edits, 'set'>;
  exports: Exports;
  races: Races;
  recovery: Recovery;
  tables: Pick<Tables, 'lent'>;
}

export function handleEvents({ store, engine, data, redraw }: Context, { runList, checkpoints, models, costs, edits, exports, races, recovery, tables }: Handled): void {
  const { setState: set, getState: get } = store;
  /** Step and time of a recent moment, for the speed. */
  let mark = { step: 0, at: 0 };
  /** Where the current run began here: one that was brought back at its end has trained nothing since. */
  let begunAt = 0;

  const meter = (step: number): number | undefined => {
    const now = performance.now();
    const elapsed = (now - mark.at) / 1000;
    if (step < mark.step || elapsed > 5) mark = { step, at: now };
    if (elapsed < 0.5 || step <= mark.step) return get().speed;
    const speed = (step - mark.step) / elapsed;
    mark = { step, at: now };
    noteSlowness(speed);
    return speed;
  };

  /** What is known of this adapter is corrected by how runs really go, where nothing holds them back. */
  const noteSlowness = (speed: number) => {
    const { plan, gauge, slowness = 1, view, runs, current } = get();
    const steps = runs.find(({ id }) => id === current)?.config.optimizer.steps;
    const planned = plan && secondsOf(plan.work, gauge, 1);
    if (!planned || steps === undefined || speed > HELD_BACK * (stepsPerSecond(view.pace, steps) ?? Infinity)) return;
    set({ slowness: slowness + (steps / speed / planned - slowness) / (get().slowness === undefined ? 1 : 4) });
  };

  /** Of questions asked one after the other the last one's answer is shown. */
  const answered = (event: NonNullable<AnswersState['own']>) => set(({ answers }) => (event.request === answers.asking ? { answers: { ...answers, asking: undefined, own: event } } : {}));

  const on: Handlers = {
    ready({ device }) {
      set({ engine: 'ready', device, problem: undefined });
      // A new engine has been asked and told nothing yet.
      set(({ answers, keys }) => ({ answers: { ...answers, asking: undefined, scoring: undefined }, keys: { ...keys, asking: undefined } }));
      if (get().answers.following) engine.post({ type: 'follow', rows: FOLLOWED_PROMPTS, options: {} });
      const { budget } = get().view;
      if (budget !== undefined) engine.post({ type: 'budget', gib: budget });
      models.plan();
      recovery.ready();
    },
    budgeted({ device, problem }) {
      set({ device, estimates: {}, ...(problem !== undefined && { notice: `The memory budget of this browser’s settings is not in force: ${problem}.` }) });
      models.plan();
    },
    pong: () => watch(),
    race_planned: (event) => races.planned(event),
    planned: ({ summary }) => set(({ problem }) => ({ plan: summary, problem: problem?.scope === 'plan' ? undefined : problem })),
    compiling: ({ done, of }) => set({ compiling: done < of ? { done, of } : undefined }),
    started({ step, summary, elsewhere }) {
      begunAt = step;
      mark = { step, at: performance.now() };
      set(({ phase, recovering, notice }) => ({
        phase: phase === 'starting' ? 'running' : phase, plan: summary, compiling: undefined, step,
        recovering: undefined, ...(recovering ? { recovered: { ...recovering, elsewhere: elsewhere !== undefined } } : { notice: elsewhere === undefined ? notice : ELSEWHERE }),
      }));
    },
    points(event) {
      data.get(event.runId)?.appendPoints(event);
      const step = event.from + event.crossEntropy.length;
      if (races.leads(event.runId)) set({ step, speed: meter(step) });
      redraw.request();
    },
    evaluated({ runId, step, heldOut, train, seconds }) {
      data.get(runId)?.appendEvaluation({ step, heldOut, train, seconds });
      // A new array, so that sentences and tables that read evaluations look again.
      set(({ runs, step: shown }) => ({ runs: [...runs], step: Math.max(shown, step) }));
      redraw.request();
    },
    changed: ({ runId, change }) => runList.appendChange(runId, change),
    refused({ runId, field, sentence }) {
      const run = get().runs.find(({ id }) => id === runId);
      if (run) set(({ draft }) => ({ draft: restored(draft, effectiveConfig(run), field), refusal: { field, sentence } }));
    },
    inspected(event) {
      races.inspected(event);
      if (event.runId === get().current) set(({ captured }) => ({ inspection: event, captured: withInspection(captured, event) }));
    },
    keys_dropped: (event) => set(({ keys }) => (event.request === keys.asking ? { keys: { ...keys, asking: undefined, dropped: event } } : {})),
    keys_deleted: (event) => set(({ keys }) => (event.request === keys.asking ? { keys: { ...keys, asking: undefined, deleted: event } } : {})),
    keys_kept: ({ request, sentence }) => set(({ keys }) => (request === keys.asking ? { keys: { ...keys, asking: undefined, refused: sentence } } : {})),
    wrote: (event) => {
      if (event.request !== undefined) return answered(event);
      const written = { step: event.step, texts: event.texts };
      const first = get().runs.find(({ id }) => id === event.runId)?.texts?.first ?? written;
      runList.update(event.runId, { texts: { first, latest: written } });
    },
    predicted: (event) => {
      if (event.request !== undefined) return answered(event);
      set(({ answers }) => ({ answers: { ...answers, first: answers.first ?? event, latest: event } }));
    },
    unwritten: (event) => answered(event),
    scoring: ({ done, of }) => set(({ answers }) => ({ answers: { ...answers, scoring: { done, of } } })),
    scored({ runId, scores }) {
      runList.update(runId, { scores });
      set(({ answers }) => ({ answers: { ...answers, scoring: undefined } }));
    },
    unscored: ({ sentence }) => set(({ answers }) => ({ answers: { ...answers, scoring: undefined, unscored: sentence } })),
    paused({ runId, step }) {
      if (!races.leads(runId)) return;
      set({ phase: 'paused', step, speed: undefined });
      checkpoints.continueSaving();
    },
    resumed({ runId, step }) {
      if (!races.leads(runId)) return;
      mark = { step, at: performance.now() };
      set({ phase: 'running', step });
    },
    finished({ runId, step }) {
      if (races.goesOnAfter(runId)) return redraw.request();
      const run = get().runs.find(({ id }) => id === runId);
      const plain = run !== undefined && activePositions(effectiveConfig(run)).length === 0;
      const overfits = visiblyOverfits(data.get(runId)?.evaluations ?? []);
      checkpoints.continueSaving();
      const again = step === begunAt || get().race !== undefined;
      set(({ offer }) => ({ phase: 'finished', step, speed: undefined, offer: offer === 'waiting' && plain && overfits && !again ? 'shown' : offer }));
      if (run && !again && problemOf(run.config) === 'language_model' && get().answers.wish.atEnd) askForScores({ store, engine }, runId);
      redraw.request();
    },
    snapshotted: (event) => recovery.took(event),
    saved: ({ runId, step, file }) => checkpoints.finishSaving(runId, step, file),
    exporting: (event) => exports.heard(event),
    exported: (event) => exports.heard(event),
    unexported: (event) => exports.heard(event),
    tested: ({ runId, step, scores, rows }) => runList.update(runId, { test: { step, scores, rows } }),
    previewed: (event) => set(({ previews }) => ({ previews: { ...previews, [event.data.source]: event } })),
    described: (event) => models.described(event),
    undescribed: ({ asked, refusal }) => models.refused(asked, refusal),
    estimated({ source, data: rows, summary, fault }) {
      models.estimated(source, rows, { summary, fault });
      costs.estimated(source, rows, { summary, fault });
    },
    gauged: ({ gauge }) => set({ gauge }),
    fetching: ({ source, bytes, of, bytesPerSecond }) => set(({ fetching }) => ({ fetching: fetching?.source === source ? { ...fetching, bytes, of, bytesPerSecond } : fetching })),
    fetched({ source, note }) {
      const chosen = get().fetching?.source === source && get().fetching?.choose;
      models.fetched(source, note);
      if (chosen) edits.set('model.source', source);
    },
    unfetched: ({ source, refusal }) => set(({ fetching }) => (fetching?.source === source ? { fetching: undefined, unfetched: refusal.code === 'stopped' ? undefined : { source, refusal } } : {})),
    adapted: (event) => models.adapted(event),
    unadapted: (event) => models.adapted(event),
    lent: (event) => tables.lent(event),
    kept: ({ models: kept, free }) => set({ kept: { models: kept, free } }),
    fault({ runId, fault }) {
      const { problem, phase } = get();
      // The first fault is the cause, later ones are usually its echo; but no run explains that there is no engine any more.
      if (problem && (problem.scope === 'engine' || (problem.scope === 'run' && !ENGINE_FAULTS.has(fault.code)))) return;
      if ((ENGINE_FAULTS.has(fault.code) || fault.code === 'internal') && recovery.lost(fault)) return;
      // What the self-test needs, everything needs; a kernel that one plan needs is a matter of this plan.
      const refusedAll = fault.code === 'compiler_refused' && get().engine === 'starting';
      if (runId !== undefined && races.out(runId, fault)) redraw.request();
      else if (refusedAll || ENGINE_FAULTS.has(fault.code)) set({ engine: 'absent', problem: { fault, scope: 'engine' }, phase: isLive(phase) ? 'failed' : phase, compiling: undefined });
      else if (runId !== undefined) set({ problem: { fault, scope: 'run' }, phase: 'failed', compiling: undefined, saving: undefined });
      // Of this configuration only: another one may be planned, so the engine is as good as before.
      else if (fault.code === 'out_of_memory' || fault.code === 'bad_config' || fault.code === 'load_failed' || fault.code === 'compiler_refused') set({ problem: { fault, scope: 'plan' } });
      else set({ problem: { fault, scope: 'engine' }, phase: isLive(phase) ? 'failed' : phase, compiling: undefined });
    },
  };

  let silence: ReturnType<typeof setTimeout> | undefined;
  /** Waits for the next event; where none comes, asks the worker itself, since a step may only be a large one. */
  const watch = () => {
    clearTimeout(silence);
    if (get().phase !== 'running') return;
    silence = setTimeout(() => {
      if (get().phase !== 'running') return;
      set({ silent: true });
      engine.post({ type: 'ping' });
      silence = setTimeout(() => get().phase === 'running' && on.fault({ type: 'fault', fault: { code: 'worker_crashed', detail: `no answer for ${(SILENCE_MS + HUNG_MS) / 1000} s` } }), HUNG_MS);
    }, SILENCE_MS);
  };

  engine.subscribe((event) => {
    // Late events of a run that is no longer current are dropped here, once for all; a test may answer for an older run.
    if ('runId' in event && event.runId !== undefined && event.runId !== get().current && !get().race?.lanes.includes(event.runId) && event.type !== 'tested') return;
    // That it answers is no sign of a step.
    if (event.type !== 'pong' && get().silent) set({ silent: false });
    (on[event.type] as (event: FromEngine) => void)(event);
    watch();
  });
}
