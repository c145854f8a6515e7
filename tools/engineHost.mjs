// Where the engine runs for a command: under Node on the `webgpu` package, or in a page of a Chromium that this machine has.
import { createServer } from 'vite';
import { findBrowser, HEADLESS_FLAGS } from './browser.mjs';
import { root } from './install.mjs';

const serverOptions = { root, configFile: false, logLevel: 'error' };

/** Loads a TypeScript module with the `webgpu` package's GPU beside it. */
export async function openNode(modulePath) {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const server = await createServer({ ...serverOptions, appType: 'custom', server: { middlewareMode: true, hmr: false, watch: null }, optimizeDeps: { noDiscovery: true } });
  globalThis.gpu = create([]); // held here: a collected instance takes its devices down with it
  return { module: await server.ssrLoadModule(modulePath), gpu: globalThis.gpu, close: () => server.close() };
}

/** Opens a page of the repository in a browser. @throws with a sentence where there is none */
export async function openChromium(pagePath, { flags, globalName, functions = {} }) {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error('found no Chromium, Chrome or Edge; install one, run `npx playwright install chromium`, or use --runtime node');
  const { chromium } = await import('playwright');
  const server = await createServer({ ...serverOptions, server: { port: 0, hmr: false, watch: null }, optimizeDeps: { noDiscovery: true, include: ['valibot'] } });
  await server.listen();
  const browser = await chromium.launch({ executablePath, args: [...HEADLESS_FLAGS, ...flags] });
  const page = await browser.newPage();
  for (const [name, run] of Object.entries(functions)) await page.exposeFunction(name, run);
  await page.goto(`${server.resolvedUrls.local[0]}${pagePath}`);
  await page.waitForFunction((name) => name in globalThis, globalName);
  return { page, version: browser.version(), close: async () => (await browser.close(), await server.close()) };
}
