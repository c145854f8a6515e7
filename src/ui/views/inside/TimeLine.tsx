import { usePage } from '../../kit/context';

/** The steps that were looked at: stay at one, go back to it, or follow the run. */
export function TimeLine({ frozen, freeze }: { frozen: number | undefined; freeze(step: number | undefined): void }) {
  const captured = usePage((state) => state.captured);
  if (captured.length < 2) return null;
  const last = captured.length - 1;
  const shown = frozen === undefined ? last : Math.max(0, captured.findLastIndex(({ step }) => step <= frozen));
  const { step } = captured[shown];
  return (
    <div className="inside-time" role="group" aria-label="Steps that were looked at">
      <button type="button" className="button" aria-pressed={frozen !== undefined} onClick={() => freeze(frozen === undefined ? step : undefined)}>{frozen === undefined ? `Freeze at step ${step}` : 'Follow the run'}</button>
      <input type="range" min={0} max={last} value={shown} aria-label="Step that is shown" aria-valuetext={`step ${step}`} onChange={(event) => freeze(captured[Number(event.target.value)].step)} />
      <span className="muted">step {step}, one of {captured.length} that were looked at</span>
    </div>
  );
}
