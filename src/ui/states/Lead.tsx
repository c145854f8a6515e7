import { draftObstacle } from '../../store/obstacles';
import { isLive } from '../../store/state';
import { usePage } from '../kit/context';

/** What this page is about, for who has just arrived; it stays through the first run, so that nothing moves when that starts. */
export function Lead() {
  const arrived = usePage(({ runs, phase }) => {
    const own = runs.filter(({ kind }) => kind !== 'recorded').length;
    return own === 0 || (own === 1 && isLive(phase));
  });
  const live = usePage(({ phase }) => isLive(phase));
  const absent = usePage(({ engine }) => engine === 'absent');
  // Nobody is told to press what cannot be pressed.
  const stuck = usePage((state) => state.problem !== undefined || draftObstacle(state) !== undefined);
  if (!arrived) return null;
  return (
    <p className="lead say">
      A small language model is fine-tuned here, on your own GPU. It soon learns its training rows by heart<span className="on-wide">, and gets worse on held-out rows, which it never sees</span>.
      Can dropout prevent that? {live ? <strong>Watch the lines part.</strong> : absent ? 'The example below shows how it looks.' : !stuck && <><strong>Press Start</strong> and see.</>}
    </p>
  );
}
