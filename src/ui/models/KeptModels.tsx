import { useEffect } from 'react';
import { modelName } from '../../config/models';
import { bytes } from '../../protocol/format';
import { usePage, usePlayground } from '../kit/context';

/** What this browser keeps, so that it need not be fetched again. */
export function KeptModels() {
  const { models } = usePlayground();
  const kept = usePage((state) => state.kept);
  const fetching = usePage((state) => state.fetching !== undefined);
  useEffect(() => models.listKept(), [models, fetching]);
  if (!kept || kept.models.length === 0) return null;
  return (
    <section aria-labelledby="models-kept">
      <h3 id="models-kept">On this machine</h3>
      <ul className="model-list">
        {kept.models.map(({ source, bytes: size, used, complete }) => (
          <li key={source}>
            <button type="button" className="model-row" onClick={() => models.pick(source)}>
              <strong>{modelName(source)}</strong>
              <span className="small muted">{bytes(size)} · used {new Date(used).toLocaleDateString()}{complete ? '' : ' · not whole yet'}</span>
            </button>
            <button type="button" className="button" aria-label={`Delete ${modelName(source)}`} onClick={() => models.forget(source)}>Delete</button>
          </li>
        ))}
      </ul>
      {kept.free !== undefined && <p className="small muted">The browser has {bytes(kept.free)} left for this page.</p>}
    </section>
  );
}
