import { draftProblem, tableObstacle } from '../../store/obstacles';
import { isLive } from '../../store/state';
import { openSheet } from '../address';
import { usePage } from '../kit/context';

/** Unfolds all that the sentence stands in, and shows it. */
function showControl() {
  const sentence = document.querySelector('.card .field-refusal');
  for (let fold = sentence?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
  sentence?.scrollIntoView({ block: 'center' });
}

/** Why Start is disabled, where one looks for it: the card that says so too may be folded, or far below. */
export function ObstacleNote() {
  const problem = usePage((state) => (state.problem || isLive(state.phase) ? undefined : draftProblem(state)));
  // Rows of an earlier visit may still be on their way.
  const table = usePage((state) => (isLive(state.phase) || state.keeping.state === 'opening' ? undefined : tableObstacle(state)));
  if (!problem && !table) return null;
  return (
    <div className="note warning" role="status">
      <p><strong>These settings cannot start{problem ? '' : ' yet'}.</strong> {problem ? `${problem}.` : table}</p>
      {problem ? <button type="button" className="button" onClick={showControl}>Show the control</button> : <button type="button" className="button" aria-haspopup="dialog" onClick={() => openSheet('table')}>Open the table</button>}
    </div>
  );
}
