import { bytes } from '../../protocol/format';
import { isLive } from '../../store/state';
import { usePage, usePlayground } from '../kit/context';

/** Runs that are over and whose weights are kept: the engine holds one run's at a time, and any of these can be that one again. */
export function KeptTrained({ current }: { current: string | undefined }) {
  const { checkpoints } = usePlayground();
  const runs = usePage((state) => state.runs);
  const weights = usePage((state) => state.weights);
  const busy = usePage((state) => isLive(state.phase) || state.engine !== 'ready');
  const kept = runs.filter(({ id }) => id !== current && weights[id]).reverse();
  if (kept.length === 0) return null;
  return (
    <section className="take" aria-label="Weights of earlier runs">
      <h3>Earlier runs</h3>
      <p className="small muted">Their weights are kept in this browser. One at a time is held by the engine: brought back, it can be taken from here, tested, and asked under Text.</p>
      <ul className="kept-trained">
        {kept.map(({ id, name }) => (
          <li key={id}>
            <span>{name} <span className="small muted">step {weights[id].step} · {bytes(weights[id].file.size)}</span></span>
            <button type="button" className="button" disabled={busy} title={busy ? 'Once no run is going' : undefined} aria-label={`Bring back the weights of ${name}`} onClick={() => void checkpoints.bringBack(id)}>Bring back</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
