import { useEffect, useRef } from 'react';
import { startObstacle } from '../../store/obstacles';
import { showTour, useAddress } from '../address';
import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';
import { stepOf, TOUR } from './steps';

/** Steps that begin a run wait until one can. */
const STARTS = new Set([0, 4]);

/** The card of the tour, where the address names a step of it. It lies beside everything and stops nothing. */
export default function Tour() {
  const playground = usePlayground();
  const index = stepOf(useAddress('tour'));
  const waits = usePage((state) => (index !== undefined && STARTS.has(index) ? startObstacle(state) : undefined));
  const heading = useRef<HTMLHeadingElement>(null);
  const step = index === undefined ? undefined : TOUR[index];

  useEffect(() => {
    if (!step) return undefined;
    heading.current?.focus({ preventScroll: true });
    // What is meant may only come with a view that is still loading.
    let marked: Element | null = null;
    const mark = () => {
      const found = document.querySelector(step.marks);
      if (found === marked) return;
      marked?.classList.remove('tour-mark');
      marked = found;
      marked?.classList.add('tour-mark');
    };
    mark();
    const timer = setInterval(mark, 500);
    return () => {
      clearInterval(timer);
      marked?.classList.remove('tour-mark');
    };
  }, [step]);

  if (index === undefined || !step) return null;
  const last = index === TOUR.length - 1;
  const next = () => showTour(last ? undefined : index + 2);
  return (
    <aside className="tour" aria-labelledby="tour-title">
      <header>
        <span className="small muted">{index + 1} of {TOUR.length}</span>
        <h2 id="tour-title" ref={heading} tabIndex={-1}>{step.title}</h2>
        <button type="button" className="button plain icon" aria-label="End the tour" title="End the tour" onClick={() => showTour(undefined)}><Icon name="close" size={12} /></button>
      </header>
      <p>{step.text}</p>
      <div className="tour-ways">
        <button type="button" className="button filled" disabled={waits !== undefined} title={waits} onClick={() => step.act.does(playground)}>{step.act.label}</button>
        {index > 0 && <button type="button" className="button" onClick={() => showTour(index)}>Back</button>}
        <button type="button" className="button" onClick={next}>{last ? 'End' : 'Next'}</button>
      </div>
    </aside>
  );
}
