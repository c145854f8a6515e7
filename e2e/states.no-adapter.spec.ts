/** A browser without a GPU and without the software adapter's flags: nothing can be trained, everything can be looked at. */
import { isAccessible } from './support/accessible';
import { expect, RECORDED_INDEX, test } from './support/page';
import { recordedRun } from './support/recordedRun';

test.beforeEach(async ({ page, playground }) => {
  await page.route(RECORDED_INDEX, (route) => route.fulfill({ json: ['example.json'] }));
  await page.route('**/recorded/example.json', (route) => route.fulfill({ json: recordedRun() }));
  await playground.goto('');
  const found = await page.evaluate(async () => Boolean(await navigator.gpu?.requestAdapter()));
  test.skip(found, 'this machine has an adapter without any flag');
});

test('says so, shows the command for the software adapter, and keeps Start disabled', async ({ page, playground }) => {
  const banner = playground.banner(/^The browser found no usable GPU$|^This browser cannot compute on the GPU yet$/);
  await expect(banner).toBeVisible();
  await expect(banner.locator('code')).toHaveText('npm start -- --software');
  await expect(playground.start).toBeDisabled();
  await expect(playground.start).toHaveAttribute('title', 'No run can start; the message above says why.');
  await expect(playground.oneStep).toBeDisabled();
  // Nobody is told to press what cannot be pressed.
  await expect(page.getByRole('main').getByText('Press Start')).toHaveCount(0);
  await isAccessible(page);
  await page.keyboard.press('Space');
  await expect(playground.start).toBeVisible();
  await banner.getByRole('button', { name: 'Try again' }).click();
  await expect(banner).toBeVisible();
});

test('the recorded run, the sentence, the examples and the masks work', async ({ page, playground }) => {
  await expect(page.getByText('An example run, recorded on a borrowed GPU')).toBeVisible();
  await expect(page.locator('.chart-loss .recharts-line-curve').first()).toBeAttached();
  await playground.unfold('Data');
  await expect(page.getByText(/Mirrors SST-2/)).toBeVisible();

  await playground.preset('DropKey');
  await expect(page.getByRole('img', { name: /^Mask at step 0: whole keys/ })).toBeVisible();
  const inside = await playground.view('Inside');
  const dropKey = inside.locator('.place').filter({ hasText: 'in your sentence' }).first();
  const struck = async () => (await dropKey.locator('del').allTextContents()).join(' ');
  await playground.type('Chance at logits', 0.5);
  await expect.poll(struck).not.toBe('');
  const before = await struck();
  await page.getByRole('button', { name: 'Re-roll' }).click();
  await expect.poll(struck).not.toBe(before);
  await page.getByRole('radio', { name: 'evaluation' }).check();
  await expect.poll(struck).toBe('');

  // A run from elsewhere can be looked at, and the settings can be shared with somebody who has a GPU.
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'run.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(recordedRun({ id: 'other', name: 'Brought along' }))) });
  await playground.view('Curves');
  await expect(playground.runRows).toHaveCount(2);
  expect(await playground.link()).toContain('dropout.logits.p=0.5');
});
