/**
 * The part of the page's address after `#`: a run's configuration, and behind it where on the page one is. The two are kept apart here, so that
 * no link of a run carries what its sender happened to look at, and looking at something else opens no link anew.
 */

/** Settings of the page and not of a run: the view in the right column, the sheet that is open over it, and the step of the tour. */
export const PAGE_KEYS = ['view', 'open', 'tour'] as const;
export type PageKey = (typeof PAGE_KEYS)[number];
export type PagePlace = Partial<Record<PageKey, string>>;

export interface Address {
  /** The configuration as it stood there, letter by letter; empty for the default. */
  run: string;
  page: PagePlace;
}

const keyOf = (part: string) => part.split('=', 1)[0];
const isPageKey = (key: string): key is PageKey => (PAGE_KEYS as readonly string[]).includes(key);

export function readAddress(hash: string): Address {
  const text = hash.replace(/^#/, '');
  const page: PagePlace = {};
  const parameters = new URLSearchParams(text);
  for (const key of PAGE_KEYS) {
    const value = parameters.get(key);
    if (value) page[key] = value;
  }
  return { run: text.split('&').filter((part) => part !== '' && !isPageKey(keyOf(part))).join('&'), page };
}

/** `#` and what follows it; empty where there is nothing to say. */
export function writeAddress({ run, page }: Address): string {
  const own = PAGE_KEYS.flatMap((key) => (page[key] ? [`${key}=${encodeURIComponent(page[key])}`] : []));
  const text = [run, ...own].filter(Boolean).join('&');
  return text && `#${text}`;
}
