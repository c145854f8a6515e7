// npm test [-- --only types,lint,unit,build,size,notices,deno,gpu,e2e,firefox]
//
// Runs everything and ends with the line "N passed, N failed", alone and last. Type check, lint, build, its size, and notices count as one check each.
import './nodeVersion.mjs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './install.mjs';
import { countPlaywright, countVitest, judge, judgeCheck, runScript } from './runner.mjs';

// Hang guards, far above what a slow machine with two cores needs. Together with the deadline they keep a run below 50 minutes.
const DEADLINE_SECONDS = 48 * 60;
const began = Date.now();
const secondsSince = (time) => (Date.now() - time) / 1000;

const reports = mkdtempSync(join(tmpdir(), 'lora-dropout-test-'));
const bin = (path) => join(root, 'node_modules', path);

async function vitest(project, limit) {
  const report = join(reports, `${project}.json`);
  const code = await runScript(bin('vitest/vitest.mjs'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], limit);
  return judge(code, countVitest(report));
}

async function playwright(projects, limit, options) {
  const report = join(reports, `${projects[0]}.json`);
  const chosen = projects.map((project) => `--project=${project}`);
  const code = await runScript(bin('playwright/cli.js'), ['test', ...chosen, '--reporter=list,json'], { ...limit, environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } });
  return judge(code, countPlaywright(report), options);
}

/** No Firefox, or one without an adapter, is nobody's failure; but nothing has passed either, and the output says so. */
async function firefox(limit) {
  const { findOrInstallFirefox, NO_FIREFOX } = await import('./installFirefox.mjs');
  if (findOrInstallFirefox()) return playwright(['firefox'], limit, { optional: true });
  console.log(`not run: ${NO_FIREFOX}`);
  return { passed: 0, failed: 0 };
}

/** Where Deno's package does not exist, or finds no adapter, there is nothing to test: that is said and is no failure. */
async function deno(limit) {
  const { chooseDeno } = await import('./runtimes/deno.mjs');
  const missing = await chooseDeno('any').then(() => undefined, (error) => error.message);
  if (missing === undefined) return vitest('deno', limit);
  console.log(`not run: ${missing}`);
  return { passed: 0, failed: 0 };
}

const check = async (script, args, limit) => judgeCheck(await runScript(script, args, limit));

/** In the order of running: what fails fastest first. What is `quiet` says nothing unless it fails and needs one core, so that it runs beside the one before it. */
const STEPS = {
  types: { title: 'Type check', minutes: 5, run: (limit) => check(bin('typescript/bin/tsc'), ['--noEmit'], limit) },
  lint: { title: 'Lint', quiet: true, minutes: 5, run: (limit) => check(bin('eslint/bin/eslint.js'), ['.', '--max-warnings', '0'], limit) },
  unit: { title: 'Unit tests', minutes: 15, run: (limit) => vitest('unit', limit) },
  build: { title: 'Build', minutes: 5, run: (limit) => check(bin('vite/bin/vite.js'), ['build', '--logLevel', 'warn'], limit) },
  size: { title: 'Size and origins of the build', minutes: 1, run: (limit) => check(join(root, 'tools', 'checkBuild.mjs'), [], limit) },
  notices: { title: 'Third-party notices', minutes: 1, run: (limit) => check(join(root, 'tools', 'notices.mjs'), ['--check'], limit) },
  deno: { title: 'Reference cases under Deno', minutes: 5, run: deno },
  gpu: { title: 'Kernel and engine tests in a browser', browser: true, minutes: 24, run: (limit) => vitest('gpu', limit) },
  e2e: { title: 'End-to-end tests', browser: true, minutes: 28, run: (limit) => playwright(['software', 'no-adapter'], limit) },
  firefox: { title: 'The built page in Firefox', minutes: 8, run: firefox },
};

function readSteps() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const names = values.only?.split(',') ?? Object.keys(STEPS);
  const unknown = names.find((name) => !(name in STEPS));
  if (unknown !== undefined) throw new Error(`--only: no step ${unknown}; the steps are ${Object.keys(STEPS).join(', ')}`);
  return Object.keys(STEPS).filter((name) => names.includes(name));
}

/** Finds the browser only once, after the packages are there; its path goes to the runners by BROWSER_PATH. */
async function prepareBrowser() {
  const { findOrInstallBrowser, NO_BROWSER } = await import('./installBrowser.mjs');
  const path = await findOrInstallBrowser();
  if (path) process.env.BROWSER_PATH = path;
  else console.log(`test: ${NO_BROWSER}`);
  return Boolean(path);
}

async function runStep(name, browser) {
  const step = STEPS[name];
  console.log(`\n━━ ${step.title} ━━`);
  const begun = Date.now();
  const seconds = Math.min(step.minutes * 60, DEADLINE_SECONDS - secondsSince(began));
  let result = { passed: 0, failed: 1 };
  if (step.browser && !browser) console.log('not run: there is no browser');
  else if (seconds <= 0) console.log('not run: the time for all tests is over');
  else result = await step.run({ seconds });
  return { ...result, title: step.title, seconds: secondsSince(begun) };
}

async function main() {
  const names = readSteps();
  ensureInstalled();
  const browser = names.some((name) => STEPS[name].browser) && await prepareBrowser();
  const results = [];
  for (let next = 0; next < names.length;) {
    const first = next++;
    while (next < names.length && STEPS[names[next]].quiet) next++;
    results.push(...await Promise.all(names.slice(first, next).map((name) => runStep(name, browser))));
  }
  console.log('');
  for (const { title, passed, failed, seconds } of results) console.log(`${failed ? 'FAILED' : passed ? 'ok    ' : 'none  '}  ${title.padEnd(38)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(0).padStart(5)} s`);
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}

let total;
let refused = false;
try {
  total = await main();
} catch (error) {
  console.log(`test: ${error.message.split('\n')[0]}`);
  total = { passed: 0, failed: 1 };
  refused = true;
}
rmSync(reports, { recursive: true, force: true });
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = refused ? 2 : total.failed > 0 ? 1 : 0;
