import { useEffect } from 'react';
import { leftIn } from '../store/queue/state';
import { useQueue } from './kit/context';

/** While a queue is going the screen stays awake, where the browser allows it; when it is done and nobody is looking, whoever wished it is told. */
export function useQueueDuties(): void {
  const going = useQueue((state) => leftIn(state) > 0 && !state.held);
  const done = useQueue((state) => state.done);
  const left = useQueue(leftIn);
  useEffect(() => {
    if (!going) return undefined;
    let lock: WakeLockSentinel | undefined;
    let over = false;
    // A hidden page loses its lock, and has to ask again.
    const ask = () => {
      if (document.hidden) return;
      // Some browsers have none, and one that saves power refuses.
      void navigator.wakeLock?.request('screen').then((given) => {
        if (over) void given.release();
        else lock = given;
      }, () => undefined);
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, [going]);
  useEffect(() => {
    if (left > 0 || done === 0 || !document.hidden) return;
    try {
      // Permission is asked for where somebody wishes to be told, never here.
      if (globalThis.Notification?.permission === 'granted') new Notification('The queue is done', { body: `${done} ${done === 1 ? 'run' : 'runs'} finished` });
    } catch {
      // Phones have notifications for installed pages only; the title of the tab says it too.
    }
  }, [left, done]);
}
