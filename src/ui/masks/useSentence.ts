/** The held-out sentence that masks are shown on: what the run's attention makes of it, or an example before there is any. */
import { type RefObject, useEffect } from 'react';
import type { DropoutRule } from '../../config/dropout';
import { isVirtual } from '../../config/peft';
import { PRESETS } from '../../config/presets';
import type { AttentionView } from '../../protocol/inspectionMessages';
import { type Inspection, isLive } from '../../store/state';
import { lookAt } from '../../store/captured';
import { usePage, usePlayground } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { EXAMPLE } from './example';
import type { ShownPlace } from './scene';

export const PLACES: readonly ShownPlace[] = ['logits', 'weights', 'hidden'];

/** What is shown at a place where the sentence of the experiment drops nothing. */
const SHOWN_RULES: Record<ShownPlace, DropoutRule> = {
  logits: PRESETS.dropkey.layer.dropout.logits!,
  weights: PRESETS.dropattention.layer.dropout.weights!,
  hidden: PRESETS.hiddencut.layer.dropout.hidden!,
};

export interface Sentence {
  view: AttentionView;
  /** Undefined while the numbers are an example. */
  inspection: Inspection | undefined;
  layer: number;
  head: number;
  step: number;
  /** All that a row of the picture needs, but for its place. */
  run: { layers: number; steps: number; accumulation: number; virtual: boolean };
  ruleAt(place: ShownPlace): { rule: DropoutRule; active: boolean };
}

/**
 * @param seen attention is only asked for while this element is on the screen
 * @param frozen the step of a look to stay at; left out: the latest
 */
export function useSentence(seen: RefObject<HTMLElement | null>, frozen?: number): Sentence {
  const { engine } = usePlayground();
  const inspection = usePage(({ inspection: latest, captured }) => (frozen === undefined ? latest : lookAt(captured, frozen) ?? latest));
  const place = usePage((state) => state.inspectedPlace);
  const dropout = usePage((state) => state.draft.dropout);
  const seed = usePage((state) => state.draft.seed);
  const { layers, decoder } = usePage(shapeOf);
  const { steps, accumulation } = usePage((state) => state.draft.optimizer);
  const virtual = usePage((state) => isVirtual(state.draft.model.peft));
  const live = usePage((state) => isLive(state.phase) || state.phase === 'finished');

  useEffect(() => {
    if (!seen.current || !live) return undefined;
    const observer = new IntersectionObserver(([entry]) => engine.post({ type: 'inspect', at: entry.isIntersecting ? place : null }));
    observer.observe(seen.current);
    return () => {
      observer.disconnect();
      engine.post({ type: 'inspect', at: null });
    };
  }, [engine, live, place, seen]);

  return {
    inspection,
    view: inspection ? inspection.attention : { ...EXAMPLE, mask: { ...EXAMPLE.mask, seed, causal: decoder } },
    layer: (inspection?.at ?? place).layer,
    head: (inspection?.at ?? place).head,
    step: inspection?.step ?? 0,
    run: { layers, steps, accumulation, virtual },
    ruleAt: (at) => ({ rule: dropout[at] ?? SHOWN_RULES[at], active: (dropout[at]?.p ?? 0) > 0 }),
  };
}
