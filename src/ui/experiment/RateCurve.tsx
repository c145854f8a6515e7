import { scheduleFactor } from '../../config/schedule';
import { digits } from '../../protocol/format';
import { usePage } from '../kit/context';

const [WIDTH, HEIGHT, EDGE] = [240, 36, 2];
/** Points of the line; a short run has one a step. */
const MOST_POINTS = 120;

/** The learning rate over the run, from its first step to its last. */
export function RateCurve() {
  const { learningRate, schedule, warmup, steps } = usePage((state) => state.draft.optimizer);
  const count = Math.min(steps, MOST_POINTS);
  const points = Array.from({ length: count }, (_, index) => {
    const step = count === 1 ? 0 : Math.round((index * (steps - 1)) / (count - 1));
    const [x, y] = [count === 1 ? 0 : step / (steps - 1), scheduleFactor(schedule, step, warmup, steps)];
    return `${(EDGE + x * (WIDTH - 2 * EDGE)).toFixed(1)},${(HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  });
  const at = (step: number) => digits(learningRate * scheduleFactor(schedule, step, warmup, steps));
  const peak = Math.min(warmup, steps - 1);
  return (
    <svg className="rate-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Learning rate: ${at(0)} at the first step, ${at(peak)} at step ${peak}, ${at(steps - 1)} at the last`}>
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
