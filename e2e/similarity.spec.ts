/** A regression: other words, another loss, and a consistency term that compares numbers. */
import { expect, test } from './support/page';

test('HiddenKey on similarity compares by squared difference, says so, and trains', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 8, 'evaluation.every': 8 });
  await playground.unfold('Data');
  await page.getByRole('radio', { name: /^Similarity/ }).check();
  await playground.preset('HiddenKey');
  await expect(page.getByRole('combobox', { name: 'Consistency term' })).toHaveText('squared difference');
  await expect(page.getByText('compared by squared difference instead of KL')).toBeVisible();
  await expect(page.getByRole('combobox', { name: 'Consistency term' }).getByRole('option')).toHaveCount(1);

  await playground.train();
  await expect(page.getByRole('heading', { name: 'Squared error' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Held-out correlation' })).toBeVisible();
  const { config, points, evaluations } = await playground.record();
  expect(config).toMatchObject({ data: { source: 'similarity' }, consistency: { kind: 'mse', alpha: 0.1 } });
  expect(points.consistency.some((value) => value > 0)).toBe(true);
  expect(evaluations.at(-1)!.train.loss).toBeLessThan(evaluations[0].train.loss);
  expect(Math.abs(evaluations.at(-1)!.heldOut.metric)).toBeLessThanOrEqual(1);

  // Back to classes, back to a divergence of distributions.
  await page.getByRole('radio', { name: /^Sentiment/ }).check();
  await expect(page.getByRole('combobox', { name: 'Consistency term' }).getByRole('option', { selected: true })).toHaveText('symmetric KL');
});
