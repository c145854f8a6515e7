/** axe finds nothing: light, dark, on a phone, before and after a run, with everything open. Fault states are looked at where they are provoked. */
import type { Page } from 'playwright/test';
import { isAccessible } from './support/accessible';
import { expect, RECORDED_INDEX, test } from './support/page';
import { recordedRun } from './support/recordedRun';

async function isAccessibleInBothSchemes(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await isAccessible(page);
  }
}

test('light and dark: before a run, with two, with a table, a menu', async ({ page, playground }) => {
  await playground.open({ 'data.noise': 1, 'optimizer.steps': 24, 'evaluation.every': 8, 'optimizer.warmup': 2, nonsense: 1 });
  await isAccessibleInBothSchemes(page);
  await playground.train();
  await expect(page.getByText('learned its rows by heart')).toBeVisible();
  // A change on the chart, the second run of the overlay, a consistency term, and a restart that waits.
  await playground.preset('HiddenKey');
  await playground.type('Steps, value', 5000);
  await playground.start.click();
  await playground.hasReached(1);
  await playground.type('Chance at hidden', 0.3);
  await playground.type('Rank r, value', 4);
  await expect(page.getByRole('button', { name: 'Restart with 1 change' })).toBeVisible();
  await page.getByRole('button', { name: 'Loss: show the evaluations as a table' }).click();
  await page.getByText('Accumulation, warm-up, clipping, evaluation').click();
  await page.getByText('Weight decay, L1, label smoothing, NEFTune').click();
  await page.getByText('Which layers').click();
  await playground.pause.click();
  await isAccessibleInBothSchemes(page);
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await isAccessible(page);
  await page.keyboard.press('Escape');
});

test('light and dark: inside a run, and the sheets', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 6, 'dropout.logits.p': 0.3, 'dropout.logits.pattern': 'column' });
  await playground.train();
  const inside = await playground.view('Inside');
  await expect(inside.getByText('as this run sees it')).toBeVisible();
  await isAccessibleInBothSchemes(page);
  const text = await playground.view('Text');
  await expect(text.getByRole('region', { name: 'Confusion matrix' })).toBeVisible();
  await text.getByRole('textbox', { name: 'Text' }).fill('the film was a quiet joy');
  await text.getByRole('button', { name: 'Read' }).click();
  await expect(text.locator('.own-answer')).toContainText(/positive \d/);
  await isAccessibleInBothSchemes(page);
  await playground.chip.click();
  await expect(page.getByRole('dialog', { name: 'Device and limits' }).getByText('Dispatches a step')).toBeVisible();
  await isAccessibleInBothSchemes(page);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Help' }).click();
  await expect(page.getByRole('dialog', { name: 'What happens here' }).getByText('Nothing here can break.')).toBeVisible();
  await isAccessibleInBothSchemes(page);
});

test('phone: no sideways scrolling, and with a recorded run', async ({ page, playground }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.route(RECORDED_INDEX, (route) => route.fulfill({ json: ['example.json'] }));
  await page.route('**/recorded/example.json', (route) => route.fulfill({ json: recordedRun() }));
  await playground.open({ 'dropout.hidden.p': 0.1 });
  await expect(page.getByText('An example run')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  // Start and the curve that tells the story fit the first screen, and Start stays when the rest of the bar scrolls away.
  await expect(page.locator('.chart-loss .chart-frame')).toBeInViewport({ ratio: 1 });
  await page.evaluate(() => globalThis.scrollTo(0, 900));
  await expect(playground.start).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('button', { name: 'Help' })).not.toBeInViewport();
  await page.getByRole('button', { name: 'Help' }).focus();
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: /^Theme/ })).toBeInViewport();
  await page.evaluate(() => globalThis.scrollTo(0, 0));
  await isAccessible(page);
  await playground.unfold('Optimizer');
  await expect(page.getByRole('slider', { name: 'Learning rate' })).toBeVisible();
  await isAccessible(page);
});
