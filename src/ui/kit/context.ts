/** The one place where React meets the store. */
import { createContext, useContext, useSyncExternalStore, useState, useEffect } from 'react';
import { useStore } from 'zustand';
import type { Playground } from '../../store/playground';
import type { QueueState } from '../../store/queue/state';
import type { PageState } from '../../store/state';
import type { TableState } from '../../store/tables';

export const PlaygroundContext = createContext<Playground | undefined>(undefined);

export function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (!playground) throw new Error('usePlayground: no playground above this component; wrap it in PlaygroundContext');
  return playground;
}

/** Reads a part of the state; `select` must return the same object for the same state. */
export function usePage<T>(select: (state: PageState) => T): T {
  return useStore(usePlayground().store, select);
}

/** What is known of the table that was given to the page. */
export const useTable = (): TableState => useStore(usePlayground().tables.store);

/** Reads a part of the queue, under the same rule as `usePage`. */
export function useQueue<T>(select: (state: QueueState) => T): T {
  return useStore(usePlayground().queue.store, select);
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

/** Colours on canvases must be redrawn when the theme changes; this value changes with it. */
export function useThemeKey(): string {
  const dark = useMedia('(prefers-color-scheme: dark)');
  return `${usePage((state) => state.view.theme)}-${dark}`;
}

/** The step of the current run, at most twice a second: enough for a picture, quiet enough for the eye. */
export function useQuietStep(): number {
  const { store } = usePlayground();
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const [step, setStep] = useState(() => store.getState().step);
  useEffect(() => {
    if (still) return undefined;
    const timer = setInterval(() => setStep(store.getState().step), 500);
    return () => clearInterval(timer);
  }, [store, still]);
  return step;
}
