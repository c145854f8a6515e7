// Whether training goes on while the built page reads a large table: `npm run build && node tools/tables/page.mjs FILE [FILE …]`.
// Prints a line of JSON a file: steps a second before and meanwhile, how long the report took, the longest time that the page could not answer, and
// what the tab held at the most. Memory is read from /proc, so elsewhere than on Linux it is left out.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../browser.mjs';

const BEFORE_MS = 20_000;
const root = join(import.meta.dirname, '..', '..');
const files = process.argv.slice(2);
if (files.length === 0 || files.some((file) => !existsSync(file))) {
  console.error('page: name one file or more that are there');
  process.exit(2);
}

const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, 'localhost', () => {
    const { port: free } = probe.address();
    probe.close(() => resolve(free));
  });
});
const server = spawn(process.execPath, [join(root, 'e2e', 'support', 'serve.mjs'), String(port)], { stdio: 'inherit' });
const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...HEADLESS_FLAGS, ...SOFTWARE_ADAPTER_FLAGS] });

/** Bytes of memory of the largest process that has a tab in it; undefined where the system does not say. */
async function memory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => {
    const status = `/proc/${id}/status`;
    return existsSync(status) ? Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) * 1024 : 0;
  });
  return Math.max(0, ...sizes) || undefined;
}

/** In the page: notes the step and the time, and how late its own clock is. */
function watch() {
  const seen = { steps: [], late: 0 };
  globalThis.seen = seen;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    seen.late = Math.max(seen.late, now - last - 50);
    last = now;
    seen.steps.push([now, Number(document.querySelector('.progress strong')?.textContent.replace(/\D/g, '') ?? 0)]);
  }, 50);
}

const rate = (steps) => (steps.length < 2 ? undefined : (1000 * (steps.at(-1)[1] - steps[0][1])) / (steps.at(-1)[0] - steps[0][0]));
const rounded = (value, digits) => (value === undefined ? undefined : Number(value.toFixed(digits)));
const mebibytes = (bytes) => (bytes === undefined ? undefined : Math.round(bytes / 2 ** 20));

async function measure(file) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const link = new URLSearchParams([['v', '1'], ['optimizer.steps', '50000'], ['evaluation.every', '10000'], ['data.rows', '256']]);
  await page.goto(`http://localhost:${port}/some/sub-path/#${link}`);
  await page.locator('.device:has-text("MiB")').waitFor({ timeout: 120_000, state: 'attached' });
  await page.waitForFunction(() => !document.querySelector('.transport .start')?.disabled);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => document.querySelector('progress')?.value >= 20, undefined, { timeout: 120_000 });
  await page.locator('.card').filter({ has: page.getByRole('heading', { level: 3, name: 'Data', exact: true }) }).locator('> summary').click();
  await page.getByRole('button', { name: /table of your own/ }).click();
  await page.evaluate(watch);
  await page.waitForTimeout(BEFORE_MS);
  const held = await memory();
  let most = held;
  const began = await page.evaluate(() => { globalThis.seen.late = 0; return performance.now(); });
  await page.getByLabel('File of a table').setInputFiles(file);
  let isReading = true;
  const sampling = (async () => {
    while (isReading) {
      most = Math.max(most ?? 0, (await memory()) ?? 0) || undefined;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  await page.getByText('rows can be used').waitFor({ timeout: 600_000 });
  const [ended, { steps, late }, said] = await page.evaluate(() => [performance.now(), globalThis.seen, [...document.querySelectorAll('[role=dialog] *')].find((one) => one.children.length === 0 && /rows can be used/.test(one.textContent))?.textContent]);
  isReading = false;
  await sampling;
  const [before, meanwhile] = [steps.filter(([at]) => at < began), steps.filter(([at]) => at >= began && at <= ended)];
  console.log(JSON.stringify({
    file: file.split('/').at(-1), megabytes: Math.round(statSync(file).size / 1e6), said,
    stepsPerSecond: { before: rounded(rate(before), 2), meanwhile: rounded(rate(meanwhile), 2) }, reportSeconds: rounded((ended - began) / 1000, 1), longestMilliseconds: Math.round(late),
    tabMebibytes: { before: mebibytes(held), most: mebibytes(most) },
  }));
  await page.close();
}

try {
  for (const file of files) await measure(file);
} finally {
  await browser.close();
  server.kill();
}
