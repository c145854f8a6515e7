/** Pure: which differences between two configurations a running run can take over, as the commands that say so. */
import { changeKind, fieldOf } from '../config/change';
import type { RunConfig } from '../config/config';
import { type Difference, differences, sameValue } from '../config/diff';
import { type Position, POSITIONS } from '../config/dropout';

export const isHot = (field: string) => changeKind(field) !== 'restart';

/** Fields that bring others with them: what was chosen along with one of these belongs to the next run and not to the one that is going. */
const EXPERIMENT = ['data.source', 'data.table', 'model.source', 'model.peft'];

const isAnotherExperiment = (from: RunConfig, to: RunConfig) => EXPERIMENT.some((field) => !sameValue(fieldOf(from, field), fieldOf(to, field)));

/** Whether `field`, set to what it is in `to`, has to wait for a run of its own while one goes on with `from`. */
export function waitsForRestart(from: RunConfig, to: RunConfig, field: string): boolean {
  return (!isHot(field) || isAnotherExperiment(from, to)) && !sameValue(fieldOf(from, field), fieldOf(to, field));
}

/** The fewest changes that lead from `from` to `to` within what can change while running; several at one place travel as one. */
export function hotChanges(from: RunConfig, to: RunConfig): Difference[] {
  if (isAnotherExperiment(from, to)) return [];
  const whole = (field: string): Difference => ({ field, from: fieldOf(from, field), to: fieldOf(to, field) });
  const optimizer = differences(from.optimizer, to.optimizer, 'optimizer').filter(({ field }) => isHot(field));
  const consistency = differences(from.consistency, to.consistency, 'consistency');
  return [...dropoutChanges(from, to, whole), ...(consistency.length > 1 ? [whole('consistency')] : consistency), ...optimizer];
}

function dropoutChanges(from: RunConfig, to: RunConfig, whole: (field: string) => Difference): Difference[] {
  const changed = POSITIONS.filter((position: Position) => !sameValue(from.dropout[position], to.dropout[position]));
  const removed = changed.some((position) => !to.dropout[position]);
  // A removal has no value to send, and each structural change costs a new plan: one message for all of them.
  if (removed || changed.filter((position) => !from.dropout[position]).length > 1) return [whole('dropout')];
  return changed.flatMap((position) => {
    const field = `dropout.${position}`;
    if (!from.dropout[position]) return [whole(field)];
    // A course that is taken out is a constant one, which can be said as a value.
    const leaves = differences(from.dropout[position], to.dropout[position], field).map((leaf) => (/\.(depth|time)$/.test(leaf.field) ? { ...leaf, to: leaf.to ?? 'constant' } : leaf));
    return leaves.length > 1 || leaves.some((leaf) => leaf.to === undefined) ? [whole(field)] : leaves;
  });
}

/** Differences that only a new run can take over. */
export function coldDifferences(from: RunConfig, to: RunConfig): Difference[] {
  return differences(from, to).filter(({ field }) => !isHot(field) || isAnotherExperiment(from, to));
}
