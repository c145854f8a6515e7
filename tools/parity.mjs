// npm run parity -- --cases DIR --out DIR [--profile software|gpu] [--runtime chromium|node] [--adapter any|software] [--only TEXT]
//
// Runs every case folder of DIR (links are followed) through the engine's own loader, tape, plan and kernels, and writes for each a folder
// of the same name with actual.json and actual.safetensors. One device and one pipeline cache serve all cases. Exits 1 when a case cannot
// be run, naming it; `compare.mjs` then says how close the numbers are.
import './nodeVersion.mjs';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ANY_ADAPTER_FLAGS, SOFTWARE_ADAPTER_FLAGS } from './browser.mjs';
import { ensureInstalled } from './install.mjs';

const { values: options } = parseArgs({
  options: { cases: { type: 'string' }, out: { type: 'string' }, profile: { type: 'string' }, runtime: { type: 'string', default: 'chromium' }, adapter: { type: 'string', default: 'any' }, only: { type: 'string', default: '' } },
});

function refuse(sentence) {
  console.error(`parity: ${sentence}`);
  process.exit(2);
}
if (!options.cases || !options.out) refuse('needs --cases DIR and --out DIR');
if (!existsSync(options.cases)) refuse(`no folder ${options.cases}; give the folder that holds the case folders`);
if (options.profile && !['software', 'gpu'].includes(options.profile)) refuse(`unknown profile ${options.profile}; choose software or gpu`);
if (!['chromium', 'node'].includes(options.runtime)) refuse(`unknown runtime ${options.runtime}; choose chromium or node`);
if (!['any', 'software'].includes(options.adapter)) refuse(`unknown adapter ${options.adapter}; choose any (the best there is) or software`);

const names = readdirSync(options.cases).filter((name) => existsSync(join(options.cases, name, 'case.json')) && name.includes(options.only)).sort();
if (names.length === 0) refuse(`no case in ${options.cases}; a case is a folder with a case.json`);

ensureInstalled();
const { openChromium, openNode } = await import('./engineHost.mjs');

/** Under Node: vite transforms the TypeScript and WGSL, the `webgpu` package is the GPU. */
async function nodeRunner() {
  const { module, gpu, close } = await openNode('/src/parity/node.ts');
  const runner = await module.createRunner(gpu, options.profile);
  return { ...runner, run: (name) => runner.run(join(options.cases, name)), close: async () => (runner.close(), await close()) };
}

/** In Chromium: a blank page loads the engine; files go in and out through two functions of this process. */
async function chromiumRunner() {
  const { page, close } = await openChromium('tools/parity.html', {
    flags: options.adapter === 'software' ? SOFTWARE_ADAPTER_FLAGS : ANY_ADAPTER_FLAGS,
    globalName: 'parity',
    functions: { readCaseFile: (name, file) => readFileSync(join(options.cases, name, file)).toString('base64') },
  });
  const { adapter, profile } = await page.evaluate((wanted) => globalThis.parity.prepare(wanted), options.profile);
  return {
    adapter, profile, close,
    run: async (name) => {
      const { actual, tensors } = await page.evaluate((wanted) => globalThis.parity.run(wanted), name);
      return { actual, tensors: Buffer.from(tensors, 'base64') };
    },
  };
}

const started = Date.now();
const runner = await (options.runtime === 'node' ? nodeRunner() : chromiumRunner()).catch((error) => refuse(error.message.split('\n')[0]));
console.log(`${names.length} cases on ${runner.adapter || 'unnamed adapter'}, profile ${runner.profile}, runtime ${options.runtime}`);
let failed = 0;
for (const name of names) {
  const begun = Date.now();
  try {
    const { actual, tensors } = await runner.run(name);
    mkdirSync(join(options.out, name), { recursive: true });
    writeFileSync(join(options.out, name, 'actual.json'), actual);
    writeFileSync(join(options.out, name, 'actual.safetensors'), tensors);
    console.log(`ran   ${name.padEnd(40)} ${Date.now() - begun} ms`);
  } catch (error) {
    failed++;
    console.error(`FAIL  ${name.padEnd(40)} ${error.message.split('\n')[0]}`);
    if (process.env.PARITY_TRACE) console.error(error.stack);
  }
}
await runner.close();
console.log(`${names.length - failed} ran, ${failed} could not be run, ${((Date.now() - started) / 1000).toFixed(1)} s`);
process.exit(failed ? 1 : 0);
