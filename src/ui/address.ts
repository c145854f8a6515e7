/** Where on the page one is stands in its address, so that going back, forward and reloading lead there: the view, and the sheet that is open over it. */
import { useSyncExternalStore } from 'react';
import { type PageKey, type PagePlace, readAddress, writeAddress } from '../config/address';

/** Tells of a change that this file made; the browser tells of those that it made itself. */
const MOVED = 'address-moved';

function subscribe(listener: () => void): () => void {
  const events = ['popstate', 'hashchange', MOVED];
  for (const event of events) addEventListener(event, listener);
  return () => events.forEach((event) => removeEventListener(event, listener));
}

const placeNow = (): PagePlace => readAddress(location.hash).page;

/** What the address says of the view or of the sheet; undefined where it says nothing. */
export function useAddress(key: PageKey): string | undefined {
  return useSyncExternalStore(subscribe, () => placeNow()[key]);
}

function write(part: PagePlace, how: 'pushState' | 'replaceState', state: unknown): void {
  const { run, page } = readAddress(location.hash);
  // Without anything after # the address has to be named whole: an empty one would leave it as it is.
  history[how](state, '', `${location.pathname}${location.search}${writeAddress({ run, page: { ...page, ...part } })}`);
  dispatchEvent(new Event(MOVED));
}

/** @param view undefined for the one that the page shows of itself */
export function showView(view: string | undefined): void {
  if (placeNow().view !== view) write({ view }, 'pushState', null);
}

/** @param step of the tour, from 1; undefined ends it. Going back leads out of the tour, not through it. */
export function showTour(step: number | undefined): void {
  write({ tour: step?.toString() }, 'replaceState', history.state);
}

/** Opens a sheet over the page as a step forward; one that is opened out of another takes its step. */
export function openSheet(name: string): void {
  const { open } = placeNow();
  if (open !== name) write({ open: name }, open === undefined ? 'pushState' : 'replaceState', { opened: true });
}

/** Closes what is open. Where opening it was a step, closing it is the step back, so that nobody has to go back twice. */
export function closeSheet(): void {
  if (placeNow().open === undefined) return;
  if ((history.state as { opened?: boolean } | null)?.opened) history.back();
  else write({ open: undefined }, 'replaceState', null);
}
