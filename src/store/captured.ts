/** Pure: looks into the model that are kept while a run goes on, so that one can go back to a step that was seen. */
import { indexAt } from './series';
import type { Inspection } from './state';

/** Looks that are kept; a long sentence in one of them is some hundred kilobytes. */
export const MOST_CAPTURED = 48;

const isSamePlace = ({ at: one }: Inspection, { at: other }: Inspection) => one.row === other.row && one.layer === other.layer && one.head === other.head;

/** With one more look. Another place, or an earlier step, begins anew; where there are too many, every second one goes, so that the whole run stays covered. */
export function withInspection(captured: readonly Inspection[], next: Inspection): readonly Inspection[] {
  const last = captured.at(-1);
  if (!last || !isSamePlace(last, next) || next.step < last.step) return [next];
  const before = last.step === next.step ? captured.slice(0, -1) : captured;
  const kept = before.length < MOST_CAPTURED ? before : before.filter((_, index) => index % 2 === 0);
  return [...kept, next];
}

/** The last look that is no later than `step`; the first where all are later. */
export function lookAt(captured: readonly Inspection[], step: number): Inspection | undefined {
  return captured[Math.max(0, indexAt(captured.map((look) => look.step), step))];
}
