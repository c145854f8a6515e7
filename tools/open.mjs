// Opens an address in a browser, on Linux, macOS and Windows. Never throws where there is none: a server without a browser is of use too.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, SOFTWARE_ADAPTER_FLAGS } from './browser.mjs';

/** Whether a window can be shown at all: Linux tells by two variables, the others always have a desktop. */
export function hasDisplay(platform = process.platform, environment = process.env) {
  return platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** The program that opens an address in the default browser, by platform. */
export function openerOf(address, platform = process.platform) {
  if (platform === 'darwin') return ['open', [address]];
  // `start` is a command of cmd.exe; its first quoted argument is a window title.
  if (platform === 'win32') return ['cmd', ['/c', 'start', '""', address]];
  return ['xdg-open', [address]];
}

export function openDefaultBrowser(address) {
  const [program, args] = openerOf(address);
  const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsVerbatimArguments: true });
  const sorry = () => console.log('  No browser could be opened; open the address yourself.');
  child.on('error', sorry);
  child.on('exit', (code) => code !== 0 && sorry());
  child.unref();
}

/** Opens a Chromium with its software adapter in a fresh profile; returns its path, undefined where there is none. */
export async function openSoftwareBrowser(address) {
  const path = await findBrowser();
  if (!path) return undefined;
  // A fresh profile, because a browser that already runs ignores the flags of a second start in its own profile.
  const profile = mkdtempSync(join(tmpdir(), 'lora-dropout-playground-'));
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // Chromium refuses to run as root with its sandbox
  const child = spawn(path, [...SOFTWARE_ADAPTER_FLAGS, ...asRoot, `--user-data-dir=${profile}`, '--no-first-run', '--no-default-browser-check', address], { stdio: 'ignore' });
  child.on('error', (error) => console.log(`  ${path} could not be started (${error.message}).`));
  child.on('exit', () => console.log('  The browser was closed; the address is still served.'));
  process.on('exit', () => {
    child.kill();
    try {
      rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // The browser may still hold a file there; the system clears its temporary folder.
    }
  });
  return path;
}
