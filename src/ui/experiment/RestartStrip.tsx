import { configProblems } from '../../config/problems';
import { describeDifference } from '../../config/diff';
import { coldDifferences } from '../../store/hotChanges';
import { draftFacts, isLive } from '../../store/state';
import { effectiveConfig } from '../../store/runList';
import { usePage, usePlayground } from '../kit/context';

/** Shown while a run is going on and something was changed that only a new run can take over. Nothing restarts by itself. */
export function RestartStrip() {
  const { transport, edits } = usePlayground();
  const draft = usePage((state) => state.draft);
  const facts = usePage(draftFacts);
  const run = usePage((state) => (isLive(state.phase) ? state.runs.find(({ id }) => id === state.current) : undefined));
  const waiting = run ? coldDifferences(effectiveConfig(run), draft) : [];
  if (waiting.length === 0 || configProblems(draft, facts).length > 0) return null;
  return (
    <div className="restart" role="status">
      <span className="small">{waiting.map(describeDifference).join(', ')}</span>
      <button type="button" className="button filled armed" onClick={transport.start}>Restart with {waiting.length === 1 ? '1 change' : `${waiting.length} changes`}</button>
      <button type="button" className="button" onClick={edits.discard}>Discard</button>
    </div>
  );
}
