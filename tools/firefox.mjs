// Where a Firefox is, and how it is started so that it has WebGPU and listens to us. The one place for both.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onPath } from './browser.mjs';

export const NO_FIREFOX = 'found no Firefox; install one (Debian: `apt-get install firefox-esr`, and `mesa-vulkan-drivers` where there is no GPU), or set FIREFOX_PATH to the browser\'s executable';

/** WebGPU is off in Firefox for Linux, and off on every system for drivers that Mozilla has not tried, software ones among them. */
export const WEBGPU_PREFERENCES = { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true };

const CANDIDATES = {
  linux: ['/usr/bin/firefox-esr', '/usr/lib/firefox-esr/firefox-esr', '/usr/bin/firefox', '/usr/lib/firefox/firefox', '/opt/firefox/firefox', '/snap/bin/firefox'],
  darwin: ['Firefox', 'Firefox Developer Edition', 'Firefox Nightly'].map((name) => `/Applications/${name}.app/Contents/MacOS/firefox`),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean).map((root) => join(root, 'Mozilla Firefox', 'firefox.exe')),
};

/** Path of an installed Firefox: FIREFOX_PATH, else the usual places, else the path; undefined where there is none. */
export function findFirefox() {
  const named = process.env.FIREFOX_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`FIREFOX_PATH: no file at ${named}; set it to the browser's executable or unset it`);
    return named;
  }
  return (CANDIDATES[process.platform] ?? []).find((path) => existsSync(path)) ?? (onPath('firefox-esr') || onPath('firefox') || undefined);
}

/**
 * Starts a Firefox without a window, in a profile of its own that goes with it, and speaks WebDriver BiDi to it. Playwright's Firefox is a patched
 * build that has to be downloaded, and its channel for installed ones fails on the ESR; puppeteer-core takes the one that is there.
 * @param {import('./firefox.d.mts').FirefoxOptions} [options]
 * @returns {Promise<{ browser: import('puppeteer-core').Browser, version: string }>} version as in "Firefox 153.7"
 * @throws with a sentence where there is none
 */
export async function launchFirefox(options = {}) {
  const executablePath = findFirefox();
  if (!executablePath) throw new Error(NO_FIREFOX);
  const { default: puppeteer } = await import('puppeteer-core');
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath, headless: true, args: options.arguments ?? [], protocolTimeout: options.protocolTimeout ?? 600_000,
    env: { ...process.env, ...options.environment },
    extraPrefsFirefox: { ...WEBGPU_PREFERENCES, ...options.preferences },
  });
  return { browser, version: (await browser.version()).replace(/^firefox\//i, 'Firefox ') };
}
