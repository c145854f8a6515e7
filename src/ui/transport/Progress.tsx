import { type CSSProperties } from 'react';
import { steady } from '../../protocol/format';
import { usePage } from '../kit/context';

/** How far the run is, and how fast it goes. */
export function Progress() {
  const step = usePage((state) => state.step);
  const speed = usePage((state) => state.speed);
  const total = usePage((state) => {
    const run = state.runs.find(({ id }) => id === state.current);
    return (run?.config ?? state.draft).optimizer.steps;
  });
  return (
    <div className="progress" style={{ '--digits': String(total).length } as CSSProperties}>
      <span>step <strong>{step}</strong> / {total}</span>
      <span className="progress-speed">{speed !== undefined && `${steady(speed, 2)}/s`}</span>
      <progress aria-label="Progress of the run" max={total} value={Math.min(step, total)} />
    </div>
  );
}
