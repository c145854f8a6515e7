/** Start, pause, step, reset, and what follows from them. */
import type { Change, RunConfig } from '../config/config';
import { withChanges } from '../config/diff';
import { applyPreset, type PresetName, presetOf } from '../config/presets';
import type { RunId } from '../protocol/runMessages';
import { keptAnswers } from './answers';
import type { Checkpoint } from './checkpointFile';
import type { Context } from './context';
import { startObstacle } from './obstacles';
import type { Models } from './models';
import { stepsPerSecond } from './pace';
import type { Recovery } from './recovery';
import type { Tables } from './tables';
import { draftFacts, factsOf, isLive, type PageState, type RunInfo } from './state';
import type { RunList } from './runList';

/** What the page offers after the first run that overfits. */
export const OFFERED_PRESET: PresetName = 'hiddenkey_minus';

export interface Transport {
  /** What the big button does now: start, pause or resume. */
  toggle(): void;
  /** A new run of the draft; ends the one that is going on. */
  start(): void;
  /** Goes on with the run of a checkpoint, from the step where that was made. */
  goOn(checkpoint: Checkpoint): boolean;
  /** Has the engine hold what a run has trained, as it was at its end: it is the current run again. @returns false where none can start now */
  bringBack(run: RunInfo, trained: Pick<Checkpoint, 'step' | 'file'>): boolean;
  step(): void;
  reset(): void;
  /** Applies the offered preset, pins the current run and starts the next. */
  takeOffer(): void;
  dismissOffer(): void;
  /** A run of the draft that stops before its first step, and is scored on the test rows as it is. */
  judge(): void;
  /** Evaluates the weights at hand on the test rows. */
  test(): void;
  /** A new engine; a run that lost its own goes on where that is possible. */
  restartEngine(): void;
}

/** What the page forgets and shows when a run begins. */
export const beginning = ({ answers }: Pick<PageState, 'answers'>, runId: RunId, step = 0): Partial<PageState> => ({
  phase: 'starting', current: runId, step, speed: undefined, problem: undefined, refusal: undefined, silent: false, inspection: undefined, captured: [], answers: keptAnswers(answers), keys: {}, saving: undefined, exporting: undefined, exported: undefined,
});

/** Where a run was measured. */
export const deviceName = ({ device }: Pick<PageState, 'device'>): string => (device ? `${device.name}, ${device.profile}` : 'unknown');

export function createTransport({ store, engine, data }: Context, runList: RunList, models: Models, tables: Pick<Tables, 'remind' | 'ready'>, recovery: Recovery): Transport {
  /** Tells the engine to begin, `from` a checkpoint or afresh; the run is in the list once `list` has put it there. */
  const begin = (config: RunConfig, changes: Change[], list: (runId: RunId, device: string) => void, from?: Pick<Checkpoint, 'step' | 'file'>, runId: RunId = crypto.randomUUID()) => {
    const state = store.getState();
    if (isLive(state.phase)) engine.post({ type: 'reset' });
    tables.ready(config.data);
    list(runId, deviceName(state));
    engine.post({ type: 'start', runId, config, changes, pace: stepsPerSecond(state.view.pace, config.optimizer.steps), ...(from && { resume: from.file }) });
    recovery.begun({ runId, step: from?.step ?? 0, file: from?.file });
    // Whoever starts the next run, taken up or not, has seen the offer.
    if (state.offer === 'shown') store.setState({ offer: 'done' });
    store.setState((before) => ({ ...beginning(before, runId, from?.step), race: undefined }));
  };

  /** Puts what a run ended with on the cards. @returns whether it could start */
  const lay = (config: RunConfig, changes: Change[]): boolean => {
    const draft = withChanges(config, changes);
    store.setState((state) => ({ draft, preset: presetOf(draft, factsOf(state, draft.model.source)) ?? 'baseline', link: undefined }));
    models.look(draft.model.source);
    return startObstacle(store.getState()) === undefined;
  };

  const start = (): boolean => {
    const state = store.getState();
    if (startObstacle(state)) return false;
    const changes = state.link?.changes ?? [];
    begin(state.draft, changes, (runId, device) => runList.add(runId, state.draft, changes, device));
    return true;
  };

  store.subscribe((state, before) => {
    const run = state.view.pace === before.view.pace ? undefined : state.runs.find(({ id }) => id === state.current);
    if (run && isLive(state.phase)) engine.post({ type: 'pace', stepsPerSecond: stepsPerSecond(state.view.pace, run.config.optimizer.steps) });
  });

  return {
    start,
    goOn(checkpoint) {
      const { config, changes } = checkpoint.record;
      if (!lay(config, changes)) return false;
      begin(config, changes, (runId, device) => runList.goOn(runId, checkpoint, device), checkpoint);
      return true;
    },
    bringBack({ id, config, changes }, trained) {
      if (!lay(config, changes)) return false;
      begin(config, changes, () => undefined, trained, id);
      return true;
    },
    toggle() {
      const { phase } = store.getState();
      if (recovery.rest()) return;
      // The engine remembers a pause for a run that it is still building.
      if (phase === 'running' || phase === 'starting') engine.post({ type: 'pause' });
      else if (phase === 'paused') engine.post({ type: 'resume' });
      else start();
    },
    step() {
      const { phase } = store.getState();
      if (phase === 'starting') return;
      if (phase === 'idle' || phase === 'finished' || phase === 'failed') {
        if (!start()) return;
      }
      engine.post({ type: 'step', steps: 1 });
    },
    reset() {
      const { current, phase, race } = store.getState();
      if (phase !== 'idle') engine.post({ type: 'reset' });
      store.setState(({ problem, answers }) => ({
        phase: 'idle', current: undefined, race: undefined, step: 0, speed: undefined, compiling: undefined, silent: false, inspection: undefined, captured: [], answers: keptAnswers(answers), keys: {}, saving: undefined, exporting: undefined, exported: undefined, recovering: undefined, recovered: undefined, goOnFrom: undefined,
        problem: problem?.scope === 'run' ? undefined : problem,
      }));
      // A run that has hardly begun is not worth a line among the others.
      const ended = race?.lanes ?? [current];
      for (const run of store.getState().runs) if (ended.includes(run.id) && !run.pinned && (data.get(run.id)?.evaluations.length ?? 0) < 2) runList.remove(run.id);
    },
    takeOffer() {
      const { current, draft } = store.getState();
      if (current) runList.update(current, { pinned: true });
      store.setState({ offer: 'done', draft: applyPreset(OFFERED_PRESET, draft, draftFacts(store.getState())), preset: OFFERED_PRESET });
      start();
    },
    dismissOffer: () => store.setState({ offer: 'done' }),
    judge() {
      if (!start()) return;
      engine.post({ type: 'pause' });
      engine.post({ type: 'test', runId: store.getState().current! });
    },
    test() {
      const { current } = store.getState();
      if (current) engine.post({ type: 'test', runId: current });
    },
    restartEngine() {
      if (recovery.goOn()) return;
      store.setState({ engine: 'starting', problem: undefined, silent: false, recovering: undefined, recovered: undefined, saving: undefined, exporting: undefined, phase: 'idle', current: undefined, race: undefined, compiling: undefined, plan: undefined, step: 0, speed: undefined, fetching: undefined });
      engine.restart();
      models.remind();
      tables.remind();
    },
  };
}
