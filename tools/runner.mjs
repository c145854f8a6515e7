// Runs programs of the test suite with a time limit each and counts what they report.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { root } from './install.mjs';

const running = new Set();

/** Ends a program with everything it started: a browser that outlives its test runner would hold the machine. */
function end(child) {
  if (!child.pid) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    running.forEach(end);
    process.exit(130);
  });
}

/** Runs a Node script of a package; resolves to its exit code, or to null when it crashed or took longer than `seconds`. */
export function runScript(script, args, { seconds, environment = {} }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32', env: { ...process.env, ...environment },
    });
    running.add(child);
    const timer = setTimeout(() => {
      console.log(`\nnot done after ${Math.round(seconds)} s; ended`);
      end(child);
    }, seconds * 1000);
    const done = (code) => {
      clearTimeout(timer);
      end(child); // whatever it started and left behind
      running.delete(child);
      resolve(code);
    };
    child.on('error', () => done(null));
    child.on('exit', (code, signal) => done(signal ? null : code));
  });
}

const readReport = (file) => {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined; // cut off in the middle: the runner crashed while writing
  }
};

/** Tests that passed and failed, from vitest's JSON report. A file that could not be loaded has no tests and counts as one failure. */
export function countVitest(file) {
  const report = readReport(file);
  if (!report) return undefined;
  const unloaded = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'));
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

/** The same from Playwright's JSON report; errors outside tests (a spec that cannot be loaded) count as failures. */
export function countPlaywright(file) {
  const report = readReport(file);
  if (!report) return undefined;
  const { expected, flaky, unexpected, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

/**
 * What a runner counts for: its tests, and one failure more when it failed without any, ran none, or left no report.
 * @param optional where tests that all said why they cannot run here are no failure
 */
export function judge(code, counted, { optional = false } = {}) {
  const { passed, failed, skipped } = counted ?? { passed: 0, failed: 0, skipped: 0 };
  const ran = passed > 0 || (optional && skipped > 0);
  const crashed = failed === 0 && (code !== 0 || !counted || !ran);
  return { passed, failed: failed + (crashed ? 1 : 0) };
}

/** A program that is itself one check. */
export const judgeCheck = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
