// npm run bench -- --page: the built page's time budgets, in a fresh browser each round.
//
// Start         from the address typed to the Start button enabled, an adapter found and the kernels tested
// first point   from the click on Start to the first line of the new run in the loss chart
// tasks         95th percentile of the page's main-thread tasks of at least a millisecond while one run trains
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findBrowser, HEADLESS_FLAGS } from '../tools/browser.mjs';
import { root } from '../tools/install.mjs';

const PORT = 4188;
const ADDRESS = `http://localhost:${PORT}/some/sub-path/`;
const LIMITS = { software: { start: 8, point: 2 }, gpu: { start: 3, point: 0.5 } };
const TASK_LIMIT_MS = 50;
const WATCHED_MS = 8000;
const PATIENCE = 120_000;

const seconds = (ms) => ms / 1000;

async function serve() {
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn' });
  const server = spawn(process.execPath, [join(root, 'e2e', 'support', 'serve.mjs'), String(PORT)], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; tries < 50; tries++) {
    if (await fetch(ADDRESS).then((response) => response.ok, () => false)) return server;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  server.kill();
  throw new Error(`page: nothing answers at ${ADDRESS}; is the port free?`);
}

/** Times are taken in the page, frame by frame, so that the way to this process does not count. */
const whenStartIsEnabled = () => new Promise((resolve) => {
  const look = () => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Start');
    if (button && !button.disabled && document.querySelector('button[aria-label="Device and limits"]')) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
});

const clickAndSeeAPoint = () => new Promise((resolve) => {
  const lines = () => document.querySelectorAll('figure.chart-loss .recharts-line').length;
  const steps = () => Number(document.querySelector('progress[aria-label="Progress of the run"]').value);
  const before = lines();
  const begun = performance.now();
  [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'Start').click();
  const look = () => (lines() > before && steps() >= 1 ? resolve(performance.now() - begun) : requestAnimationFrame(look));
  requestAnimationFrame(look);
});

/** Durations in milliseconds of the renderer's main-thread tasks in a trace. */
function mainThreadTasks(trace) {
  const events = JSON.parse(trace).traceEvents;
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`));
  return events.filter(({ name, ph, pid, tid }) => ph === 'X' && name === 'RunTask' && mains.has(`${pid}/${tid}`)).map(({ dur }) => dur / 1000);
}

async function round(executablePath, flags) {
  const { chromium } = await import('playwright');
  const browser = await chromium.launch({ executablePath, args: [...HEADLESS_FLAGS, ...flags] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE);
    // Whoever is measured does not wait.
    await page.addInitScript(() => localStorage.setItem('lora-dropout-view', JSON.stringify({ pace: 'full' })));
    await page.goto(ADDRESS);
    const limit = (what) => new Promise((_, reject) => setTimeout(() => reject(new Error(`page: ${what} did not come within ${PATIENCE / 1000} s`)), PATIENCE).unref());
    const start = await Promise.race([page.evaluate(whenStartIsEnabled), limit('an enabled Start button')]);
    const adapter = await page.getByRole('button', { name: 'Device and limits' }).innerText();
    const point = await Promise.race([page.evaluate(clickAndSeeAPoint), limit('a first point')]);
    await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel', '__metadata'] });
    await page.waitForTimeout(WATCHED_MS);
    const tasks = mainThreadTasks((await browser.stopTracing()).toString()).filter((ms) => ms >= 1).sort((a, b) => a - b);
    const steps = await page.getByRole('progressbar', { name: 'Progress of the run' }).evaluate((bar) => bar.value);
    return { start, point, adapter, steps, tasks };
  } finally {
    await browser.close();
  }
}

export async function measurePage({ adapterFlags, rounds, say }) {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error('found no Chromium, Chrome or Edge; install one or run `npx playwright install chromium`');
  const server = await serve();
  try {
    const taken = [];
    for (let index = 0; index < rounds; index++) {
      taken.push(await round(executablePath, adapterFlags));
      const { start, point, steps, tasks } = taken[index];
      say(`round ${index + 1} of ${rounds}: Start ${seconds(start).toFixed(2)} s, first point ${seconds(point).toFixed(2)} s, ${tasks.length} tasks, ${steps} steps`);
    }
    const [{ adapter }] = taken;
    const profile = /software/.test(adapter) ? 'software' : 'gpu';
    const percentile = (tasks) => tasks[Math.min(tasks.length - 1, Math.floor(tasks.length * 0.95))];
    const withTasks = taken.map(({ tasks }) => tasks).filter((tasks) => tasks.length > 0);
    return {
      adapter: adapter.split(' · ')[0], profile, runtime: 'Chromium', rounds,
      budgets: [
        { name: 'Start enabled', unit: 's', limit: LIMITS[profile].start, values: taken.map(({ start }) => seconds(start)) },
        { name: 'first point', unit: 's', limit: LIMITS[profile].point, values: taken.map(({ point }) => seconds(point)) },
        { name: 'main-thread tasks, p95', unit: 'ms', limit: TASK_LIMIT_MS, values: withTasks.map(percentile) },
        { name: 'longest main-thread task', unit: 'ms', values: withTasks.map((tasks) => tasks[tasks.length - 1]) },
      ],
    };
  } finally {
    server.kill();
  }
}
