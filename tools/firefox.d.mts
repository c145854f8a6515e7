/** Types of firefox.mjs, which stays plain JavaScript so that it runs before anything is installed. */
import type { Browser } from 'puppeteer-core';
export const NO_FIREFOX: string;
export const WEBGPU_PREFERENCES: Record<string, boolean>;
export function findFirefox(): string | undefined;
export interface FirefoxOptions {
  preferences?: Record<string, string | number | boolean>;
  arguments?: string[];
  protocolTimeout?: number;
}
export function launchFirefox(options?: FirefoxOptions): Promise<{ browser: Browser; version: string }>;
