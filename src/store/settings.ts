/** What stands on the cards, remembered in this browser as the text of a link. Storage may be missing or full; then it lasts until the page closes. */
import { readAddress } from '../config/address';
import type { Change, RunConfig } from '../config/config';
import { linkOf } from '../config/url';

const KEY = 'lora-dropout-settings';

interface Settings {
  /** The part of a link after `#`. */
  link: string;
  /** The run that the page's address named when they were noted. */
  address: string;
}

/**
 * The link that the page opens: the one in its address, or where that names no run, what stood on the cards at the last visit. A page that is
 * merely loaded again keeps what was changed since its link was opened.
 * @returns with whether somebody brought it, so that it is to be announced
 */
export function linkToOpen(hash: string, isReload: boolean): { hash: string; brought: boolean } {
  const { run } = readAddress(hash);
  const settings = load();
  const own = settings && (run === '' || (isReload && settings.address === run));
  return own ? { hash: `#${settings.link}`, brought: false } : { hash, brought: true };
}

function load(): Settings | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Settings> | null;
    return typeof stored?.link === 'string' && typeof stored.address === 'string' ? { link: stored.link, address: stored.address } : undefined;
  } catch {
    return undefined;
  }
}

/** @param changes what the link that they came from brings, to be made again while they run */
export function saveSettings(draft: RunConfig, changes: readonly Change[], hash: string): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ link: linkOf(draft, changes), address: readAddress(hash).run } satisfies Settings));
  } catch {
    // Private windows may refuse; nothing depends on it.
  }
}

export function forgetSettings(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then there was nothing.
  }
}
