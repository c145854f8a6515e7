// One fine-tuning step beside what a user could install instead: the engine, jax-js and TensorFlow.js on the same adapter, from the same weights
// on the same batches, in interleaved rounds of one run. A time counts only after ten steps whose losses agree.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY_ADAPTER_FLAGS, findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../tools/browser.mjs';
import { closeAtEnd, Refusal } from '../tools/command.mjs';
import { root } from '../tools/install.mjs';
import { undisturbed } from './peers/quiet.mjs';

const folder = join(root, 'bench', 'peers');
/** Losses of two engines may lie so far apart, relative to the first's, over the first ten steps: float32 in another order. */
const AGREEMENT = 1e-4;
const AGREEMENT_STEPS = 10;
/** Short steps are taken a few times in a row. */
const IN_A_ROW_MS = 400;

/** `than` is what a subject is divided by: ours plain, or ours with dropout. */
const SUBJECTS = [
  { name: 'ours', engine: 'ours', variant: 'plain' },
  { name: 'ours, whole last layer', engine: 'ours', variant: 'plain', whole: true, only: 'encoder' },
  { name: 'jax-js', engine: 'jax', variant: 'plain' },
  { name: 'TensorFlow.js', engine: 'tfjs', variant: 'plain' },
  { name: 'ours, dropout', engine: 'ours', variant: 'dropout' },
  { name: 'jax-js, dropout', engine: 'jax', variant: 'dropout', than: 'ours, dropout' },
  { name: 'TensorFlow.js, dropout', engine: 'tfjs', variant: 'dropout', than: 'ours, dropout' },
  { name: 'ours, HiddenKey doubled', engine: 'ours', variant: 'hiddenkey', passes: 'doubled' },
  { name: 'ours, HiddenKey in sequence', engine: 'ours', variant: 'hiddenkey', passes: 'sequential' },
  { name: 'ours, HiddenKey in the upper half', engine: 'ours', variant: 'hiddenkey', fromLayer: 1 },
  { name: 'ours, kernels for GPUs', engine: 'ours', variant: 'plain', profile: 'gpu' },
];

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The peers are no packages of the project's: whoever measures has them installed. */
function install() {
  if (existsSync(join(folder, 'node_modules', '@jax-js', 'jax'))) return;
  console.error('  installing jax-js and TensorFlow.js into bench/peers');
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Refusal(`the peers could not be installed (${stderr.trim().split('\n')[0] || 'npm is missing'}); run npm ci in bench/peers and try again`);
}

async function openSubjects(adapter) {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Refusal('found no Chromium, Chrome or Edge; install one, or run `npx playwright install chromium`');
  const { build, preview } = await import('vite');
  const outDir = mkdtempSync(join(tmpdir(), 'peers-'));
  closeAtEnd(() => rmSync(outDir, { recursive: true, force: true }));
  const options = { root: folder, base: './', configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true, minify: false, target: 'es2022', chunkSizeWarningLimit: 10_000 } };
  await build(options);
  const server = await preview({ ...options, preview: { port: 0 } });
  closeAtEnd(() => server.close());
  const [address] = server.resolvedUrls.local;
  const { chromium } = await import('playwright');
  const flags = adapter === 'software' ? SOFTWARE_ADAPTER_FLAGS : ANY_ADAPTER_FLAGS;
  const browser = await chromium.launch({ executablePath, args: [...HEADLESS_FLAGS, ...flags, '--enable-precise-memory-info', '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'] });
  closeAtEnd(() => browser.close());
  return {
    version: `Chromium ${browser.version()}`,
    /** Every subject has a page, and so a process and a heap, of its own. */
    async open({ engine, ...spec }) {
      const page = await browser.newPage();
      page.setDefaultTimeout(300_000);
      page.on('console', (message) => message.type() === 'error' && console.error(`  ${engine}: ${message.text().slice(0, 300)}`));
      page.on('pageerror', ({ message }) => console.error(`  ${engine}: ${message.slice(0, 300)}`));
      await page.goto(`${address}#${engine}`);
      await page.waitForFunction(() => 'subject' in globalThis);
      const ask = (name, ...given) => page.evaluate(([method, values]) => globalThis.subject[method](...values), [name, given]);
      return { first: await ask('create', spec), run: (count) => ask('run', count), count: () => ask('count'), close: () => page.close() };
    },
  };
}

/** How far the losses of the first steps are from those of ours, relative to them. */
const distanceOf = (losses, reference) => Math.max(...losses.map((loss, step) => Math.abs(loss - reference[step]) / Math.abs(reference[step])));

async function measureShape(subjects, shape, rounds, say) {
  const measured = [];
  for (const { name, only, than = 'ours', ...spec } of SUBJECTS) {
    if (only && only !== shape.kind) continue;
    const subject = await subjects.open({ ...spec, shape });
    const { losses } = await subject.run(AGREEMENT_STEPS - 1);
    measured.push({ name, than, variant: spec.variant, subject, losses: [subject.first.loss, ...losses], ms: [], others: [], ...(await subject.count()) });
    say(`${name}: first step ${subject.first.ms.toFixed(0)} ms`);
  }
  const [reference] = measured;
  for (const one of measured.filter(({ variant }) => variant === 'plain')) {
    one.distance = distanceOf(one.losses, reference.losses);
    if (!(one.distance <= AGREEMENT)) throw new Refusal(`${one.name} does not train what the engine trains: its losses are up to ${one.distance.toExponential(1)} apart over ${AGREEMENT_STEPS} steps, more than ${AGREEMENT}; no time of it would say anything`);
  }
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    // In turns forwards and backwards, so that none always follows the same one.
    for (const one of round % 2 ? measured.toReversed() : measured) {
      const usual = median(one.ms.length ? one.ms : [1000]);
      const { result, others } = await undisturbed(() => one.subject.run(Math.max(1, Math.min(10, Math.round(IN_A_ROW_MS / usual)))), usual > 1000 ? 4 : 6);
      one.ms.push(...result.ms);
      one.others.push(others);
    }
  }
  for (const { subject } of measured) await subject.close();
  const medians = new Map(measured.map(({ name, ms }) => [name, median(ms)]));
  return measured.map(({ name, than, losses, ms, others, distance, dispatches, submits, peakBytes, heapPeak, names, subject }) => ({
    name, median: median(ms), best: Math.min(...ms), steps: ms.length, ratio: median(ms) / medians.get(than), than, first: subject.first.ms, distance, losses, othersBusy: median(others), dispatches, submits, peakBytes, heapPeak, ...(names && { kernels: names }),
  }));
}

export async function measurePeers({ adapter, rounds, shapes, say }) {
  install();
  const { loadModule } = await import('../tools/runtimes/vite.mjs');
  const { PEER_SHAPES } = await loadModule('/bench/peers/cases.ts');
  const wanted = shapes?.split(',') ?? Object.keys(PEER_SHAPES);
  const unknown = wanted.find((name) => !(name in PEER_SHAPES));
  if (unknown !== undefined) throw new Refusal(`--shapes ${unknown}: there is none of that name beside the peers; choose from ${Object.keys(PEER_SHAPES).join(', ')}`);
  const subjects = await openSubjects(adapter);
  const results = [];
  for (const name of wanted) results.push({ name, ...PEER_SHAPES[name], subjects: await measureShape(subjects, PEER_SHAPES[name], rounds, (text) => say(`${name}: ${text}`)) });
  return { runtime: subjects.version, adapter: adapter === 'software' ? 'software adapter' : 'best adapter', rounds, peers: results };
}
