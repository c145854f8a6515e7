/** Why a run cannot start, in sentences. */
import { configProblems } from '../config/problems';
import { bytes } from '../protocol/format';
import { modelName } from '../config/models';
import { missingTable, tableKey } from '../config/tables';
import { draftFacts, entryOf, type PageState } from './state';

/** The first reason why what is on the cards cannot run, as a sentence; undefined when it can. */
export const draftProblem = (state: Pick<PageState, 'draft' | 'models'>): string | undefined => configProblems(state.draft, draftFacts(state))[0];

/** What to open, where the table of the draft is not at hand. */
export function tableObstacle({ draft: { data: { source, table } }, heldTables }: Pick<PageState, 'draft' | 'heldTables'>): string | undefined {
  return table && !heldTables.includes(tableKey(source, table)) ? `${sentenceOf(missingTable(source, table))} under Data.` : undefined;
}

const sentenceOf = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** Why what is on the cards cannot run now, its model included. */
export const draftObstacle = (state: Pick<PageState, 'draft' | 'models' | 'fetching' | 'heldTables'>): string | undefined => draftProblem(state) ?? tableObstacle(state) ?? modelObstacle(state);

/** Why Start is disabled, as a sentence; undefined when it is not. */
export function startObstacle(state: PageState): string | undefined {
  if (state.problem?.scope === 'engine') return 'No run can start; the message above says why.';
  if (state.problem?.fault.code === 'bad_config') return state.problem.fault.problems[0];
  if (state.problem?.fault.code === 'load_failed') return 'A file could not be loaded; the message above says which.';
  if (state.problem?.scope === 'plan') return 'The plan does not fit; lower the highlighted control.';
  if (state.engine !== 'ready') return 'The engine is starting.';
  return draftObstacle(state);
}

/** Why a run on the chosen model has to wait, as a sentence; undefined when it has not. */
function modelObstacle(state: Pick<PageState, 'draft' | 'models' | 'fetching'>): string | undefined {
  const { source } = state.draft.model;
  const entry = entryOf(state, source);
  if (entry?.state === 'refused') return `${modelName(source)} cannot be had; the message above says why.`;
  if (entry?.state !== 'described') return `Looking at ${modelName(source)}.`;
  if (state.fetching?.source === source) return `The weights of ${entry.facts.name} are on their way.`;
  return entry.toFetch > 0 ? `The weights of ${entry.facts.name} are not on this machine yet (${bytes(entry.toFetch)}); fetch them first.` : undefined;
}
