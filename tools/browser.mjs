// Where a browser is, and the flags that make WebGPU run without a GPU. The one place for both.
import { existsSync, realpathSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** Flags under which Chromium offers its software WebGPU adapter (SwiftShader) on a machine without a GPU. */
export const SOFTWARE_ADAPTER_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Flags under which headless Chromium offers a real GPU where there is one, and its software adapter elsewhere; the second is for Linux. */
export const ANY_ADAPTER_FLAGS = ['--enable-unsafe-webgpu', '--enable-features=Vulkan'];

/** Flags for a headless run on any machine, containers and root included. `--headless=new` because the headless shell has no WebGPU. */
export const HEADLESS_FLAGS = [
  '--headless=new', '--no-sandbox', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const CANDIDATES = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/usr/bin/microsoft-edge', '/snap/bin/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter(Boolean).flatMap((root) => [
    `${root}\\Google\\Chrome\\Application\\chrome.exe`, `${root}\\Chromium\\Application\\chrome.exe`, `${root}\\Microsoft\\Edge\\Application\\msedge.exe`,
  ]),
};

/** Where the system finds a program of that name; '' where it does not. */
export function onPath(name) {
  try {
    return execFileSync(process.platform === 'win32' ? 'where' : 'which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0].trim();
  } catch {
    return '';
  }
}

/** Path of an installed Chromium, Chrome or Edge, or of the one Playwright installed; undefined where there is none. */
export async function findBrowser() {
  const named = process.env.BROWSER_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`BROWSER_PATH: no file at ${named}; set it to the browser's executable or unset it`);
    return named;
  }
  for (const path of CANDIDATES[process.platform] ?? []) if (existsSync(path)) return path;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'microsoft-edge']) {
    const path = onPath(name);
    if (path) return path;
  }
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return path && existsSync(path) ? path : undefined;
}

/** The Vulkan driver for the processor (SwiftShader) that an installed Chromium brings along on Linux; undefined where there is none. */
export async function findSoftwareDriver() {
  const browser = await findBrowser();
  // What is on the path may be a script that starts the browser from elsewhere.
  const folders = [browser && dirname(realpathSync(browser)), '/usr/lib/chromium', '/opt/google/chrome', '/opt/microsoft/msedge'].filter(Boolean);
  return folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((file) => existsSync(file));
}
