import { type AddressInfo, createServer } from 'node:net';
import { defineConfig } from 'playwright/test';
import { findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from './tools/browser.mjs';
import { findFirefox } from './tools/firefox.mjs';

const executablePath = await findBrowser();
const launch = (args: string[]) => ({ launchOptions: { executablePath, args: [...HEADLESS_FLAGS, ...args] } });

/** A port that nobody uses; the worker processes, which read this file again, find it in the environment. */
async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const port = (process.env.E2E_PORT ??= await freePort());

// The built page is served below a sub-path, as a project page would be, so that an absolute address anywhere fails a test.
const ADDRESS = `http://localhost:${port}/some/sub-path/`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One page at a time: they share one processor, which also is the GPU.
  workers: 1,
  fullyParallel: false,
  // One more try in CI, where a browser on shared cores now and then loses a click; what needed it is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  // Hang guards for a software adapter on two busy cores; real times are measured by `npm run bench -- --page`.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: { baseURL: ADDRESS, actionTimeout: 30_000, navigationTimeout: 60_000, trace: 'off', screenshot: 'only-on-failure' },
  projects: [
    { name: 'software', testIgnore: ['**/*.no-adapter.spec.ts', '**/*.firefox.spec.ts', '**/*.models.spec.ts'], use: launch(SOFTWARE_ADAPTER_FLAGS) },
    // Without the flags a machine without a GPU offers no adapter, which is a state of its own.
    { name: 'no-adapter', testMatch: '**/*.no-adapter.spec.ts', use: launch([]) },
    // A long proof on folders that are named by hand, no test of the suite.
    ...(process.env.MODELS ? [{ name: 'given', testMatch: '**/*.models.spec.ts', use: launch(SOFTWARE_ADAPTER_FLAGS) }] : []),
    // Playwright only runs and counts these; they start the Firefox of this machine themselves.
    ...(findFirefox() ? [{ name: 'firefox', testMatch: '**/*.firefox.spec.ts' }] : []),
  ],
  webServer: { command: `node e2e/support/serve.mjs ${port}`, url: ADDRESS, reuseExistingServer: false, timeout: 60_000, stdout: 'ignore', stderr: 'pipe' },
});
