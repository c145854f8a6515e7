import { type DropoutRule, rateOf } from '../../config/dropout';
import { digits } from '../../store/format';
import { usePage, useQuietStep } from '../kit/context';
import { WordSelect } from '../kit/Segmented';
import { DEPTH_OPTIONS, TIME_OPTIONS } from './words';

interface Props {
  rule: DropoutRule;
  /** Whether the place is in more than one layer. */
  layered: boolean;
  layers: number;
  onChange(part: Partial<DropoutRule>): void;
}

/** How the rate of a place changes from layer to layer and from step to step; where it does, what it is now. */
export function RateCourses({ rule, layered, layers, onChange }: Props) {
  const step = useQuietStep();
  const steps = usePage((state) => state.draft.optimizer.steps);
  const { depth = 'constant', time = 'constant', fromLayer = 0 } = rule;
  const deep = layered && depth !== 'constant';
  const first = deep ? fromLayer : 0;
  const rates = Array.from({ length: deep ? layers - fromLayer : 1 }, (_, index) => digits(rateOf(rule, first + index, layers, step, steps), 2));
  return (
    <>
      {layered && <WordSelect label="Rate over depth" value={depth} options={DEPTH_OPTIONS} onChange={(course) => onChange({ depth: course })} />}
      <WordSelect label="Rate over the run" value={time} options={TIME_OPTIONS} onChange={(course) => onChange({ time: course })} />
      {(deep || time !== 'constant') && <span className="rates-now">{time === 'constant' ? '' : 'now '}{rates.join(', ')}{deep && ' by layer'}</span>}
    </>
  );
}
