/** Links from elsewhere: taken for what they are worth, and never a reason to start anything. */
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';

test('unknown settings are named and ignored, the rest is taken, and nothing starts by itself', async ({ page, playground }) => {
  await playground.goto(linkTo({ ...TINY, 'model.rank': 4, 'model.flavour': 'vanilla', 'data.noise': 'little', 'dropout.nowhere.p': 0.5 }));
  const note = page.getByRole('status').filter({ hasText: 'From a link' });
  await expect(note).toContainText('3 are unknown here and were ignored');
  await expect(note.locator('code')).toHaveText(['data.noise=little', 'model.flavour=vanilla', 'dropout.nowhere.p=0.5']);
  await expect(note).toContainText('Press Start to run it.');
  await playground.unfold('Data', 'Model');
  await expect(page.getByRole('textbox', { name: 'Rank r, value' })).toHaveValue('4');
  await expect(page.getByRole('textbox', { name: 'Training rows, value' })).toHaveValue('16');
  await expect(playground.start).toBeEnabled();
  // Long enough for a run that started itself to have shown a step.
  await page.waitForTimeout(1500);
  expect(await playground.step()).toBe(0);
  await expect(playground.start).toBeVisible();
  await note.getByRole('button', { name: 'Close' }).click();
  await expect(note).toBeHidden();
});

test('a link of another version says so, and a damaged one opens the page all the same', async ({ page, playground }) => {
  await playground.goto('#v=0&model.rank=2');
  const note = page.getByRole('status').filter({ hasText: 'From a link' });
  await expect(note.locator('code')).toHaveText(['version 0']);
  await playground.unfold('Model');
  await expect(page.getByRole('textbox', { name: 'Rank r, value' })).toHaveValue('2');
  await playground.goto('#v=1&changes=[[1,&%E0%A4%A');
  await expect(note.locator('code').first()).toHaveText('changes');
  await expect(playground.start).toBeEnabled();
});

test('settings that cannot run keep Start disabled and say why', async ({ page, playground }) => {
  await playground.goto(linkTo({ ...TINY, 'optimizer.batchSize': 64 }));
  await expect(playground.chip).toBeVisible();
  await expect(playground.start).toBeDisabled();
  // It is said where one looks first, since the card with the control is folded, and nobody is told to press what cannot be pressed.
  await expect(page.getByText('Press Start to run it.')).toHaveCount(0);
  await expect(page.getByRole('alert')).toBeHidden();
  const note = page.getByRole('status').filter({ hasText: 'These settings cannot start. optimizer: batch of 64 rows from 16 training rows' });
  await note.getByRole('button', { name: 'Show the control' }).click();
  await expect(page.getByRole('alert')).toHaveText('optimizer: batch of 64 rows from 16 training rows; lower the batch or raise the rows');
  await expect(page.getByRole('alert')).toBeInViewport();
  await playground.type('Batch, value', 8);
  await expect(playground.start).toBeEnabled();
  await expect(note).toBeHidden();
});

test('a link pasted into the open page is taken over and starts nothing', async ({ page, playground }) => {
  await playground.open();
  await page.evaluate((hash) => {
    location.hash = hash;
  }, linkTo({ ...TINY, seed: 9, 'dropout.hidden.p': 0.25 }));
  await expect(page.getByRole('textbox', { name: 'Seed', exact: true })).toHaveValue('9');
  await expect(page.getByRole('textbox', { name: 'Chance at hidden', exact: true })).toHaveValue('0.25');
  await expect(playground.start).toBeEnabled();
  // What the page would share is what it was given.
  expect(new URL(await playground.link()).hash).toContain('dropout.hidden.p=0.25');
});
