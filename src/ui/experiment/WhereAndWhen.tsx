import { useState } from 'react';
import { type DropoutRule, hasLayerRules, type Position, rateOf } from '../../config/dropout';
import { digits } from '../../protocol/format';
import { usePage, useQuietStep } from '../kit/context';
import { shapeOf } from '../kit/focus';
import { WordSelect } from '../kit/Segmented';
import { DEPTH_OPTIONS, layerOptions, TIME_OPTIONS } from './words';

interface Props {
  position: Position;
  rule: DropoutRule;
  onChange(part: Partial<DropoutRule>): void;
  onFromLayer(layer: number): void;
}

/** In which layers a place is dropped, and how its rate changes with depth and time. Few people want this, so it is a few quiet words until asked for. */
export function WhereAndWhen({ position, rule, onChange, onFromLayer }: Props) {
  const layers = usePage((state) => shapeOf(state).layers);
  const { depth = 'constant', time = 'constant', fromLayer = 0 } = rule;
  const usual = depth === 'constant' && time === 'constant' && fromLayer === 0;
  const [asked, setAsked] = useState(false);
  const takes = hasLayerRules(position) && layers > 1;
  if (usual && !asked) {
    return <button type="button" className="button link quiet" aria-label={`Layers and course of the rate at ${position}`} title="In which layers, and how the rate changes with depth and time" onClick={() => setAsked(true)}>{takes ? 'in all layers, throughout' : 'throughout'}</button>;
  }
  const layered = takes && layers - fromLayer > 1;
  return (
    <>
      {takes && <WordSelect label="Layers" value={fromLayer} options={layerOptions(layers)} onChange={onFromLayer} />}
      {layered && <WordSelect label="Rate over depth" value={depth} options={DEPTH_OPTIONS} onChange={(course) => onChange({ depth: course })} />}
      <WordSelect label="Rate over the run" value={time} options={TIME_OPTIONS} onChange={(course) => onChange({ time: course })} />
      <RatesNow rule={rule} layers={layered && depth !== 'constant' ? layers : 0} of={layers} />
    </>
  );
}

/** The rates that are in force, where they are not the one in the sentence. @param layers 0 where all layers have one rate */
function RatesNow({ rule, layers, of }: { rule: DropoutRule; layers: number; of: number }) {
  const step = useQuietStep();
  const steps = usePage((state) => state.draft.optimizer.steps);
  const moves = rule.time !== undefined && rule.time !== 'constant';
  if (!moves && layers === 0) return null;
  const first = rule.fromLayer ?? 0;
  const shown = layers === 0 ? [first] : Array.from({ length: layers - first }, (_, index) => first + index);
  return <span className="rates-now">{moves && 'now '}{shown.map((layer) => digits(rateOf(rule, layer, of, step, steps), 2)).join(', ')}{layers > 0 && ' by layer'}</span>;
}
