import { leftIn } from '../../store/queue/state';
import { showView } from '../address';
import { usePlayground, useQueue } from '../kit/context';

/** What the queue does, in one line; nothing where there is none. */
export function QueueLine() {
  const { queue } = usePlayground();
  const left = useQueue(leftIn);
  const { going, held, done, failed } = useQueue((state) => state);
  if (left === 0) return null;
  const doing = held ? 'paused' : !going || going.phase === 'resting' ? 'waits for your run' : going.phase === 'running' ? `step ${going.step} of ${going.of}` : going.phase === 'testing' ? 'scoring the test rows' : 'building';
  return (
    <div className="bar-line" role="group" aria-label="Queue">
      <p><strong>{done + (going ? 1 : 0)} of {done + left}</strong> {going?.name} · {doing}{failed.length > 0 && ` · ${failed.length} could not be run`}</p>
      <button type="button" className="button" onClick={held ? queue.goOn : queue.hold}>{held ? 'Go on with the queue' : 'Pause the queue'}</button>
      <button type="button" className="button plain" onClick={() => showView('compare')}>Show</button>
    </div>
  );
}
