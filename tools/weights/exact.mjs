// node tools/weights/exact.mjs --golden DIR --python PATH [--only TEXT] [--minimal | --runtime chromium]
//
// Checkpoints with the exact configurations of models that people use, weights drawn by transformers: each is made by exact.py in a temporary folder,
// trained for one step by the engine on a software adapter, under Node or in a page that reads it from a server, compared with PyTorch by the golden cases' compare.mjs in DIR, and deleted.
// With --minimal the device has WebGPU's default limits, 128 MiB for what a kernel is given among them, and no optional feature.
// Prints distances, seconds, bytes on the device, and the most that JavaScript held beyond what it held before. docs/models.md has the figures.
import { execFileSync, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { closeAtEnd, readArguments, Refusal, refuseUnlessOneOf, runCommand } from '../command.mjs';
import { ensureInstalled } from '../install.mjs';
import { RUNTIMES } from '../parityRunners.mjs';
import { watchHeap } from './heap.mjs';

const SCRIPT = join(import.meta.dirname, 'exact.py');
/** A browser is asked over a connection. */
const ASK_MS = 20;
const MB = 1e6;

/** In the child: one case, alone. */
async function work(folder) {
  const { openNode } = await import('../runtimes/node.mjs');
  const { module, gpu } = await openNode('/src/parity/node.ts', 'software');
  const runner = await module.createRunner(gpu, undefined, Boolean(process.env.EXACT_MINIMAL));
  const heap = watchHeap();
  const { actual, tensors, cost } = await runner.run(join(folder, 'cases', process.env.EXACT_NAME));
  const held = heap.above();
  const out = join(folder, 'out', process.env.EXACT_NAME);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'actual.json'), actual);
  writeFileSync(join(out, 'actual.safetensors'), tensors);
  process.send({ ...cost, held });
}

/** In a browser of its own: one case, read piece by piece from a server on this machine. */
async function runInBrowser(folder, name) {
  const runner = await RUNTIMES.chromium({ cases: join(folder, 'cases'), profile: 'software', adapter: 'software' });
  const session = await runner.page.context().newCDPSession(runner.page);
  await session.send('HeapProfiler.collectGarbage');
  const held = async () => {
    const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  };
  const before = await held();
  let most = before;
  let done = false;
  const watching = (async () => {
    while (!done) {
      most = Math.max(most, await held());
      await new Promise((later) => { setTimeout(later, ASK_MS); });
    }
  })();
  const { actual, tensors, cost } = await runner.run(name);
  done = true;
  await watching;
  const out = join(folder, 'out', name);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'actual.json'), actual);
  writeFileSync(join(out, 'actual.safetensors'), tensors);
  await runner.page.context().browser().close();
  return { ...cost, held: most - before };
}

const runAlone = (folder, name, minimal) => new Promise((done, fail) => {
  const child = fork(import.meta.filename, [], { execArgv: ['--expose-gc'], env: { ...process.env, EXACT_FOLDER: folder, EXACT_NAME: name, EXACT_MINIMAL: minimal ? '1' : '' } });
  let answer;
  child.on('message', (message) => { answer = message; });
  child.on('exit', () => (answer ? done(answer) : fail(new Error(`${name}: the process ended without an answer`))));
});

await runCommand('exact', async () => {
  if (process.env.EXACT_FOLDER) return work(process.env.EXACT_FOLDER);
  const { values: { golden, python, only, minimal, runtime } } = readArguments({ options: { golden: { type: 'string' }, python: { type: 'string' }, only: { type: 'string', default: '' }, minimal: { type: 'boolean', default: false }, runtime: { type: 'string', default: 'node' } } });
  refuseUnlessOneOf('runtime', runtime, ['node', 'chromium']);
  if (minimal && runtime !== 'node') throw new Refusal('--minimal is for --runtime node');
  if (!golden || !python) throw new Refusal('needs --golden DIR, the golden cases with oracle.py and compare.mjs, and --python PATH with torch, transformers and peft');
  ensureInstalled();
  const names = [...readFileSync(SCRIPT, 'utf8').matchAll(/^ {4}"([^"]+)": \("/gm)].map(([, name]) => name).filter((name) => name.includes(only));
  let failed = 0;
  for (const name of names) {
    const folder = mkdtempSync(join(tmpdir(), 'exact-'));
    const remove = () => rmSync(folder, { recursive: true, force: true });
    closeAtEnd(remove);
    const cases = join(folder, 'cases');
    execFileSync(python, [SCRIPT, resolve(golden), cases, name], { stdio: ['ignore', 'ignore', 'inherit'] });
    const { load, compile, step, weights, training, held } = await (runtime === 'node' ? runAlone(folder, name, minimal) : runInBrowser(folder, name));
    const compared = spawnSync(process.execPath, [join(golden, 'compare.mjs'), cases, join(folder, 'out')], { encoding: 'utf8' });
    if (compared.status !== 0) failed++;
    console.log(`${compared.stdout.trim().split('\n')[0]}\n  load ${load.toFixed(1)} s, compile ${compile.toFixed(1)} s, step ${step.toFixed(1)} s, weights ${(weights / MB).toFixed(0)} MB, plan and optimizer ${(training / MB).toFixed(0)} MB, JavaScript ${(held / MB).toFixed(0)} MB`);
    remove();
  }
  return failed ? 1 : 0;
});
