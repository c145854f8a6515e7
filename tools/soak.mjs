// npm run soak -- [--minutes 30] [--adapter software|any] [--out FILE.json]
//
// Trains the same run again and again on the built page (`npm run build` first) while things happen to it: changes of rates and patterns on the way,
// a GPU process that crashes, a page that is loaded again. Every curve has to be that of an undisturbed run, bit for bit, and what a run takes may not
// grow: processor time a step within 10 %, JavaScript heap after a forced collection and bytes on the GPU within 3 %, the last third of the time
// against the second. Ends with 1 where one of these does not hold.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { closeAtEnd, readArguments, Refusal, refuseUnlessOneOf, runCommand, writeJson } from './command.mjs';
import { ANY_ADAPTER_FLAGS, findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from './browser.mjs';
import { ensureInstalled, root } from './install.mjs';

const STEPS = 60;
/** A run whose rate and pattern change on the way, so that there are new uniforms and new plans in each. */
const CHANGES = [[15, 'dropout.logits.p', 0.1, 0.3], [30, 'dropout.hidden', null, { p: 0.1, pattern: 'element' }], [45, 'optimizer.learningRate', 0.005, 0.002]];
const HASH = `#${new URLSearchParams([['v', '1'], ['data.rows', '16'], ['optimizer.batchSize', '4'], ['optimizer.steps', String(STEPS)], ['optimizer.warmup', '0'], ['optimizer.learningRate', '0.005'], ['evaluation.every', '5'], ['dropout.logits.p', '0.1'], ['changes', JSON.stringify(CHANGES)]])}`;

/** In turn: mostly nothing, since what a run takes is measured there. */
const EVENTS = ['nothing', 'nothing', 'reload', 'nothing', 'crash'];

/** Grows, of the last third against the second, at most so much. */
const BOUNDS = { processor: { title: 'processor time a step, ms', most: 0.1 }, heap: { title: 'JavaScript heap, MiB', most: 0.03 }, gpu: { title: 'bytes on the GPU, MiB', most: 0.03 } };

/** Counts what buffers hold, in every worker before its engine. */
const COUNTING = `{
  self.gpuBytes = 0;
  const create = GPUDevice.prototype.createBuffer, destroy = GPUBuffer.prototype.destroy;
  const held = new WeakMap();
  GPUDevice.prototype.createBuffer = function (descriptor) { const made = create.call(this, descriptor); held.set(made, descriptor.size); self.gpuBytes += descriptor.size; return made; };
  GPUBuffer.prototype.destroy = function () { self.gpuBytes -= held.get(this) ?? 0; held.delete(this); return destroy.call(this); };
}`;

/** In the page: losses of the newest run that is over, as this browser keeps them, to the last bit. */
const keptLosses = () => new Promise((resolve) => {
  indexedDB.open('lora-dropout-playground').onsuccess = ({ target }) => {
    const database = target.result;
    database.transaction('entries').objectStore('entries').getAll(IDBKeyRange.bound('run ', 'run \uffff')).onsuccess = (found) => {
      const newest = found.target.result.sort((one, other) => other.place - one.place)[0];
      database.close();
      resolve(newest?.over ? Array.from(newest.columns.crossEntropy) : undefined);
    };
  };
});

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const MIB = 2 ** 20;

async function openPage(browser, address) {
  const page = await (await browser.newContext()).newPage();
  await page.route('**/assets/engine.worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${COUNTING};\n${await response.text()}` });
  });
  page.setDefaultTimeout(180_000);
  await page.goto(`${address}${HASH}`);
  return page;
}

const startButton = (page) => page.getByRole('group', { name: 'Run', exact: true }).getByRole('button', { name: 'Start', exact: true });
const hasFinished = (page) => page.waitForFunction(() => document.title.startsWith('✓'), undefined, { timeout: 180_000 });
const hasReached = (page, step) => page.waitForFunction((least) => document.querySelector('progress[aria-label="Progress of the run"]').value >= least, step, { timeout: 180_000 });

/** The same link again in a page that stays, so that its changes are made again. */
const again = (page) => page.evaluate((hash) => {
  location.hash = '#v=1&seed=1';
  location.hash = hash;
}, HASH);

async function train(page) {
  await startButton(page).click();
  await page.waitForFunction(() => !document.title.startsWith('✓'));
}

/** What a page has in its heap when nothing can be collected any more, and its engine on the GPU. */
async function weigh(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const engine = page.workers().find((worker) => worker.url().includes('engine.worker'));
  return { heap: usedSize / MIB, gpu: (await engine.evaluate(() => self.gpuBytes)) / MIB };
}

