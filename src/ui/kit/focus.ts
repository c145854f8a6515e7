/** Which run the page talks about, and what its task asks. */
import { type Problem, problemOf } from '../../store/metrics';
import type { PageState } from '../../store/state';

/** The current run, else the newest visible, which may be the recorded one. */
export const focusOf = (state: PageState) => state.current ?? state.runs.findLast((run) => !run.hidden)?.id;

export const focusedConfig = (state: PageState) => state.runs.find(({ id }) => id === focusOf(state))?.config ?? state.draft;

/** What the task of the focused run asks. */
export const focusedProblem = (state: PageState): Problem => problemOf(focusedConfig(state));
