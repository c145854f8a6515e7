// npm run bench [-- --runtime chromium|node] [--profile software|gpu] [--adapter any|software] [--rounds N] [--shapes nano,wide] [--out FILE] [--page]
//
// Each kernel of a training step against the adapter's own limits, the forms of the matrix product against each other, and the whole step;
// prints tables and writes JSON. --page measures the built page's time budgets instead.
import '../tools/nodeVersion.mjs';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ANY_ADAPTER_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../tools/browser.mjs';
import { ensureInstalled, root } from '../tools/install.mjs';
import { printResult } from './table.mjs';

function refuse(sentence) {
  console.error(`bench: ${sentence}`);
  process.exit(2);
}

const { values: options } = parseArgs({
  options: {
    runtime: { type: 'string', default: 'chromium' }, profile: { type: 'string' }, adapter: { type: 'string', default: 'any' }, rounds: { type: 'string', default: '5' },
    shapes: { type: 'string' }, out: { type: 'string' }, page: { type: 'boolean', default: false },
  },
});
if (!['chromium', 'node'].includes(options.runtime)) refuse(`unknown runtime ${options.runtime}; choose chromium or node`);
if (options.profile && !['software', 'gpu'].includes(options.profile)) refuse(`unknown profile ${options.profile}; choose software or gpu`);
if (!['any', 'software'].includes(options.adapter)) refuse(`unknown adapter ${options.adapter}; choose any (the best there is) or software`);
const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) refuse(`--rounds ${options.rounds} is not a count; choose 1 or more`);

ensureInstalled();

const adapterFlags = options.adapter === 'software' ? SOFTWARE_ADAPTER_FLAGS : ANY_ADAPTER_FLAGS;
const say = (text) => console.error(`  ${text}`);

async function kernels() {
  const configText = readFileSync(join(root, 'public', 'models', 'nano-encoder', 'config.json'), 'utf8');
  const wanted = { configText, profile: options.profile, rounds, shapes: options.shapes?.split(',') };
  const { openChromium, openNode } = await import('../tools/engineHost.mjs');
  if (options.runtime === 'node') {
    const { module, gpu, close } = await openNode('/bench/suite.ts');
    const result = await module.runBench(gpu, wanted, say);
    await close();
    return { runtime: `Node ${process.versions.node}`, ...result };
  }
  // Without the last flag Chromium rounds timestamps to a tenth of a millisecond.
  const flags = [...adapterFlags, '--enable-webgpu-developer-features'];
  const { page, version, close } = await openChromium('bench/index.html', { flags, globalName: 'bench', functions: { benchSays: say } });
  const result = await page.evaluate((given) => globalThis.bench(given), wanted);
  await close();
  return { runtime: `Chromium ${version}`, ...result };
}

/** What a result is worth depends on the machine; its names are told, not its address. */
const machine = { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, system: process.platform };

try {
  const measured = options.page ? await (await import('./pageBudgets.mjs')).measurePage({ adapterFlags, rounds, say }) : await kernels();
  const result = { date: new Date().toISOString().slice(0, 10), machine, ...measured };
  printResult(result);
  const plain = `${result.adapter} ${result.profile ?? ''} ${options.page ? 'page' : options.runtime}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const file = options.out ?? join(root, 'bench', 'results', `${plain}-${result.date}.json`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  console.log(`\nwritten: ${file.startsWith(root) ? file.slice(root.length + 1) : file}`);
  process.exit(0);
} catch (error) {
  if (process.env.BENCH_TRACE) console.error(error.stack);
  refuse(error.message.split('\n')[0]);
}
