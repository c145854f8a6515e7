import { PACES, type Pace } from '../../store/pace';
import { usePage, usePlayground } from '../kit/context';

const words = (pace: Pace) => (pace === 'calm' ? 'a run in about ten seconds' : pace === 'full' ? 'full speed' : `${pace} ${pace === 1 ? 'step' : 'steps'} a second`);

/** How fast runs go where they could go faster. */
export function PaceChoice() {
  const { setView } = usePlayground();
  const chosen = usePage((state) => state.view.pace);
  return (
    <section aria-labelledby="device-pace">
      <h3 id="device-pace">Pace</h3>
      <p>
        <select aria-labelledby="device-pace" value={String(chosen)} onChange={({ target }) => setView({ pace: PACES[target.selectedIndex] })}>
          {PACES.map((pace) => <option key={pace} value={String(pace)}>{words(pace)}</option>)}
        </select>
      </p>
      <p className="small muted">Where this adapter would be faster. It takes effect at once; waiting is in no axis of seconds and no step time.</p>
    </section>
  );
}
