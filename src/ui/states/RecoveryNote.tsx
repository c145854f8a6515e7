import { Icon } from '../kit/Icon';
import { usePage, usePlayground } from '../kit/context';

/** A run that lost its engine: that it is being taken up again, and afterwards what became of it. */
export function RecoveryNote() {
  const { store } = usePlayground();
  const recovering = usePage((state) => state.recovering);
  const recovered = usePage((state) => state.recovered);
  const shown = recovering ?? recovered;
  if (!shown) return null;
  const { cause, from, reached } = shown;
  const what = cause === 'device_lost' ? 'The GPU was reset by the system' : cause === 'worker_crashed' ? 'The engine stopped' : 'The engine was replaced';
  return (
    <div className="note" role="status">
      <p>
        <strong>{what} at step {reached}.</strong>{' '}
        {recovering
          ? `The run goes on from step ${from} as soon as there is an engine again.`
          : `The run went on from step ${from}. ${recovered!.elsewhere ? 'This is another GPU than before, so the last bits of what follows may differ.' : 'Its curves are those of a run that was never interrupted.'}`}
      </p>
      {recovered && <button type="button" className="button plain icon" aria-label="Close" onClick={() => store.setState({ recovered: undefined })}><Icon name="close" size={12} /></button>}
    </div>
  );
}
