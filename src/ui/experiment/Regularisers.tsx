import { REGULARISERS, regulariserOf } from '../../config/regularisers';
import { usePage } from '../kit/context';
import { LinearField, StopsField } from '../kit/Slider';
import { RegulariserChips } from './RegulariserChips';

/** What can be set against dropout: one named setting, or all numbers by hand. */
export function Regularisers() {
  const name = usePage((state) => regulariserOf(state.draft));
  const regulariser = name && REGULARISERS[name];
  return (
    <section className="part" aria-labelledby="regularisers-title">
      <h4 id="regularisers-title">Regularisers besides dropout</h4>
      <RegulariserChips />
      <p className="small muted">{regulariser ? <>{regulariser.reason} <span className="source">{regulariser.source}</span></> : 'Set by hand.'}</p>
      <details className="more" open={name === undefined || undefined}>
        <summary>Weight decay, L1, label smoothing, NEFTune</summary>
        <LinearField field="optimizer.weightDecay" label="Weight decay" min={0} max={1} step={0.01} hint="Pulls weights towards zero each step. Raise it to regularise without dropout." />
        <StopsField field="optimizer.l1" label="L1 on A and B, λ" stops={[0, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2]} hint="A penalty on absolute values. Raise it until small ones become zero." />
        <LinearField field="optimizer.smoothing" label="Label smoothing ε" min={0} max={0.3} step={0.01} hint="Aims a little below certainty, so that nothing is learned with certainty." />
        <LinearField field="optimizer.neftune" label="NEFTune α" min={0} max={20} step={0.5} hint="Bound of the noise on token embeddings in training. Raise it to blur the text." />
      </details>
    </section>
  );
}
