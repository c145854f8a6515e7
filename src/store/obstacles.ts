/** Why a run cannot start, in sentences. */
import { configProblems } from '../config/problems';
import type { PageState } from './state';

/** The first reason why what is on the cards cannot run, as a sentence; undefined when it can. */
export const draftProblem = ({ draft, plan }: Pick<PageState, 'draft' | 'plan'>): string | undefined => configProblems(draft, plan?.model.layers)[0];

/** Why Start is disabled, as a sentence; undefined when it is not. */
export function startObstacle(state: PageState): string | undefined {
  if (state.problem?.scope === 'engine') return 'No run can start; the message above says why.';
  if (state.problem?.fault.code === 'bad_config') return state.problem.fault.problems[0];
  if (state.problem?.fault.code === 'load_failed') return 'A file could not be loaded; the message above says which.';
  if (state.problem?.scope === 'plan') return 'The plan does not fit; lower the highlighted control.';
  if (state.engine !== 'ready') return 'The engine is starting.';
  return draftProblem(state);
}
