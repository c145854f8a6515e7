// Where reference cases can be run: each implementation of WebGPU as a runner of case folders. Opening one fails with a sentence.
import { join } from 'node:path';
import { serveFolder } from './serveFolder.mjs';

/** A blank page of a browser loads the engine and reads cases as it reads a model at an address, piece by piece. */
async function pageRunner(open, { cases, profile, adapter }) {
  const { page, version } = await open('tools/parity.html', { adapter, globalName: 'parity' });
  const served = await serveFolder(cases);
  const prepared = await page.evaluate((wanted) => globalThis.parity.prepare(wanted), profile);
  return {
    ...prepared, version, page,
    async run(name) {
      const { actual, tensors, cost } = await page.evaluate((wanted) => globalThis.parity.run(wanted), `${served}/${encodeURIComponent(name)}`);
      return { actual, tensors: Buffer.from(tensors, 'base64'), cost };
    },
  };
}

/** @type {typeof import('./parityRunners.d.mts').RUNTIMES} */
export const RUNTIMES = {
  chromium: async (options) => pageRunner((await import('./runtimes/chromium.mjs')).openChromium, options),
  async node({ cases, profile, adapter }) {
    const { openNode } = await import('./runtimes/node.mjs');
    const { module, gpu, version } = await openNode('/src/parity/node.ts', adapter);
    const runner = await module.createRunner(gpu, profile);
    return { ...runner, version, run: (name) => runner.run(join(cases, name)) };
  },
  async deno({ cases, profile, adapter }) {
    const { openDeno } = await import('./runtimes/deno.mjs');
    const runner = await openDeno('/src/parity/node.ts', { profile, adapter });
    return { ...runner, run: (name) => runner.run(join(cases, name)) };
  },
  firefox: async (options) => pageRunner((await import('./runtimes/firefox.mjs')).openFirefox, options),
};
