import { usePage, usePlayground } from './context';

/** Whether a part of the page is unfolded, as this browser remembers it. Nothing unfolds by itself. */
export function useFold(name: string): [boolean, (open: boolean) => void] {
  const { store, setView } = usePlayground();
  const open = usePage((state) => state.view.unfolded.includes(name));
  const set = (next: boolean) => {
    const { unfolded } = store.getState().view;
    if (unfolded.includes(name) !== next) setView({ unfolded: next ? [...unfolded, name] : unfolded.filter((other) => other !== name) });
  };
  return [open, set];
}
