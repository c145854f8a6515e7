import { useEffect } from 'react';
import { readAddress } from '../config/address';
import { leftIn } from '../store/queue/state';
import { usePage, usePlayground, useQueue } from './kit/context';

const NAME = 'LoRA Dropout Playground';

/** What the tab is called: how far the run is, or where there is none, the queue. */
export function useTabTitle(): string {
  const phase = usePage((state) => state.phase);
  const step = usePage((state) => (state.phase === 'running' || state.phase === 'paused' ? state.step - (state.step % 10) : 0));
  // A queue speaks where no run of a person's does.
  const queue = useQueue((state) => (leftIn(state) > 0 ? `${state.held ? '❚❚' : '▶'} ${state.done + 1} of ${state.done + leftIn(state)} runs` : state.done > 0 ? `✓ ${state.done} runs` : ''));
  return queue !== '' && phase !== 'running' && phase !== 'paused' ? `${queue} – ${NAME}` : phase === 'running' ? `▶ ${step} – ${NAME}` : phase === 'paused' ? `❚❚ ${step} – ${NAME}` : phase === 'finished' ? `✓ ${NAME}` : NAME;
}

/** The tab's title says how far the run is; a hidden tab pauses if that is wished; a link pasted into its address is opened. */
export function useTabState(): void {
  const { store, engine, edits } = usePlayground();
  const title = useTabTitle();
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    const runIn = (address: string) => readAddress(new URL(address).hash).run;
    // Another view or sheet is no other run: what was edited since stays.
    const open = ({ oldURL, newURL }: HashChangeEvent) => {
      if (runIn(oldURL) !== runIn(newURL)) edits.openLink(new URL(newURL).hash);
    };
    addEventListener('hashchange', open);
    return () => removeEventListener('hashchange', open);
  }, [edits]);
  useEffect(() => {
    let pausedHere = false;
    const change = () => {
      const state = store.getState();
      if (document.hidden && state.view.pauseWhenHidden && state.phase === 'running') {
        pausedHere = true;
        engine.post({ type: 'pause' });
      } else if (!document.hidden && pausedHere) {
        pausedHere = false;
        if (store.getState().phase === 'paused') engine.post({ type: 'resume' });
      }
    };
    document.addEventListener('visibilitychange', change);
    return () => document.removeEventListener('visibilitychange', change);
  }, [store, engine]);
}
