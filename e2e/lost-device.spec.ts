/** The GPU goes away under the engine: one fault with its way out, and not one error besides. */
import { HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../tools/browser.mjs';
import { expect, test } from './support/page';
import { isAccessible } from './support/accessible';

// A browser of its own, since every page in it loses its GPU; without the limit after which Chromium gives up on a GPU that crashes.
test.use({ launchOptions: async ({ launchOptions }, use) => use({ ...launchOptions, args: [...HEADLESS_FLAGS, ...SOFTWARE_ADAPTER_FLAGS, '--disable-gpu-process-crash-limit'] }) });

const LONG = { 'optimizer.steps': 5000, 'evaluation.every': 3, 'dropout.hidden.p': 0.1 };

test('a lost device is one fault: curves are kept, and a new engine trains', async ({ page, browser, playground }) => {
  const session = await browser.newBrowserCDPSession();
  // Never answered: the process that would is the one that ends.
  const loseDevice = () => void session.send('Browser.crashGpuProcess').catch(() => undefined);
  await playground.open(LONG);
  await playground.start.click();
  await playground.hasReached(4);
  loseDevice();

  const banner = playground.banner('The GPU was reset by the system');
  await expect(banner).toContainText('Curves so far are kept.');
  await expect(page.locator('.banner')).toHaveCount(1);
  await expect(playground.start).toBeDisabled();
  await isAccessible(page);
  expect((await playground.record()).points.step.length).toBeGreaterThanOrEqual(4);
  // What is still on its way when the device goes must not arrive as another fault later.
  await page.waitForTimeout(1000);
  await expect(page.locator('.banner h2')).toHaveText(['The GPU was reset by the system']);

  await banner.getByRole('button', { name: 'Restart the engine' }).click();
  await expect(playground.start).toBeEnabled();
  await expect(banner).toBeHidden();
  await playground.start.click();
  await playground.hasReached(1);
});
