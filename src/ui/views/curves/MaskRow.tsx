import { useRef } from 'react';
import { showView } from '../../address';
import { usePage } from '../../kit/context';
import { useWidth } from '../../kit/useWidth';
import { PlaceRow } from '../../masks/PlaceRow';
import { PLACES, useSentence } from '../../masks/useSentence';

/** One row of masks: what the sentence of the experiment drops first, or what DropKey would where it drops nothing in attention. */
export function MaskRow() {
  const section = useRef<HTMLElement>(null);
  // The cursor of the charts goes through the steps that were looked at.
  const pointed = usePage(({ cursor, view: { axis } }) => (axis === 'steps' ? cursor : undefined));
  const { view, inspection, layer, head, step, run, ruleAt } = useSentence(section, pointed);
  const [frame, width] = useWidth<HTMLDivElement>();
  const active = PLACES.find((place) => ruleAt(place).active);
  const place = active ?? 'logits';
  return (
    <section className="inside" ref={section} aria-labelledby="masks-title">
      <div className="chart-head">
        <h3 id="masks-title">{active ? 'What is dropped' : 'What DropKey would drop'}</h3>
        <button type="button" className="button link" onClick={() => showView('inside')}>All places, layers and heads</button>
      </div>
      <p className="small muted">
        {inspection ? `A held-out sentence at step ${step}, layer ${layer}, head ${head}.` : <><strong>Example numbers</strong>, not from a model; real attention appears once a run has started.</>} Hatched is dropped{view.mask.causal && ', blank is what a token cannot see yet'}.
      </p>
      <div ref={frame} className="inside-rows">
        <PlaceRow place={place} {...ruleAt(place)} view={view} step={step} {...run} layer={layer} head={head} dropping width={Math.min(width, 620)} />
      </div>
    </section>
  );
}
