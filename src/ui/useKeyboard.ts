import { useEffect } from 'react';
import { openSheet } from './address';
import { usePlayground } from './kit/context';

/** Where a key belongs to the control that has the focus. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('dialog')) return true;
  if (target instanceof HTMLInputElement && target.type === 'text') return true;
  if (target.closest('select')) return true;
  // A slider has no use for the space bar.
  if (target instanceof HTMLInputElement && target.type === 'range') return false;
  return key === ' ' && target.closest('button, summary, input, a') !== null;
}

/** Space, S, R and ? anywhere on the page. */
export function useKeyboard(): void {
  const { transport } = usePlayground();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTaken(event.target, event.key)) return;
      if (event.key === ' ') transport.toggle();
      else if (event.key === 's' || event.key === 'S') transport.step();
      else if (event.key === 'r' || event.key === 'R') transport.reset();
      else if (event.key === '?') openSheet('help');
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [transport]);
}
