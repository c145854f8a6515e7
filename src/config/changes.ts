/** Changes as they come from a link or a file: each is held to what its setting would be held to, and what cannot be made is named and left out. */
import { changeKind, fieldOf, withField } from './change';
import type { Change, RunConfig } from './config';
import { canBecome } from './fields';
import { configProblems } from './problems';

/** More than a hand makes; a list beyond it is read up to here. */
export const MOST_CHANGES = 10_000;

/** Longest piece of foreign text that is quoted. */
const QUOTED = 100;
export const cut = (text: string) => (text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);

/** Why a change cannot be made on the way from `config`: empty where nothing like it is known, undefined when it can. */
function problemOf(config: RunConfig, { step, field, to }: Change): string | undefined {
  if (!Number.isInteger(step) || step < 0) return 'its step is no whole number from 0 up';
  if (typeof field !== 'string' || changeKind(field) === 'restart') return '';
  if (!canBecome(field, to)) return '';
  const { steps } = config.optimizer;
  if (step >= steps) return `the run has ${steps} steps`;
  try {
    return configProblems(withField(config, field, to))[0];
  } catch {
    return 'there is no such place then';
  }
}

/**
 * The changes that a run of `config` can make, in the order of their steps, each judged after those before it. Several at one step and field
 * all stay, since a hand may go back and forth in a pause. `ignored` gets the others, as they stood, with the reason.
 */
export function possibleChanges(config: RunConfig, rows: readonly Change[], ignored: string[]): Change[] {
  // What cannot run is refused as a whole, and nothing can be judged on top of it.
  if (rows.length > 0 && configProblems(config).length > 0) {
    ignored.push(`${rows.length} ${rows.length === 1 ? 'change' : 'changes'} (these settings cannot run)`);
    return [];
  }
  const inOrder = rows.slice(0, MOST_CHANGES).sort((one, other) => (Number.isInteger(one.step) && Number.isInteger(other.step) ? one.step - other.step : 0));
  if (rows.length > MOST_CHANGES) ignored.push(`${rows.length - MOST_CHANGES} changes after the first ${MOST_CHANGES}`);
  let current = config;
  return inOrder.flatMap((change) => {
    const { step, field, to } = change;
    const problem = problemOf(current, change);
    if (problem !== undefined) {
      ignored.push(`change ${cut(JSON.stringify([step, field, change.from ?? null, to ?? null]))}${problem && ` (${problem})`}`);
      return [];
    }
    // What stood there before is for people to read; where the list says nothing that can be, it follows from the run.
    const from = change.from !== null && canBecome(field, change.from) ? change.from : (fieldOf(current, field) ?? null);
    current = withField(current, field, to);
    return [{ step, field, from, to: to ?? null }];
  });
}
