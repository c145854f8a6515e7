/** What a run would take with another task or another model: asked for while somebody looks at the choice, one plan after the other, and never while a run goes on. */
import { builtInFacts, BUILT_IN_NAMES } from '../config/models';
import { withModel, withTask } from '../config/presets';
import { configProblems } from '../config/problems';
import { TASK_NAMES } from '../config/tasks';
import type { RunConfig } from '../config/config';
import type { Gauge, PlanSummary, Work } from '../protocol/planMessages';
import type { Context } from './context';
import { draftFacts, type Estimate, factsOf, isLive, type PageState } from './state';

export type Menu = 'tasks' | 'models';

export interface Costs {
  /** Asks what every choice of a menu would take; what was asked before and not answered is dropped. */
  weigh(menu: Menu): void;
  estimated(model: string, data: string, estimate: Estimate): void;
}

/** A run that takes longer is slow, in seconds. */
export const SLOW = 120;

/** Under which the costs of a choice are kept. */
export const choiceKey = ({ model, data }: Pick<RunConfig, 'model' | 'data'>): string => `${model.source} ${data.source}`;

/** The draft with another task of the page, or with another of its models. */
export const taskChoice = (state: Pick<PageState, 'draft' | 'models'>, name: (typeof TASK_NAMES)[number]): RunConfig => withTask(state.draft, name, draftFacts(state));
export const modelChoice = (state: Pick<PageState, 'draft' | 'models'>, source: string): RunConfig => withModel(state.draft, source, draftFacts(state), factsOf(state, source));

/** Seconds of a whole run at full speed, undefined before the adapter is measured. @param slowness how many times longer than planned runs took here */
export const secondsOf = ({ multiplyAdds, dispatches }: Work, gauge: Gauge | undefined, slowness: number | undefined): number | undefined =>
  gauge && (multiplyAdds * gauge.multiplyAdd + dispatches * gauge.dispatch) * (slowness ?? 1);

/** What is known of a choice: the plan on the cards is one of them. */
export function costOf(state: Pick<PageState, 'draft' | 'plan' | 'costs'>, choice: RunConfig): PlanSummary | undefined {
  const key = choiceKey(choice);
  return key === choiceKey(state.draft) ? state.plan : state.costs[key]?.summary;
}

export function createCosts({ store, engine }: Context): Costs {
  /** Choices that are still to be asked about; the first has been. */
  let asked: RunConfig[] = [];

  const ask = () => {
    if (asked.length === 0) return;
    if (isLive(store.getState().phase)) asked = [];
    else engine.post({ type: 'estimate', config: asked[0] });
  };

  return {
    weigh(menu) {
      const state = store.getState();
      if (state.engine !== 'ready' || isLive(state.phase)) return;
      const choices = menu === 'tasks' ? TASK_NAMES.map((name) => taskChoice(state, name)) : BUILT_IN_NAMES.map((name) => modelChoice(state, name));
      const waits = asked.length > 0;
      const wanted = choices.filter((choice) => {
        const facts = builtInFacts(choice.model.source) ?? factsOf(state, choice.model.source);
        return choiceKey(choice) !== choiceKey(state.draft) && facts !== undefined && facts.obstacle === undefined && configProblems(choice, facts).length === 0;
      });
      asked = waits ? [asked[0], ...wanted] : wanted;
      if (!waits) ask();
    },
    estimated(model, data, estimate) {
      const key = `${model} ${data}`;
      store.setState(({ costs }) => ({ costs: { ...costs, [key]: estimate } }));
      if (asked.length === 0 || choiceKey(asked[0]) !== key) return;
      asked = asked.slice(1);
      ask();
    },
  };
}
