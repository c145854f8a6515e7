/** Everything a control must know about the field it edits. */
import { fieldOf } from '../../config/change';
import { sameValue } from '../../config/diff';
import { configNotes } from '../../config/problems';
import { presetValue } from '../../store/edits';
import { waitsForRestart } from '../../store/hotChanges';
import { draftFacts, isLive } from '../../store/state';
import { effectiveConfig } from '../../store/runList';
import { usePage, usePlayground } from './context';

export interface Field<T> {
  value: T;
  set(value: T): void;
  /** Whether it differs from the preset; `restore` puts it back. */
  changed: boolean;
  restore(): void;
  /** The engine's sentence when it would not make the change. */
  refusal: string | undefined;
  /** Why it has no effect, or another than one would think. */
  note: string | undefined;
  /** A plan that does not fit names this control. */
  lowerMe: boolean;
  /** Differs from the running run and needs a restart. */
  waits: boolean;
}

export function useField<T>(field: string): Field<T> {
  const { edits } = usePlayground();
  const value = usePage((state) => fieldOf(state.draft, field)) as T;
  const changed = usePage((state) => !sameValue(value, presetValue(state.draft, state.preset, field, draftFacts(state))));
  // A group's control speaks for its leaves, which have none of their own: a refused `dropout.logits.p` is said in the clause of the logits.
  const refusal = usePage((state) => (state.refusal && `${state.refusal.field}.`.startsWith(`${field}.`) ? state.refusal.sentence : undefined));
  const note = usePage((state) => configNotes(state.draft, draftFacts(state)).find((one) => one.field === field)?.sentence);
  const lowerMe = usePage(({ problem }) => problem?.fault.code === 'out_of_memory' && problem.fault.lower.some((name) => name === field || name.startsWith(`${field}.`)));
  const waits = usePage((state) => {
    if (!isLive(state.phase)) return false;
    const run = state.runs.find(({ id }) => id === state.current);
    return run !== undefined && waitsForRestart(effectiveConfig(run), state.draft, field);
  });
  return { value, set: (next) => edits.set(field, next), changed, restore: () => edits.restore(field), refusal, note, lowerMe, waits };
}
