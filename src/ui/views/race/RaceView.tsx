import { useEffect, useRef } from 'react';
import { PRESET_NAMES, PRESETS } from '../../../config/presets';
import { bytes } from '../../../protocol/format';
import { MOST_LANES, raceObstacle, variantTitle } from '../../../store/race';
import { isRacing, type Variant } from '../../../store/state';
import { usePage, usePlayground } from '../../kit/context';
import { Lanes } from './Lanes';

const VARIANTS: readonly Variant[] = ['cards', ...PRESET_NAMES];

/** Variants of what is on the cards that train side by side, in lock-step on the same batches. */
export default function RaceView() {
  const { races, engine, store } = usePlayground();
  const { variants, plan } = usePage((state) => state.lineUp);
  const obstacle = usePage(raceObstacle);
  const racing = usePage(isRacing);
  const race = usePage((state) => state.race);
  const draft = usePage((state) => state.draft);
  const ready = usePage((state) => state.engine === 'ready' && !isRacing(state));
  const section = useRef<HTMLElement>(null);

  // What they take together is known before Start, and anew whenever the cards change.
  useEffect(() => {
    if (!ready) return undefined;
    const timer = setTimeout(races.plan, 300);
    return () => clearTimeout(timer);
  }, [races, ready, draft]);

  // Attention of one sentence is looked at in every lane while somebody sees it.
  useEffect(() => {
    if (!section.current || !race) return undefined;
    const observer = new IntersectionObserver(([entry]) => engine.post({ type: 'inspect', at: entry.isIntersecting ? store.getState().inspectedPlace : null }));
    observer.observe(section.current);
    return () => {
      observer.disconnect();
      engine.post({ type: 'inspect', at: null });
    };
  }, [engine, store, race?.lanes]); // eslint-disable-line react-hooks/exhaustive-deps

  return (
    <section className="race" ref={section} aria-labelledby="race-title">
      <div className="chart-head">
        <h3 id="race-title">Side by side</h3>
        <button type="button" className="button filled" disabled={obstacle !== undefined} title={obstacle} onClick={races.start}>{racing ? 'Start the race again' : 'Start the race'}</button>
      </div>
      <p className="small muted">Data, model, optimizer and seed are those on the cards; only what is dropped differs. All lanes take a step before any takes the next, on the same batch.{racing && ' What is changed on the cards meanwhile is for the next run.'}</p>
      <div className="chips" role="group" aria-label="Variants, up to four">
        {VARIANTS.map((variant) => {
          const chosen = variants.includes(variant);
          return <button key={variant} type="button" className="chip" aria-pressed={chosen} disabled={!chosen && variants.length >= MOST_LANES} title={variant === 'cards' ? 'The dropout sentence as you have set it' : PRESETS[variant].reason} onClick={() => races.toggle(variant)}>{variantTitle(variant)}</button>;
        })}
      </div>
      <p className="small muted" role="status">{obstacle ?? (plan ? `${variants.length} lanes need ${bytes(plan.bytes)} of ${bytes(plan.budget)} together.` : 'What they need together is being planned.')}</p>
      {race && <Lanes race={race} />}
    </section>
  );
}
