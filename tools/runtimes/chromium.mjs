// A page of the repository in a Chromium, Chrome or Edge that this machine has.
import { ANY_ADAPTER_FLAGS, findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../browser.mjs';
import { closeAtEnd, Refusal } from '../command.mjs';
import { serveRepository } from './vite.mjs';

/**
 * Opens `pagePath` and waits until it has set `globalName`.
 * @param {string} pagePath below the repository
 * @param {{ adapter: 'any' | 'software', globalName: string, functions?: Record<string, Function>, flags?: string[] }} options
 *   functions of this process that the page may call, and flags beside those of the adapter
 */
export async function openChromium(pagePath, { adapter, globalName, functions = {}, flags = [] }) {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Refusal('found no Chromium, Chrome or Edge; install one, run `npx playwright install chromium`, or use --runtime node');
  const { chromium } = await import('playwright');
  const address = await serveRepository();
  const adapterFlags = adapter === 'software' ? SOFTWARE_ADAPTER_FLAGS : ANY_ADAPTER_FLAGS;
  const browser = await chromium.launch({ executablePath, args: [...HEADLESS_FLAGS, ...adapterFlags, ...flags] });
  closeAtEnd(() => browser.close());
  const page = await browser.newPage();
  for (const [name, run] of Object.entries(functions)) await page.exposeFunction(name, run);
  await page.goto(`${address}${pagePath}`);
  await page.waitForFunction((name) => name in globalThis, globalName);
  return { page, version: `Chromium ${browser.version()}` };
}
