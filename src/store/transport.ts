/** Start, pause, step, reset, and what follows from them. */
import { applyPreset, type PresetName } from '../config/presets';
import { type Context, isLive, startObstacle } from './playground';
import type { RunList } from './runList';

/** What the page offers after the first run that overfits. */
export const OFFERED_PRESET: PresetName = 'hiddenkey_minus';

export interface Transport {
  /** What the big button does now: start, pause or resume. */
  toggle(): void;
  /** A new run of the draft; ends the one that is going on. */
  start(): void;
  step(): void;
  reset(): void;
  /** Applies the offered preset, pins the current run and starts the next. */
  takeOffer(): void;
  dismissOffer(): void;
  /** Evaluates the weights at hand on the test rows. */
  test(): void;
  restartEngine(): void;
}

export function createTransport({ store, engine, data }: Context, runList: RunList): Transport {
  const start = (): boolean => {
    const state = store.getState();
    if (startObstacle(state)) return false;
    if (isLive(state.phase)) engine.post({ type: 'reset' });
    const runId = crypto.randomUUID();
    const changes = state.link?.changes ?? [];
    const device = state.device ? `${state.device.name}, ${state.device.profile}` : 'unknown';
    runList.add(runId, state.draft, changes, device);
    engine.post({ type: 'start', runId, config: state.draft, changes });
    // Whoever starts the next run, taken up or not, has seen the offer.
    if (state.offer === 'shown') store.setState({ offer: 'done' });
    store.setState({ phase: 'starting', current: runId, step: 0, speed: undefined, problem: undefined, refusal: undefined, silent: false, inspection: undefined });
    return true;
  };

  return {
    start,
    toggle() {
      const { phase } = store.getState();
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
      const { current, phase } = store.getState();
      if (phase !== 'idle') engine.post({ type: 'reset' });
      store.setState(({ problem }) => ({
        phase: 'idle', current: undefined, step: 0, speed: undefined, compiling: undefined, silent: false, inspection: undefined,
        problem: problem?.scope === 'run' ? undefined : problem,
      }));
      // A run that has hardly begun is not worth a line among the others.
      const run = store.getState().runs.find(({ id }) => id === current);
      if (run && !run.pinned && (data.get(run.id)?.evaluations.length ?? 0) < 2) runList.remove(run.id);
    },
    takeOffer() {
      const { current, draft } = store.getState();
      if (current) runList.update(current, { pinned: true });
      store.setState({ offer: 'done', draft: applyPreset(OFFERED_PRESET, draft), preset: OFFERED_PRESET });
      start();
    },
    dismissOffer: () => store.setState({ offer: 'done' }),
    test() {
      const { current } = store.getState();
      if (current) engine.post({ type: 'test', runId: current });
    },
    restartEngine() {
      store.setState({ engine: 'starting', problem: undefined, silent: false, phase: 'idle', current: undefined, compiling: undefined, plan: undefined, step: 0, speed: undefined });
      engine.restart();
    },
  };
}
