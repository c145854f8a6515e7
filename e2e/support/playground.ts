/** What a person does with the page, in the words that the page uses. Runs are kept tiny: the processor is the GPU, and shared. */
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from 'playwright/test';
import type { RunRecord } from '../../src/protocol/run';

export type Settings = Record<string, string | number>;

/**
 * A run of a few seconds on a software adapter. Without warm-up, so that the first step already moves the weights. Says what a test may rely
 * on, since the page's own defaults are chosen anew now and then.
 */
export const TINY: Settings = {
  seed: 42, 'data.rows': 16, 'data.noise': 0.1, 'model.rank': 8, 'optimizer.learningRate': 0.005, 'optimizer.clip': 1,
  'optimizer.batchSize': 4, 'optimizer.steps': 12, 'optimizer.warmup': 0, 'evaluation.every': 6,
};

/** The part of a link after `#`, written by hand so that the page's own writer is not its own judge. */
export const linkTo = (settings: Settings): string => `#${new URLSearchParams([['v', '1'], ...Object.entries(settings).map(([field, value]) => [field, String(value)])])}`;

export class Playground {
  readonly start: Locator;
  readonly pause: Locator;
  readonly resume: Locator;
  readonly oneStep: Locator;
  readonly reset: Locator;
  readonly chip: Locator;
  readonly runRows: Locator;

  constructor(readonly page: Page) {
    const transport = page.getByRole('group', { name: 'Run', exact: true });
    this.start = transport.getByRole('button', { name: 'Start', exact: true });
    this.pause = transport.getByRole('button', { name: 'Pause', exact: true });
    this.resume = transport.getByRole('button', { name: 'Resume', exact: true });
    this.oneStep = transport.getByRole('button', { name: 'One step' });
    this.reset = transport.getByRole('button', { name: 'Reset' });
    this.chip = page.getByRole('button', { name: 'Device and limits' });
    this.runRows = page.getByRole('region', { name: 'Runs, table' }).locator('tbody tr');
  }

  /** Opens the page with `settings` over the tiny run and waits until it could start. */
  async open(settings: Settings = {}): Promise<void> {
    await this.goto(linkTo({ ...TINY, ...settings }));
    await expect(this.start).toBeEnabled();
  }

  /** Opens the page with a link as it stands, and waits for nothing. */
  async goto(hash: string): Promise<void> {
    // A new part after # alone would not load the page again.
    if (this.page.url() !== 'about:blank') {
      const { origin } = new URL(this.page.url());
      await this.page.goto('about:blank');
      // Each visit is somebody's first one, unless a test loads the page again itself. Only Chromium can be asked for that.
      const session = await this.page.context().newCDPSession(this.page).catch(() => undefined);
      await session?.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb,local_storage' });
      await session?.detach();
    }
    await this.page.goto(`./${hash}`);
  }

  /** The step that the page shows. */
  async step(): Promise<number> {
    return this.page.getByRole('progressbar', { name: 'Progress of the run' }).evaluate((bar) => (bar as HTMLProgressElement).value);
  }

  async hasReached(step: number): Promise<void> {
    await expect.poll(() => this.step(), { intervals: [50] }).toBeGreaterThanOrEqual(step);
  }

  /** The title of the tab says so. */
  async hasFinished(): Promise<void> {
    await expect(this.page).toHaveTitle(/^✓/, { timeout: 90_000 });
  }

  async hasPaused(): Promise<void> {
    await expect(this.resume).toBeVisible();
  }

  async train(): Promise<void> {
    await this.start.click();
    await this.hasFinished();
  }