async function soak({ minutes, flags, out }) {
  const [{ chromium }, { preview }] = await Promise.all([import('playwright'), import('vite')]);
  const server = await preview({ root, logLevel: 'error', preview: { port: 0, host: 'localhost' } });
  closeAtEnd(() => server.close());
  const address = server.resolvedUrls.local[0];
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...HEADLESS_FLAGS, ...flags, '--disable-gpu-process-crash-limit'] });
  closeAtEnd(() => browser.close());
  const system = await browser.newBrowserCDPSession();
  const processorSeconds = async () => (await system.send('SystemInfo.getProcessInfo')).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);

  // One page stays all the time; the other is the one that is loaded again, which empties its heap.
  const stays = await openPage(browser, address);
  const device = await stays.getByRole('button', { name: 'Device and limits' }).innerText();
  console.log(`${device.split('\n')[0]}, runs of ${STEPS} steps with ${CHANGES.length} changes each, ${minutes} minutes`);
  const measured = [];
  const counts = { nothing: 0, reload: 0, crash: 0 };
  const different = [];
  let whole;
  const begun = performance.now();
  for (let number = 0; performance.now() - begun < minutes * 60_000 || number <= EVENTS.length; number++) {
    const event = EVENTS[number % EVENTS.length];
    const page = event === 'reload' ? await openPage(browser, address) : stays;
    if (number > 0 && page === stays) await again(page);
    const before = await processorSeconds();
    await train(page);
    if (event === 'reload') {
      await hasReached(page, 20);
      await page.waitForTimeout(1500);
      await page.reload();
      const goOn = page.getByRole('button', { name: /^Go on from step \d+$/ });
      // A machine may have been faster than the reload: then nothing waits, and the run is whole.
      if (await goOn.waitFor({ timeout: 20_000 }).then(() => true, () => false)) {
        await goOn.click();
        await hasFinished(page);
      }
    } else if (event === 'crash') {
      await hasReached(page, 20);
      // Never answered: the process that would is the one that ends.
      void system.send('Browser.crashGpuProcess').catch(() => undefined);
    }
    if (event !== 'reload') await hasFinished(page);
    if (event === 'nothing') measured.push({ minute: (performance.now() - begun) / 60_000, processor: ((await processorSeconds()) - before) * 1000 / STEPS, ...(await weigh(page)) });
    // Written within a second or so.
    let losses;
    for (let wait = 0; wait < 60 && losses?.length !== STEPS; wait++) {
      await page.waitForTimeout(500);
      losses = await page.evaluate(keptLosses);
    }
    whole ??= losses;
    const isSame = losses?.length === STEPS && losses.every((loss, step) => Object.is(loss, whole[step]));
    if (!isSame) different.push({ number, event, at: losses?.findIndex((loss, step) => !Object.is(loss, whole[step])), steps: losses?.length });
    counts[event] += 1;
    console.log(`${String(number + 1).padStart(4)}  ${event.padEnd(8)} ${isSame ? 'the same curve' : 'ANOTHER CURVE'}${event === 'nothing' ? `  ${Object.keys(BOUNDS).map((key) => measured.at(-1)[key].toFixed(2)).join('  ')}` : ''}`);
    if (page !== stays) await page.context().close();
  }

  const third = (part) => measured.filter(({ minute }) => Math.floor((minute / measured.at(-1).minute) * 2.999) === part);
  const [second, last] = [third(1), third(2)];
  let holds = different.length === 0;
  console.log(`\n${counts.nothing} undisturbed runs, ${counts.reload} reloads, ${counts.crash} lost devices; ${different.length === 0 ? 'every curve is the same, bit for bit' : `${different.length} curves differ: ${JSON.stringify(different)}`}`);
  const table = Object.fromEntries(Object.entries(BOUNDS).map(([key, { title, most }]) => {
    const [earlier, later] = [second, last].map((part) => (part.length > 0 ? mean(part.map((one) => one[key])) : Number.NaN));
    const growth = later / earlier - 1;
    // Too short to have thirds says nothing, and nothing is held against it.
    const judged = Number.isFinite(growth) ? (growth <= most ? 'holds' : 'GROWS') : 'too short to say';
    if (judged === 'GROWS') holds = false;
    console.log(`${title.padEnd(28)} second third ${earlier.toFixed(2)}, last third ${later.toFixed(2)}, ${(growth * 100).toFixed(1)} % of at most ${most * 100} %: ${judged}`);
    return [key, { earlier, later, growth, most, judged }];
  }));
  if (out) writeJson(out, { device: device.split('\n')[0], minutes, steps: STEPS, counts, different, table, measured });
  return holds ? 0 : 1;
}

await runCommand('soak', () => {
  const { values } = readArguments({ options: { minutes: { type: 'string', default: '30' }, adapter: { type: 'string', default: 'software' }, out: { type: 'string' } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Refusal(`--minutes ${values.minutes} is no time; write a number above 0, as in npm run soak -- --minutes 30`);
  refuseUnlessOneOf('adapter', values.adapter, ['software', 'any']);
  ensureInstalled();
  if (!existsSync(join(root, 'dist/index.html'))) throw new Refusal('there is no built page; run npm run build first');
  return soak({ minutes, flags: values.adapter === 'any' ? ANY_ADAPTER_FLAGS : SOFTWARE_ADAPTER_FLAGS, out: values.out });
});
