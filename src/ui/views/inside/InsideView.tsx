import { useRef, useState } from 'react';
import { Icon } from '../../kit/Icon';
import { usePage, usePlayground } from '../../kit/context';
import { shapeOf } from '../../kit/focus';
import { Segmented } from '../../kit/Segmented';
import { useWidth } from '../../kit/useWidth';
import { PlaceRow } from '../../masks/PlaceRow';
import { Twins } from '../../masks/Twins';
import { PLACES, useSentence } from '../../masks/useSentence';
import { DroppedKeys } from './DroppedKeys';
import { TimeLine } from './TimeLine';

const count = (length: number, label: string) => Array.from({ length }, (_, value) => ({ value, label: `${label} ${value}` }));

/** Masks whose mean is shown where that is asked for. */
const DRAWS = 20;

/** One held-out sentence in one head, under the three places where attention and its block can be dropped. */
export default function InsideView() {
  const { store } = usePlayground();
  const section = useRef<HTMLElement>(null);
  const [frozen, setFrozen] = useState<number>();
  const [averaging, setAveraging] = useState(false);
  const { view, inspection, layer, head, step: inspected, run, ruleAt } = useSentence(section, frozen);
  const twinsRule = usePage(({ draft: { dropout } }) => [dropout.logits, dropout.weights].find((rule) => rule !== undefined && rule.p > 0));
  const place = usePage((state) => state.inspectedPlace);
  const model = usePage((state) => state.plan?.model);
  const facts = usePage(shapeOf);
  const [dropping, setDropping] = useState(true);
  const [roll, setRoll] = useState(0);
  const [frame, width] = useWidth<HTMLDivElement>();
  const step = inspected + roll;
  const setPlace = (part: Partial<typeof place>) => store.setState({ inspectedPlace: { ...place, ...part } });

  return (
    <section className="inside" ref={section} aria-labelledby="inside-title">
      <div className="chart-head">
        <h3 id="inside-title">What is dropped, and where</h3>
        <Segmented label="Phase" value={dropping ? 'train' : 'evaluate'} options={[{ value: 'train', label: 'training' }, { value: 'evaluate', label: 'evaluation' }]} onChange={(value) => setDropping(value === 'train')} />
        <button type="button" className="button" disabled={!dropping} title="Another mask, same weights" onClick={() => setRoll(roll + 1)}><Icon name="die" />Re-roll</button>
        <label className="check small" title="Averages fade into what evaluation sees"><input type="checkbox" checked={averaging} disabled={!dropping} onChange={(event) => setAveraging(event.target.checked)} /> mean of {DRAWS} masks</label>
      </div>
      <p className="small muted">
        {inspection ? <>A held-out sentence at step {inspected}, as this run sees it{roll > 0 && `; mask of step ${step}`}.</> : <><strong>Example numbers</strong>, not from a model: real attention appears here once a run has started. The masks are the real ones of seed {view.mask.seed}, step {step}.</>}
        {' '}Queries run down, keys across; the stronger the colour, the further from zero, and orange is below it. Hatched is dropped{view.mask.causal && ', blank is what a token cannot see yet'}.{run.virtual && ' Virtual tokens stand in front of these; they are never dropped, and not shown.'}
      </p>
      <div className="inside-pickers">
        <Segmented label="Layer" value={place.layer} options={count(model?.layers ?? facts.layers, 'layer')} onChange={(chosen) => setPlace({ layer: chosen })} />
        <Segmented label="Head" value={place.head} options={count(model?.heads ?? facts.heads, 'head')} onChange={(chosen) => setPlace({ head: chosen })} />
        {inspection && <button type="button" className="button" onClick={() => setPlace({ row: place.row + 1 })}>Next sentence</button>}
      </div>
      <TimeLine frozen={frozen} freeze={setFrozen} />
      <div ref={frame} className="inside-rows">
        {PLACES.map((shown) => <PlaceRow key={shown} place={shown} {...ruleAt(shown)} view={view} step={step} {...run} layer={layer} head={head} dropping={dropping} draws={averaging ? DRAWS : 1} width={width} />)}
        <Twins view={view} rule={twinsRule} at={{ step: step * run.accumulation, layer, head, virtual: run.virtual }} width={width} />
        <DroppedKeys width={width} />
      </div>
    </section>
  );
}
