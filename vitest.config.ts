import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from './tools/browser.mjs';
import { referenceFile } from './tools/referenceData.mjs';

// Tests that need a GPU run in a real browser, one file at a time, so that there is one device a page.
const onGpu = ['src/kernels/**/*.test.ts', 'src/**/*.gpu.test.ts'];

// Tests that start a Deno process, which has a WebGPU of its own: wgpu and naga, as in Firefox.
const inDeno = ['src/**/*.deno.test.ts'];

export default defineConfig({
  test: {
    projects: [
      // The limit is a guard against hanging: whole trainings in float64 take seconds on a busy machine.
      { test: { name: 'unit', environment: 'node', include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'], exclude: [...onGpu, ...inDeno], testTimeout: 60_000 } },
      { test: { name: 'deno', environment: 'node', include: inDeno, testTimeout: 120_000, hookTimeout: 180_000 } },
      {
        optimizeDeps: { include: ['oniguruma-to-es'] },
        test: {
          name: 'gpu',
          include: onGpu,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: { referenceFile },
            provider: playwright({ launchOptions: { executablePath: await findBrowser(), args: [...HEADLESS_FLAGS, ...SOFTWARE_ADAPTER_FLAGS] } }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
