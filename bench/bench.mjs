// npm run bench [-- --runtime chromium|node] [--profile software|gpu] [--adapter any|software] [--rounds N] [--shapes nano,wide] [--out FILE] [--page] [--peers]
//
// Each kernel of a training step against the adapter's own limits, the forms of the matrix product against each other, and the whole step;
// prints tables and writes JSON. --page measures the built page's time budgets instead, --peers one step beside jax-js and TensorFlow.js.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { ANY_ADAPTER_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../tools/browser.mjs';
import { readArguments, Refusal, refuseUnlessOneOf, runCommand } from '../tools/command.mjs';
import { ensureInstalled, root } from '../tools/install.mjs';
import { printResult } from './table.mjs';

function readOptions() {
  const { values } = readArguments({
    options: {
      runtime: { type: 'string', default: 'chromium' }, profile: { type: 'string' }, adapter: { type: 'string', default: 'any' }, rounds: { type: 'string', default: '5' },
      shapes: { type: 'string' }, out: { type: 'string' }, page: { type: 'boolean', default: false }, peers: { type: 'boolean', default: false },
    },
  });
  refuseUnlessOneOf('runtime', values.runtime, ['chromium', 'node']);
  refuseUnlessOneOf('profile', values.profile, ['software', 'gpu']);
  refuseUnlessOneOf('adapter', values.adapter, ['any', 'software']);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Refusal(`--rounds ${values.rounds} is not a count; choose 1 or more`);
  if (values.peers && (values.page || values.runtime === 'node' || values.profile)) throw new Refusal('--peers measures whole steps in Chromium, each engine with its own kernels; leave out --page, --runtime and --profile');
  return { ...values, rounds };
}

const say = (text) => console.error(`  ${text}`);

async function kernels({ runtime, adapter, profile, rounds, shapes }) {
  const configText = readFileSync(join(root, 'public', 'models', 'nano-encoder', 'config.json'), 'utf8');
  const wanted = { configText, profile, rounds, shapes: shapes?.split(',') };
  if (runtime === 'node') {
    const { openNode } = await import('../tools/runtimes/node.mjs');
    const { module, gpu, version } = await openNode('/bench/suite.ts', adapter);
    return { runtime: version, ...(await module.runBench(gpu, wanted, say)) };
  }
  const { openChromium } = await import('../tools/runtimes/chromium.mjs');
  // Without the flag Chromium rounds timestamps to a tenth of a millisecond.
  const { page, version } = await openChromium('bench/index.html', { adapter, flags: ['--enable-webgpu-developer-features'], globalName: 'bench', functions: { benchSays: say } });
  return { runtime: version, ...(await page.evaluate((given) => globalThis.bench(given), wanted)) };
}

async function pageBudgets({ adapter, rounds }) {
  const { measurePage } = await import('./pageBudgets.mjs');
  return measurePage({ adapterFlags: adapter === 'software' ? SOFTWARE_ADAPTER_FLAGS : ANY_ADAPTER_FLAGS, rounds, say });
}

async function peers({ adapter, rounds, shapes }) {
  const { measurePeers } = await import('./peers.mjs');
  return measurePeers({ adapter, rounds, shapes, say });
}

/** What a result is worth depends on the machine; its names are told, not its address. */
const machine = { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, system: process.platform };

await runCommand('bench', async () => {
  const options = readOptions();
  ensureInstalled();
  const measured = await (options.peers ? peers(options) : options.page ? pageBudgets(options) : kernels(options));
  const result = { date: new Date().toISOString().slice(0, 10), machine, ...measured };
  printResult(result);
  const plain = `${result.adapter} ${result.profile ?? ''} ${options.peers ? 'peers' : options.page ? 'page' : options.runtime}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const file = options.out ?? join(root, 'bench', 'results', `${plain}-${result.date}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  console.log(`\nwritten: ${file.startsWith(root) ? file.slice(root.length + 1) : file}`);
});
