// Where the engine runs for a command: under Node on the `webgpu` package, or in a page of a Chromium that this machine has.
import { createServer } from 'vite';
import { findBrowser, findSoftwareDriver, HEADLESS_FLAGS } from './browser.mjs';
import { root } from './install.mjs';

const serverOptions = { root, configFile: false, logLevel: 'error' };

/**
 * The GPU of the `webgpu` package: that of this machine's driver, else the processor by way of the software driver that comes with a Chromium.
 * @throws with a sentence where there is neither
 */
async function openGpu() {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  if (await gpu.requestAdapter()) return gpu;
  const driver = process.env.VK_ICD_FILENAMES ? undefined : await findSoftwareDriver();
  if (driver) {
    process.env.VK_ICD_FILENAMES = driver;
    const software = create([]);
    if (await software.requestAdapter()) return software;
  }
  throw new Error('the `webgpu` package found no usable Vulkan driver; install the graphics driver, or on Linux libvulkan1 and a Chromium, whose software driver is then used');
}

/** Loads a TypeScript module with the `webgpu` package's GPU beside it. */
export async function openNode(modulePath) {
  globalThis.gpu = await openGpu(); // held here: a collected instance takes its devices down with it
  return { ...(await openModule(modulePath)), gpu: globalThis.gpu };
}

/** Loads a TypeScript module that needs no GPU. */
export async function openModule(modulePath) {
  const server = await createServer({ ...serverOptions, appType: 'custom', server: { middlewareMode: true, hmr: false, watch: null }, optimizeDeps: { noDiscovery: true } });
  return { module: await server.ssrLoadModule(modulePath), close: () => server.close() };
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
