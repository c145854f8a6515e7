// Finds a browser for the tests, and installs one where there is none and it can be done without asking.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findBrowser } from './browser.mjs';
import { npm, root } from './install.mjs';

export const NO_BROWSER = 'found no Chromium, Chrome or Edge and could not install one; install one (Debian: `apt-get install chromium`, elsewhere: `npx playwright install chromium`), or set BROWSER_PATH to the browser\'s executable';

/** Name of the Linux distribution as it calls itself, such as "debian"; '' elsewhere. */
export function distribution() {
  const file = '/etc/os-release';
  return existsSync(file) ? (/^ID="?(\w+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '') : '';
}

/** Ways to install one, the surest first. Debian's own package brings its libraries along; Ubuntu's is a stub that needs snap. */
function waysToInstall() {
  const root = process.getuid?.() === 0;
  const ways = [];
  if (root && distribution() === 'debian') {
    ways.push({ name: 'apt-get install chromium', run: () => aptInstall('chromium') });
  }
  const withLibraries = root && process.platform === 'linux' ? ['--with-deps'] : [];
  ways.push({ name: 'playwright install chromium', run: () => npm(['exec', '--', 'playwright', 'install', ...withLibraries, 'chromium']) });
  return ways;
}

/** Installs Debian's packages; what apt-get says goes to stderr. @throws where it fails */
export function aptInstall(...packages) {
  apt(['update', '-qq']);
  apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

function apt(args) {
  execFileSync('apt-get', args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** Path of a browser, installed if need be; undefined when that failed: then NO_BROWSER says what to do. */
export async function findOrInstallBrowser() {
  for (const way of [undefined, ...waysToInstall()]) {
    if (way) {
      console.error(`Found no browser; trying ${way.name} …`);
      try {
        way.run();
      } catch (error) {
        console.error(`${way.name} failed (${error.message.split('\n')[0]})`);
      }
    }
    const path = await findBrowser();
    if (path) return path;
  }
  return undefined;
}
