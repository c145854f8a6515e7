/** A race: variants side by side on the same batches, each as if it were alone; and what they have trained is there after a reload. */
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('two lanes go on in step, each as it would alone, and give their weights after a reload', async ({ page, playground }) => {
  await playground.open({ 'dropout.logits.p': 0.2 });
  await playground.train();
  const alone = await playground.record();
  const panel = await playground.view('Race');
  for (const title of ['DropKey', 'DropAttention', 'HiddenCut']) await panel.getByRole('button', { name: title, exact: true }).click();
  await panel.getByRole('button', { name: 'As on the cards' }).click();
  await expect(panel.getByRole('status')).toHaveText(/^2 lanes need .+ together\.$/);
  await panel.getByRole('button', { name: 'Start the race' }).click();
  await playground.hasFinished();
  await expect(panel.locator('.lane')).toHaveCount(2);
  await expect(panel.locator('.lane-mask').last()).toContainText('dropped in this draw');
  await isAccessible(page);
  const [baseline, raced] = (await playground.records()).slice(-2);
  expect(raced.points.crossEntropy).toEqual(alone.points.crossEntropy);
  expect(raced.evaluations.map(({ heldOut }) => heldOut)).toEqual(alone.evaluations.map(({ heldOut }) => heldOut));
  expect(baseline.points.crossEntropy).not.toEqual(alone.points.crossEntropy);
  expect(raced.device).toMatch(/, in a race of 2$/);

  // The first run's weights were left behind long ago; after a reload they are the engine's again.
  await page.waitForTimeout(1500);
  await page.reload();
  await expect(playground.start).toBeEnabled();
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.getByRole('button', { name: /^Adapter/ }).click();
  await page.getByRole('button', { name: `Bring back the weights of ${raced.name}`, exact: true }).click();
  const adapter = page.getByRole('region', { name: 'Adapter (PEFT)' });
  const coming = page.waitForEvent('download');
  await adapter.getByRole('button', { name: 'Download as .zip' }).click();
  const files = unzipSync(await readFile(await (await coming).path()));
  const weights = Object.keys(files).find((name) => name.endsWith('adapter_model.safetensors'))!;
  expect(files[weights].length).toBeGreaterThan(1000);
  await expect(page.getByText(/has the weights after step \d+\.$/)).toBeVisible();
});
