import { useState } from 'react';
import { roughly, secondsLeft } from '../../../store/compare/studies';
import { leftIn } from '../../../store/queue/state';
import { Icon } from '../../kit/Icon';
import { usePlayground, useQueue } from '../../kit/context';

/** More that wait are counted, and not listed. */
const LISTED = 12;

/** What is made, what waits, in which order; and what could not be made. */
export function QueuePanel() {
  const page = usePlayground();
  const { queue } = page;
  const state = useQueue((all) => all);
  const [told, setTold] = useState(() => globalThis.Notification?.permission);
  const { going, waiting, failed, held, done } = state;
  const left = leftIn(state);
  if (left === 0 && failed.length === 0) return done > 0 ? <p className="small muted" role="status">The queue is empty; {done} {done === 1 ? 'run is' : 'runs are'} finished.</p> : null;
  const seconds = secondsLeft(page);
  return (
    <section className="texts queue" aria-labelledby="queue-title">
      <div className="chart-head">
        <h3 id="queue-title">Queue</h3>
        {left > 0 && <button type="button" className="button" onClick={held ? queue.goOn : queue.hold}>{held ? 'Go on' : 'Pause'}</button>}
        <button type="button" className="button" onClick={queue.cancelAll}>{left > 0 ? `Cancel ${left} ${left === 1 ? 'run' : 'runs'}` : 'Clear'}</button>
      </div>
      {left > 0 && <p className="small muted">{done} finished, {left} to go{seconds !== undefined && <>, about {roughly(seconds)}</>}. It goes on in a hidden tab, rests at a snapshot while a run of yours is going, and outlives a reload. What is finished stays.</p>}
      {left > 0 && told === 'default' && <p><button type="button" className="button link quiet" onClick={() => void Notification.requestPermission().then(setTold)}>Tell me when it is done</button></p>}
      <ol className="queue-list">
        {going && (
          <li>
            <span>{going.name}<progress value={going.step} max={going.of} aria-label={`Progress of ${going.name}`} /></span>
            <button type="button" className="button plain icon" aria-label={`Cancel ${going.name}`} title="Cancel" onClick={() => queue.cancel(going.link)}><Icon name="close" size={12} /></button>
          </li>
        )}
        {waiting.slice(0, LISTED).map(({ link, name }, index) => (
          <li key={link}>
            <span>{name}</span>
            <button type="button" className="button plain icon" disabled={index === 0} aria-label={`${name}: earlier`} title="Earlier" onClick={() => queue.move(link, -1)}>↑</button>
            <button type="button" className="button plain icon" disabled={index === waiting.length - 1} aria-label={`${name}: later`} title="Later" onClick={() => queue.move(link, 1)}>↓</button>
            <button type="button" className="button plain icon" aria-label={`Cancel ${name}`} title="Cancel" onClick={() => queue.cancel(link)}><Icon name="close" size={12} /></button>
          </li>
        ))}
      </ol>
      {waiting.length > LISTED && <p className="small muted">and {waiting.length - LISTED} more</p>}
      {failed.map(({ link, name, sentence }) => <p className="problem" key={link}>{name}: {sentence}</p>)}
    </section>
  );
}
