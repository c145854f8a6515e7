/** Which run the page talks about, what its task asks, and how its model is built. */
import { type Problem, problemOf } from '../../store/metrics';
import type { ModelFacts } from '../../config/models';
import { draftFacts, type PageState } from '../../store/state';

/** The current run, else the newest visible, which may be the recorded one. */
export const focusOf = (state: PageState) => state.current ?? state.runs.findLast((run) => !run.hidden)?.id;

export const focusedConfig = (state: PageState) => state.runs.find(({ id }) => id === focusOf(state))?.config ?? state.draft;

/** What the task of the focused run asks. */
export const focusedProblem = (state: PageState): Problem => problemOf(focusedConfig(state));

type Shape = Pick<ModelFacts, 'layers' | 'heads' | 'decoder' | 'targets'>;
/** While nobody knows yet how a model is built, its controls offer the least that every model has. */
const LEAST: Shape = { layers: 1, heads: 1, decoder: false, targets: [] };

/** How the model on the cards is built. */
export const shapeOf = (state: PageState): Shape => draftFacts(state) ?? LEAST;
