import { REGULARISER_NAMES, REGULARISERS, regulariserOf } from '../../config/regularisers';
import { usePage, usePlayground } from '../kit/context';

/** One regulariser at a time, or none. */
export function RegulariserChips() {
  const { edits } = usePlayground();
  const chosen = usePage((state) => regulariserOf(state.draft));
  return (
    <div className="chips" role="group" aria-label="Regularisers">
      {REGULARISER_NAMES.map((name) => <button key={name} type="button" className="chip" aria-pressed={name === chosen} title={REGULARISERS[name].reason} onClick={() => edits.applyRegulariser(name)}>{REGULARISERS[name].title}</button>)}
    </div>
  );
}
