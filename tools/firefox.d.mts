/** Types of firefox.mjs, which stays plain JavaScript so that it runs before anything is installed. */
import type { Browser } from 'puppeteer-core';
export const NO_FIREFOX: string;
export const WEBGPU_PREFERENCES: Record<string, boolean>;
export function findFirefox(): string | undefined;
export interface FirefoxOptions {
  /** Beside those of WebGPU. */
  preferences?: Record<string, string | number | boolean>;
  /** Of the command line. */
  arguments?: string[];
  /** Beside this process's own. */
  environment?: Record<string, string>;
  /** Milliseconds that one answer of the browser may take. */
  protocolTimeout?: number;
}
export function launchFirefox(options?: FirefoxOptions): Promise<{ browser: Browser; version: string }>;
