import { useEffect, useRef, useState } from 'react';
import type { DropoutRule } from '../../../config/dropout';
import { MODELS } from '../../../config/models';
import { isVirtual } from '../../../config/peft';
import { PRESETS } from '../../../config/presets';
import { isLive } from '../../../store/state';
import { Icon } from '../../kit/Icon';
import { usePage, usePlayground } from '../../kit/context';
import { Segmented } from '../../kit/Segmented';
import { useWidth } from '../../kit/useWidth';
import { EXAMPLE } from '../../masks/example';
import { PlaceRow } from '../../masks/PlaceRow';
import type { ShownPlace } from '../../masks/scene';

const PLACES: readonly ShownPlace[] = ['logits', 'weights', 'hidden'];
const SHOWN_RULES: Record<ShownPlace, DropoutRule> = {
  logits: PRESETS.dropkey.layer.dropout.logits!,
  weights: PRESETS.dropattention.layer.dropout.weights!,
  hidden: PRESETS.hiddencut.layer.dropout.hidden!,
};

/** One held-out sentence in one head, under the three places where attention and its block can be dropped. */
export function InsideView() {
  const { engine, store } = usePlayground();
  const inspection = usePage((state) => state.inspection);
  const place = usePage((state) => state.inspectedPlace);
  const dropout = usePage((state) => state.draft.dropout);
  const seed = usePage((state) => state.draft.seed);
  const model = usePage((state) => state.plan?.model);
  const facts = usePage((state) => MODELS[state.draft.model.folder]);
  const { steps, accumulation } = usePage((state) => state.draft.optimizer);
  const virtual = usePage((state) => isVirtual(state.draft.model.peft));
  const live = usePage((state) => isLive(state.phase) || state.phase === 'finished');
  const [dropping, setDropping] = useState(true);
  const [roll, setRoll] = useState(0);
  const section = useRef<HTMLElement>(null);
  const [frame, width] = useWidth<HTMLDivElement>();

  // Attention is only asked for while it can be seen.
  useEffect(() => {
    if (!section.current || !live) return undefined;
    const observer = new IntersectionObserver(([entry]) => engine.post({ type: 'inspect', at: entry.isIntersecting ? place : null }));
    observer.observe(section.current);
    return () => observer.disconnect();
  }, [engine, live, place]);

  const view = inspection ? inspection.attention : { ...EXAMPLE, mask: { ...EXAMPLE.mask, seed, causal: facts.decoder } };
  const at = inspection?.at ?? place;
  const step = (inspection?.step ?? 0) + roll;
  const setPlace = (part: Partial<typeof place>) => store.setState({ inspectedPlace: { ...place, ...part } });
  const count = (length: number, label: string) => Array.from({ length }, (_, value) => ({ value, label: `${label} ${value}` }));

  return (
    <section className="inside" ref={section} aria-labelledby="inside-title">
      <div className="chart-head">
        <h3 id="inside-title">What is dropped, and where</h3>
        <Segmented label="Phase" value={dropping ? 'train' : 'evaluate'} options={[{ value: 'train', label: 'training' }, { value: 'evaluate', label: 'evaluation' }]} onChange={(value) => setDropping(value === 'train')} />
        <button type="button" className="button" disabled={!dropping} title="Another mask, same weights" onClick={() => setRoll(roll + 1)}><Icon name="die" />Re-roll</button>
      </div>
      <p className="small muted">
        {inspection ? <>A held-out sentence at step {inspection.step}, as this run sees it{roll > 0 && `; mask of step ${step}`}.</> : <><strong>Example numbers</strong>, not from a model: real attention appears here once a run has started. The masks are the real ones of seed {seed}, step {step}.</>}
        {' '}Queries run down, keys across; the stronger the colour, the further from zero, and orange is below it. Hatched is dropped{view.mask.causal && ', blank is what a token cannot see yet'}.{virtual && ' Virtual tokens stand in front of these; they are never dropped, and not shown.'}
      </p>
      <div className="inside-pickers">
        <Segmented label="Layer" value={place.layer} options={count(model?.layers ?? facts.layers, 'layer')} onChange={(layer) => setPlace({ layer })} />
        <Segmented label="Head" value={place.head} options={count(model?.heads ?? 4, 'head')} onChange={(head) => setPlace({ head })} />
        {inspection && <button type="button" className="button" onClick={() => setPlace({ row: place.row + 1 })}>Next sentence</button>}
      </div>
      <div ref={frame} className="inside-rows">
        {PLACES.map((shown) => (
          <PlaceRow
            key={shown} place={shown} rule={dropout[shown] ?? SHOWN_RULES[shown]} active={(dropout[shown]?.p ?? 0) > 0}
            view={view} step={step} layers={facts.layers} steps={steps} accumulation={accumulation} virtual={virtual} layer={at.layer} head={at.head} dropping={dropping} width={width}
          />
        ))}
      </div>
    </section>
  );
}
