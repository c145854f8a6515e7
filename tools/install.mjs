// Installs the packages of package-lock.json where they are missing or others, and says so.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/** The first package whose installed version is not the locked one; undefined when all are there. */
export function firstMissing(locked, installed) {
  // Optional packages are those of other operating systems, and '' is this project itself.
  return Object.keys(locked).find((name) => name && !locked[name].optional && !locked[name].devOptional && installed[name]?.version !== locked[name].version);
}

/** npm as a program and its first arguments: the npm that started us, else the one on the path (on Windows a .cmd, which needs a shell). */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && script.endsWith('.js') && /npm/.test(script)) return { program: process.execPath, first: [script], shell: false };
  return { program: 'npm', first: [], shell: process.platform === 'win32' };
}

/** Runs npm with its output shown on standard error, so that standard output stays the command's own. */
export function npm(args) {
  const { program, first, shell } = npmCommand();
  execFileSync(program, [...first, ...args], { cwd: root, shell, stdio: ['ignore', 2, 2] });
}

/** Brings node_modules to what package-lock.json says. @throws when npm fails */
export function ensureInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json'); // npm writes down there what it installed
  const missing = existsSync(record) ? firstMissing(packagesOf(join(root, 'package-lock.json')), packagesOf(record)) : 'node_modules';
  if (!missing) return;
  console.error(`Installing packages (${missing} is missing or has another version) …`);
  // Development packages are needed to serve and to test, whatever NODE_ENV says.
  npm(['ci', '--include=dev', '--no-audit', '--no-fund']);
}
