/** The GPU goes away under a run: it goes on by itself, its curves are those of a run that was never interrupted, and there is not one error besides. */
import { HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from '../tools/browser.mjs';
import { expect, test } from './support/page';
import { isAccessible } from './support/accessible';

// A browser of its own, since every page in it loses its GPU; without the limit after which Chromium gives up on a GPU that crashes.
test.use({ launchOptions: async ({ launchOptions }, use) => use({ ...launchOptions, args: [...HEADLESS_FLAGS, ...SOFTWARE_ADAPTER_FLAGS, '--disable-gpu-process-crash-limit'] }) });

const SETTINGS = { 'optimizer.steps': 60, 'evaluation.every': 5, 'dropout.hidden.p': 0.1, 'dropout.logits.p': 0.1, 'consistency.kind': 'kl' };

test('a lost device does not take a run away', async ({ page, browser, playground }) => {
  const session = await browser.newBrowserCDPSession();
  // Never answered: the process that would is the one that ends.
  const loseDevice = () => void session.send('Browser.crashGpuProcess').catch(() => undefined);
  await playground.open(SETTINGS);
  await playground.start.click();
  await playground.hasReached(20);
  loseDevice();
  const note = page.getByRole('status').filter({ hasText: 'The GPU was reset by the system' });
  await expect(note).toContainText(/The run went on from step \d+\. Its curves are those of a run that was never interrupted\./);
  // From a snapshot, and not all over again.
  expect(Number(/from step (\d+)/.exec((await note.textContent())!)![1])).toBeGreaterThan(0);
  await isAccessible(page);
  await expect(page.locator('.banner')).toHaveCount(0);
  await playground.hasFinished();
  const interrupted = await playground.record();
  expect(interrupted.points.step).toEqual(Array.from({ length: 60 }, (_, step) => step));

  // The same run again, undisturbed, in the engine that came back.
  await playground.start.click();
  await expect(page).not.toHaveTitle(/^✓/);
  await playground.hasFinished();
  const whole = await playground.record();
  expect(whole.id).not.toBe(interrupted.id);
  for (const column of ['crossEntropy', 'consistency', 'gradientNorm', 'learningRate'] as const) expect(interrupted.points[column], column).toEqual(whole.points[column]);
  const scores = ({ evaluations }: typeof whole) => evaluations.map(({ step, heldOut, train }) => ({ step, heldOut, train }));
  expect(scores(interrupted)).toEqual(scores(whole));
});
