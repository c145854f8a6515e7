/** How the page is looked at, remembered in this browser. Storage may be missing or full; then settings last until the page closes. */
import { PACES } from './pace';
import { DEFAULT_VIEW, type ViewSettings } from './state';

const KEY = 'lora-dropout-view';

export function loadView(): ViewSettings {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, unknown>;
    const view: ViewSettings = { ...DEFAULT_VIEW };
    if (stored.smoothing === null) view.smoothing = undefined;
    else if (typeof stored.smoothing === 'number' && stored.smoothing >= 0 && stored.smoothing < 1) view.smoothing = stored.smoothing;
    if (stored.axis === 'steps' || stored.axis === 'examples' || stored.axis === 'seconds') view.axis = stored.axis;
    if (stored.theme === 'light' || stored.theme === 'dark') view.theme = stored.theme;
    view.pace = PACES.find((pace) => pace === stored.pace) ?? view.pace;
    if (typeof stored.budget === 'number' && stored.budget > 0) view.budget = stored.budget;
    view.logScale = stored.logScale === true;
    view.pauseWhenHidden = stored.pauseWhenHidden === true;
    if (Array.isArray(stored.unfolded)) view.unfolded = stored.unfolded.filter((name) => typeof name === 'string');
    return view;
  } catch {
    return { ...DEFAULT_VIEW };
  }
}

export function saveView(view: ViewSettings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...view, smoothing: view.smoothing ?? null }));
  } catch {
    // Private windows may refuse; nothing depends on it.
  }
}

export function forgetView(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then there was nothing.
  }
}
