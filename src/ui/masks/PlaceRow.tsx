import { type CSSProperties, useMemo } from 'react';
import { type DropoutRule, rateOf } from '../../config/dropout';
import { impliedRescale, nameOfRule } from '../../config/literature';
import type { AttentionView } from '../../protocol/inspectionMessages';
import { digits, percent } from '../../protocol/format';
import { MatrixCanvas } from './MatrixCanvas';
import { averageScene, cleanWeights, type Scene, SHOWN_CHANNELS, sceneOf, type ShownPlace } from './scene';
import { TokenRow } from './TokenRow';

interface Props {
  place: ShownPlace;
  rule: DropoutRule;
  /** Whether the sentence of the experiment drops here; if not, the preset's rule is shown. */
  active: boolean;
  view: AttentionView;
  step: number;
  /** Depth of the model and length of the run, which a rate may follow. */
  layers: number;
  steps: number;
  /** Batches averaged into a step, each under masks of its own; the first one's are shown. */
  accumulation: number;
  /** Whether virtual tokens stand in front of the text. */
  virtual: boolean;
  layer: number;
  head: number;
  dropping: boolean;
  /** Draws that are averaged; 1 shows a mask. */
  draws?: number;
  width: number;
}

const LESSONS: Record<ShownPlace, string> = {
  logits: 'Dropped before the softmax: those keys do not exist, and the weights of the others grow to fill each row.',
  weights: 'Dropped after the softmax: the weight was computed and is taken away.',
  hidden: 'Attention is left alone; values of the FFN output are dropped, token by token.',
};

/** One line of the picture: where the hatching stands is the difference between the methods. */
export function PlaceRow({ place, rule, active, view, step, layers, steps, accumulation, virtual, layer, head, dropping, draws = 1, width }: Props) {
  const begins = rule.fromLayer ?? 0;
  const p = layer < begins ? 0 : rateOf(rule, layer, layers, step, steps);
  const scene: Scene & { kept?: Float64Array } = useMemo(() => {
    const at = { step: step * accumulation, layer, head, virtual };
    return dropping && draws > 1 ? averageScene(place, { ...rule, p }, view, at, draws) : sceneOf(place, { ...rule, p }, view, at, dropping);
  }, [place, rule, p, view, step, accumulation, layer, head, virtual, dropping, draws]);
  const under = useMemo(() => cleanWeights(scene), [scene]);
  const { tokens } = view;
  const n = scene.n;
  const size = Math.max(80, Math.min(216, Math.floor((width - 84) / 3)));
  const pair = (query: number, key: number) => `‘${tokens[query]}’ looks at ‘${tokens[key]}’`;
  const name = nameOfRule(place, rule).title;
  const spared = scene.spared.filter(Boolean).length;
  return (
    <article className={`place${active ? ' active' : ''}`} style={{ '--tint': `var(--at-${place})` } as CSSProperties}>
      <header>
        <h4>{name}</h4>
        <span className="small muted">{active ? 'in your sentence' : 'not in your sentence'} · p {digits(p)}{p !== rule.p && p > 0 && ` here and now, ${digits(rule.p)} at most`} · {layer < begins ? `begins in layer ${begins}, so nothing is dropped in layer ${layer}` : dropping ? `${percent(scene.share, 2)} dropped in ${draws > 1 ? `the mean of ${draws} draws` : 'this draw'}; ${impliedRescale(place, rule)}` : 'evaluation drops nothing'}</span>
      </header>
      <TokenRow tokens={tokens} struck={scene.struck} bold={active} />
      <div className="stages" tabIndex={0} role="group" aria-label="Logits, weights and hidden values">
        <figure>
          <MatrixCanvas label={`Logits of ${n} queries and keys${scene.droppedLogits ? ', dropped cells hatched' : ''}`} rows={n} columns={n} values={scene.logits} diverging dropped={scene.droppedLogits} allowed={scene.allowed} under={scene.logits} spared={scene.droppedLogits && scene.spared} describe={pair} size={size} />
          <figcaption>logits</figcaption>
        </figure>
        <span className="arrow" aria-hidden="true">softmax</span>
        <figure>
          <MatrixCanvas label={`Attention weights${scene.droppedWeights ? ', dropped cells hatched' : ''}`} rows={n} columns={n} values={scene.weights} dropped={scene.droppedWeights} allowed={scene.allowed} under={under} spared={scene.droppedWeights && scene.spared} describe={pair} size={size} />
          <figcaption>weights</figcaption>
        </figure>
        <span className="arrow" aria-hidden="true">FFN</span>
        <figure>
          <MatrixCanvas label={`FFN output, first ${SHOWN_CHANNELS} channels of each token${scene.droppedHidden ? ', dropped values hatched' : ''}`} rows={n} columns={scene.channels} values={scene.kept} dropped={scene.droppedHidden} describe={(token, channel) => `‘${tokens[token]}’, channel ${channel}`} size={size} />
          <figcaption>hidden, {scene.channels} channels</figcaption>
        </figure>
      </div>
      <p className="small muted">{LESSONS[place]}{spared > 0 && ` ${spared} ${spared === 1 ? 'query' : 'queries'} (dotted) would have lost every key and keep them all.`}</p>
    </article>
  );
}
