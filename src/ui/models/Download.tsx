import { modelName } from '../../config/models';
import { bytes, duration } from '../../protocol/format';
import { usePage, usePlayground } from '../kit/context';

/** Weights on their way: bytes, speed, time left, and a way to stop. What has come is kept. */
export function Download() {
  const { models } = usePlayground();
  const fetching = usePage((state) => state.fetching);
  if (!fetching) return null;
  const { source, bytes: here, of, bytesPerSecond } = fetching;
  const done = of > 0 && here >= of;
  return (
    <div className="download">
      <p>
        <strong>{modelName(source)}</strong> {done ? 'is here and being read.' : of === 0 ? 'is being asked for.' : `${bytes(here)} of ${bytes(of)}`}
        {!done && bytesPerSecond !== undefined && ` · ${bytes(bytesPerSecond)}/s · ${duration((of - here) / bytesPerSecond)} left`}
      </p>
      <progress max={Math.max(1, of)} value={here} aria-label={`Download of ${modelName(source)}`} />
      <button type="button" className="button" onClick={models.stopFetching}>Stop</button>
    </div>
  );
}
