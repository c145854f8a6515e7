/** Types of browser.mjs, which stays plain JavaScript so that it runs before anything is installed. */
export const SOFTWARE_ADAPTER_FLAGS: string[];
export const ANY_ADAPTER_FLAGS: string[];
export const HEADLESS_FLAGS: string[];
export function findBrowser(): Promise<string | undefined>;
export function findSoftwareDriver(): Promise<string | undefined>;
export function onPath(name: string): string;
