/** The built page in an installed Firefox. Playwright runs and counts the tests; the browser is spoken to over WebDriver BiDi (see tools/firefox.mjs). */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import type { Browser, Page } from 'puppeteer-core';
import type { RunRecord } from '../../src/protocol/run';
import { launchFirefox } from '../../tools/firefox.mjs';
import { linkTo, type Settings, TINY } from './playground';

/**
 * What a person does with the page, as in playground.ts. Names are looked up as attributes and texts: asked for its accessibility tree while it
 * trains (measured in 153 on two busy cores), Firefox takes more than a minute, and the page is slow from then on.
 */
export class FirefoxPlayground {
  constructor(readonly page: Page, private readonly address: string, private readonly downloads: string) {}

  async open(settings: Settings = {}): Promise<void> {
    await this.page.goto(`${this.address}${linkTo({ ...TINY, ...settings })}`);
    await expect.poll(() => this.page.$$eval('.transport .start:enabled', (found) => found.length), { timeout: 60_000 }).toBe(1);
  }

  /** Presses a button by its label, or by what is written on it. */
  press(name: string): Promise<void> {
    return this.page.locator(`button[aria-label="${name}"], button ::-p-text(${name})`).click();
  }

  /** The step that the page shows. */
  step(): Promise<number> {
    return this.page.$eval('progress', (bar) => bar.value);
  }

  async hasReached(step: number): Promise<void> {
    await expect.poll(() => this.step(), { timeout: 60_000, intervals: [50] }).toBeGreaterThanOrEqual(step);
  }

  async hasFinished(): Promise<void> {
    await expect.poll(() => this.page.title(), { timeout: 90_000 }).toMatch(/^✓/);
  }

  texts(selector: string): Promise<string[]> {
    return this.page.$$eval(selector, (found) => found.map((element) => element.textContent ?? ''));
  }

  /** A number field beside its slider, or inside the dropout sentence. */
  async type(label: string, value: number): Promise<void> {
    const box = (await this.page.waitForSelector(`input[aria-label="${label}"]`))!;
    await box.click({ count: 3 });
    await this.page.keyboard.type(String(value));
    await this.page.keyboard.press('Enter');
  }

  /** The text of a download from the menu, as it lies in the folder of downloads. */
  async download(kind: 'CSV' | 'JSON'): Promise<string> {
    const before = new Set(readdirSync(this.downloads));
    await this.press('Download and open runs');
    await this.page.locator(`.popover button ::-p-text(${kind}:)`).click();
    // Firefox writes into a file called .part and renames it; the empty file that holds the name meanwhile does not count.
    const arrived = () => readdirSync(this.downloads).filter((name) => !before.has(name) && !name.endsWith('.part')).map((name) => readFileSync(join(this.downloads, name), 'utf8')).find(Boolean);
    await expect.poll(arrived).toBeDefined();
    return arrived()!;
  }

  async record(): Promise<RunRecord> {
    const read = JSON.parse(await this.download('JSON')) as RunRecord | { runs: RunRecord[] };
    return 'runs' in read ? read.runs.at(-1)! : read;
  }
}

interface Session {
  browser: Browser;
  version: string;
  downloads: string;
}

let session: Session | undefined;

async function start(): Promise<Session> {
  const downloads = mkdtempSync(join(tmpdir(), 'lora-dropout-downloads-'));
  const preferences = { 'browser.download.folderList': 2, 'browser.download.dir': downloads, 'browser.download.useDownloadDir': true, 'browser.download.alwaysOpenPanel': false };
  return { ...await launchFirefox({ preferences, protocolTimeout: 90_000 }), downloads };
}

async function stop(): Promise<void> {
  const ended = session;
  session = undefined;
  await ended?.browser.close().catch(() => undefined);
  if (ended) rmSync(ended.downloads, { recursive: true, force: true, maxRetries: 3 });
}

/** Whether the browser, or the process that held the page, is gone: then nothing was said about the page. */
async function hasDied({ browser }: Session, page: Page, address: string): Promise<boolean> {
  if (!browser.connected || page.isClosed()) return true;
  // A page that hangs is a failure of the page; in place of one whose process ended, the browser shows another, or lets nobody ask.
  const hangs = new Promise<string>((resolve) => { setTimeout(resolve, 60_000, address); });
  const shown = await Promise.race([page.evaluate(() => location.href).catch(() => 'gone'), hangs]);
  return !shown.startsWith(address);
}

/** Runs `body` on a fresh page. @returns whether the browser died of it; every other failure is thrown */
async function attempt(address: string, body: (playground: FirefoxPlayground) => Promise<void>): Promise<boolean> {
  session ??= await start();
  const own = session;
  // A visit of its own: what an earlier one kept is not here.
  const context = await own.browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('request', (request) => { if (!/^(data|blob|about):/.test(request.url()) && new URL(request.url()).origin !== new URL(address).origin) errors.push(`asked ${request.url()}`); });
  try {
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(address);
    const found = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
    if (!found) console.log(`not run: ${own.version} finds no adapter here; on Linux it needs a Vulkan driver (Debian: libvulkan1, mesa-vulkan-drivers)`);
    test.skip(!found, 'Firefox finds no adapter');
    await body(new FirefoxPlayground(page, address, own.downloads));
    expect(errors).toEqual([]);
  } catch (error) {
    if (!(await hasDied(own, page, address))) throw error;
    console.log(`${own.version} itself ended (${String(error).split('\n')[0]})`);
    return true;
  }
  await context.close();
  return false;
}

/**
 * A test of the page in Firefox. A browser that dies under it is started once more, which the output says; dying twice fails.
 * Skipped where Firefox has no adapter, which it then has not on any page.
 */
export function inFirefox(title: string, body: (playground: FirefoxPlayground) => Promise<void>): void {
  test(title, async ({ baseURL }) => {
    if (!(await attempt(baseURL!, body))) return;
    await stop();
    console.log('Firefox is started once more.');
    expect(await attempt(baseURL!, body), 'Firefox died twice').toBe(false);
  });
}

test.afterAll(stop);
