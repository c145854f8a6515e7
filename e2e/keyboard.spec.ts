/** A whole session without a pointer: run, change, restart, download. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import { expect, test } from './support/page';

/** Presses Tab until the control with this name has the focus, as somebody without a mouse would. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '';
    });
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
  }
  throw new Error(`no control called ${name} can be reached with ${key}`);
}

test('run, change, restart and download by keyboard alone', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 5000, 'evaluation.every': 5000 });
  await page.keyboard.press('Space');
  await playground.hasReached(1);

  await tabTo(page, /^Optimizer/);
  await page.keyboard.press('Enter');
  await tabTo(page, 'Learning rate');
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('.chart-loss .mark')).toHaveText(['rate 0.005 → 0.003']);

  await tabTo(page, /^Model/, 'Shift+Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Rank r');
  await page.keyboard.press('ArrowLeft');
  await tabTo(page, 'Restart with 1 change');
  await page.keyboard.press('Enter');
  await expect(playground.runRows).toHaveCount(2);
  await playground.hasReached(2);

  // Space on the button that has the focus presses it, so that the run is paused from where nothing takes the key.
  await tabTo(page, 'Learning rate', 'Shift+Tab');
  await page.keyboard.press('Space');
  await playground.hasPaused();
  const paused = await playground.step();
  await page.keyboard.press('s');
  await expect.poll(() => playground.step()).toBe(paused + 1);
  await playground.hasPaused();

  await tabTo(page, 'Download and open runs', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await tabTo(page, /^JSON:/);
  const coming = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const { runs } = JSON.parse(await readFile(await (await coming).path(), 'utf8'));
  expect(runs).toHaveLength(2);
  expect(runs[1].config.model.rank).toBe(4);

  await page.keyboard.press('r');
  await expect(playground.start).toBeVisible();
  expect(await playground.step()).toBe(0);
});

test('keys belong to a field that is being typed in, and to a dialog that is open', async ({ page, playground }) => {
  await playground.open();
  await page.getByRole('textbox', { name: 'Seed', exact: true }).focus();
  await page.keyboard.press('s');
  await page.keyboard.press('Space');
  await page.keyboard.press('?');
  expect(await playground.step()).toBe(0);
  await expect(playground.start).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'What happens here' });
  await expect(help).toBeVisible();
  await page.keyboard.press('s');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await expect(playground.start).toBeVisible();
});

test('model, method, presets and the course of a rate by keyboard', async ({ page, playground }) => {
  await playground.open({ 'dropout.hidden.p': 0.2 });
  await tabTo(page, /^dropout$/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'method', exact: true })).toBeChecked();
  await tabTo(page, 'DoRA');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Layers and course of the rate at hidden');
  await page.keyboard.press('Enter');
  await tabTo(page, 'Rate over the run');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByText('now 0.017')).toBeVisible();
  await tabTo(page, /^Model/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('dora');
  await tabTo(page, /^nano-encoder/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: /^nano-decoder/ })).toBeChecked();
  await tabTo(page, 'Method');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('combobox', { name: 'Method' })).toHaveValue('rslora');
  await expect(page.getByText('The branch is scaled by α/√r = 5.66.')).toBeVisible();
});
