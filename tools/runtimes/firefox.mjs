// A page of the repository in a Firefox that this machine has (wgpu and naga).
import { closeAtEnd } from '../command.mjs';
import { launchFirefox } from '../firefox.mjs';
import { driverEnvironments, noDriver } from './drivers.mjs';
import { serveRepository } from './vite.mjs';

/** Opens `pagePath` in a Firefox of its own and waits until it has set `globalName`; undefined where that Firefox has no adapter. */
async function openWith(environment, address, { globalName }) {
  const { browser, version } = await launchFirefox({ environment });
  let closed = false;
  const close = async () => {
    if (!closed) await browser.close();
    closed = true;
  };
  closeAtEnd(close);
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction((name) => name in globalThis, {}, globalName);
  if (await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()))) return { page, version };
  await close();
  return undefined;
}

/**
 * The same as openChromium, but for functions and flags.
 * @param {string} pagePath below the repository
 * @param {{ adapter: 'any' | 'software', globalName: string }} options
 */
export async function openFirefox(pagePath, { adapter, ...options }) {
  const address = `${await serveRepository()}${pagePath}`;
  for (const environment of await driverEnvironments(adapter)) {
    const opened = await openWith(environment, address, options);
    if (opened) return opened;
  }
  throw new Error(noDriver('Firefox'));
}
