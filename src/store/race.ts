/** Variants of what is on the cards, trained side by side in lock-step on the same batches: what they take, how they begin, what becomes of each lane. */
import type { RunConfig } from '../config/config';
import { applyPreset, PRESETS } from '../config/presets';
import { configProblems } from '../config/problems';
import type { Fault } from '../protocol/faults';
import { bytes } from '../protocol/format';
import type { FromEngine } from '../protocol/messages';
import type { RunId } from '../protocol/runMessages';
import type { Context } from './context';
import { startObstacle } from './obstacles';
import { stepsPerSecond } from './pace';
import type { Recovery } from './recovery';
import type { RunList } from './runList';
import { draftFacts, type Inspection, isLive, isRacing, type PageState, type Variant } from './state';
import type { Tables } from './tables';
import { beginning, deviceName } from './transport';

/** Lanes side by side: more would be drawn too narrow, and wait for one another too long. */
export const MOST_LANES = 4;

export interface Races {
  /** Puts a variant into the line-up, or takes it out. */
  toggle(variant: Variant): void;
  /** Asks what the line-up takes. */
  plan(): void;
  planned(event: Extract<FromEngine, { type: 'race_planned' }>): void;
  start(): void;
  /** Whether this run's steps and pauses are those that the page shows: the current one's, or of a race whose first lane is over, the first that goes on. */
  leads(runId: RunId): boolean;
  /** A run has come to its end. @returns whether others of its race go on */
  goesOnAfter(runId: RunId): boolean;
  /** A lane went astray or failed. @returns whether that is a matter of this lane alone */
  out(runId: RunId, fault: Fault): boolean;
  inspected(event: Inspection): void;
}

export const variantTitle = (variant: Variant): string => (variant === 'cards' ? 'As on the cards' : PRESETS[variant].title);

/** What is on the cards with a variant's dropout. */
export function variantConfig(state: Pick<PageState, 'draft' | 'models'>, variant: Variant): RunConfig {
  return variant === 'cards' ? state.draft : applyPreset(variant, state.draft, draftFacts(state));
}

/** Why the line-up cannot start, as a sentence; undefined where it can. */
export function raceObstacle(state: PageState): string | undefined {
  const { variants, plan, fault } = state.lineUp;
  if (variants.length < 2) return 'Choose two variants or more; up to four run side by side.';
  const cards = startObstacle(state);
  if (cards !== undefined) return cards;
  for (const variant of variants) {
    const [problem] = configProblems(variantConfig(state, variant), draftFacts(state));
    if (problem !== undefined) return `${variantTitle(variant)}: ${problem}`;
  }
  if (fault?.code === 'out_of_memory') return `One of them needs ${bytes(fault.neededBytes)} by itself, and this device has ${bytes(fault.budgetBytes)}; lower the batch.`;
  if (fault?.code === 'bad_config') return fault.problems[0];
  if (fault) return 'One of them cannot be planned; start it by itself to see why.';
  if (plan && plan.bytes > plan.budget) return `Together they need ${bytes(plan.bytes)}, and this device has ${bytes(plan.budget)}; take a variant out, or lower the batch.`;
  return undefined;
}

export function createRaces({ store, engine }: Context, { runList, recovery, ready }: { runList: RunList; recovery: Recovery; ready: Tables['ready'] }): Races {
  const { getState: get, setState: set } = store;

  const plan = () => {
    const state = get();
    const { variants } = state.lineUp;
    set({ lineUp: { variants } });
    if (variants.length >= 2 && startObstacle(state) === undefined) engine.post({ type: 'plan_race', configs: variants.map((variant) => variantConfig(state, variant)) });
  };

  /** Lanes that still train. */
  const going = (): readonly RunId[] => {
    const { race } = get();
    return race?.lanes.filter((id) => !race.finished.includes(id)) ?? [];
  };
  const over = (runId: RunId, part: { faults?: Record<RunId, Fault> } = {}) => set(({ race }) => (race ? { race: { ...race, finished: [...race.finished, runId], faults: { ...race.faults, ...part.faults } } } : {}));

  return {
    plan,
    toggle(variant) {
      const { variants } = get().lineUp;
      const without = variants.filter((other) => other !== variant);
      if (without.length === variants.length && variants.length >= MOST_LANES) return;
      set({ lineUp: { variants: without.length < variants.length ? without : [...variants, variant] } });
      plan();
    },
    planned(event) {
      const { lineUp } = get();
      // An older question's answer.
      if (event.lanes !== lineUp.variants.length) return;
      set({ lineUp: event.fault ? { variants: lineUp.variants, fault: event.fault } : { variants: lineUp.variants, plan: { bytes: event.bytes, budget: event.budget } } });
    },
    start() {
      const state = get();
      if (raceObstacle(state) !== undefined) return;
      if (isLive(state.phase)) engine.post({ type: 'reset' });
      ready(state.draft.data);
      const { variants } = state.lineUp;
      const lanes = variants.map((variant) => ({ runId: crypto.randomUUID() as RunId, config: variantConfig(state, variant) }));
      for (const { runId, config } of lanes) runList.add(runId, config, [], `${deviceName(state)}, in a race of ${lanes.length}`);
      engine.post({ type: 'race', lanes, pace: stepsPerSecond(state.view.pace, state.draft.optimizer.steps) });
      recovery.begun({ runId: lanes[0].runId, step: 0, file: undefined });
      set((before) => ({ ...beginning(before, lanes[0].runId), race: { lanes: lanes.map(({ runId }) => runId), variants, finished: [], faults: {}, inspections: {} } }));
    },
    leads: (runId) => (isRacing(get()) ? runId === going()[0] : runId === get().current),
    goesOnAfter(runId) {
      if (!isRacing(get()) || !going().includes(runId)) return false;
      over(runId);
      return going().length > 0;
    },
    out(runId, fault) {
      const { phase } = get();
      // What fails before the first step fails for all.
      if (!isRacing(get()) || phase === 'starting' || !going().includes(runId)) return false;
      over(runId, { faults: { [runId]: fault } });
      if (going().length === 0) set({ phase: 'finished', speed: undefined });
      return true;
    },
    inspected: (event) => set(({ race }) => (race?.lanes.includes(event.runId) ? { race: { ...race, inspections: { ...race.inspections, [event.runId]: event } } } : {})),
  };
}