  /** The text of a download from the menu. */
  async download(kind: 'CSV' | 'JSON'): Promise<string> {
    await this.page.getByRole('button', { name: 'Download and open runs' }).click();
    const coming = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: `${kind}:` }).click();
    return readFile(await (await coming).path(), 'utf8');
  }

  /** All visible runs as their files hold them, oldest first. */
  async records(): Promise<RunRecord[]> {
    const read = JSON.parse(await this.download('JSON')) as RunRecord | { runs: RunRecord[] };
    return 'runs' in read ? read.runs : [read];
  }

  /** The newest visible run. */
  async record(): Promise<RunRecord> {
    return (await this.records()).at(-1)!;
  }

  /** The link that the share button offers. */
  async link(): Promise<string> {
    await this.page.getByRole('button', { name: 'Share link' }).click();
    const link = await this.page.getByRole('textbox', { name: 'Link', exact: true }).inputValue();
    await this.page.keyboard.press('Escape');
    return link;
  }

  /** Unfolds a card of the experiment, as one has to before anything in it can be reached. */
  async unfold(...titles: readonly ('Data' | 'Model' | 'Optimizer')[]): Promise<void> {
    for (const title of titles) {
      // A folded card may add to its heading what waits in it.
      const card = this.page.locator('details.card').filter({ has: this.page.getByRole('heading', { level: 3, name: new RegExp(`^${title}\\b`) }) });
      if (!await card.evaluate((details: HTMLDetailsElement) => details.open)) await card.locator('> summary').click();
    }
  }

  /** Unfolds the card that a control stands in. */
  private async reach(control: Locator): Promise<void> {
    const folded = this.page.locator('details.card:not([open])').filter({ has: control });
    if (await folded.count()) await folded.locator('> summary').click();
  }

  /** Goes to a view of the right column, and answers what it shows. */
  async view(title: 'Curves' | 'Inside' | 'Race' | 'Text' | 'Compare'): Promise<Locator> {
    await this.page.getByRole('tab', { name: title, exact: true }).click();
    const panel = this.page.getByRole('tabpanel', { name: title, exact: true });
    await expect(panel).toBeVisible();
    return panel;
  }

  /** A number field beside its slider, or inside the dropout sentence. */
  async type(label: string, value: number): Promise<void> {
    await this.reach(this.page.getByRole('textbox', { name: label, exact: true, includeHidden: true }));
    const box = this.page.getByRole('textbox', { name: label, exact: true });
    await box.fill(String(value));
    await box.press('Enter');
  }

  async choose(word: string, option: string): Promise<string[]> {
    await this.reach(this.page.getByRole('combobox', { name: word, exact: true, includeHidden: true }));
    return this.page.getByRole('combobox', { name: word, exact: true }).selectOption({ label: option });
  }

  /** A dropout preset, or one of another group. */
  async preset(title: string, group: 'dropout' | 'method' | 'regulariser' = 'dropout'): Promise<void> {
    const presets = this.page.getByRole('region', { name: 'Presets' });
    await presets.getByRole('radio', { name: group, exact: true }).check();
    await presets.getByRole('button', { name: title, exact: true }).click();
  }

  /** One step after another by hand, until `step` are done. */
  async stepTo(step: number): Promise<void> {
    for (let done = await this.step(); done < step; done++) {
      await this.oneStep.click();
      await expect.poll(() => this.step(), { intervals: [50] }).toBe(done + 1);
      await this.hasPaused();
    }
  }

  /** Opens a line of rarely used fields. */
  async openMore(summary: string): Promise<void> {
    await this.page.getByText(summary, { exact: true }).click();
  }

  /** A checkpoint of the current run: where the browser put it, and its name. */
  async checkpoint(): Promise<{ path: string; name: string }> {
    await this.page.getByRole('button', { name: 'Download and open runs' }).click();
    const coming = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: /^Checkpoint:/ }).click();
    const download = await coming;
    return { path: await download.path(), name: download.suggestedFilename() };
  }

  /** Chooses a file from the menu. */
  async bring(name: string, buffer: Buffer): Promise<void> {
    await this.page.getByRole('button', { name: 'Download and open runs' }).click();
    await this.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  }

  banner(title: string | RegExp): Locator {
    return this.page.locator('.banner').filter({ has: this.page.getByRole('heading', { level: 2, name: title }) });
  }
}
