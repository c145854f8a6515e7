/** A page that is loaded again has its runs and settings, and goes on where its run was. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('a reload takes nothing away, and forgetting takes everything', async ({ page, playground }) => {
  await playground.open({ 'dropout.hidden.p': 0.1, 'optimizer.steps': 24 });
  await playground.stepTo(3);
  const before = await playground.record();
  await page.reload();
  const offer = page.getByRole('button', { name: 'Go on from step 3' });
  await expect(offer).toBeVisible();
  await expect(playground.runRows).toHaveCount(1);
  await isAccessible(page);
  await expect(offer).toBeEnabled();
  await offer.click();
  await playground.hasFinished();
  const { points } = await playground.record();
  expect(points.step).toEqual(Array.from({ length: 24 }, (_, step) => step));
  expect(points.crossEntropy.slice(0, 3)).toEqual(before.points.crossEntropy);

  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'Forget everything' }).click();
  await page.getByRole('button', { name: /^Forget 1 run, settings/ }).click();
  await expect(page.getByText('Press Start')).toBeVisible();
  await expect(playground.start).toBeEnabled();
  await expect(playground.runRows).toHaveCount(0);
});
