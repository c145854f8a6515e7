/** Two cells of the grid through the queue on the built page: pausing for a run of a person's own, a reload, and the study beside it. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('cells are run in a queue that makes way for a run of one’s own, and outlive a reload', async ({ page, playground }) => {
  await playground.open({ 'evaluation.rows': 40, 'optimizer.steps': 12, 'evaluation.every': 3 });
  const compare = await playground.view('Compare');
  await compare.getByLabel('Seeds of the grid').selectOption('1');
  await expect(compare.getByText(/12 runs to go; the time is known after the first/)).toBeVisible();
  await compare.getByRole('button', { name: 'Run DropKey, column' }).click();
  await compare.getByRole('button', { name: 'Run HiddenCut, element' }).click();
  const queue = page.getByRole('group', { name: 'Queue', exact: true });
  await expect(queue).toContainText('of 3');
  await isAccessible(page);
  // Start is still Start: one's own run has the GPU, the queue rests.
  await playground.start.click();
  await expect(queue).toContainText('waits for your run');
  await expect(page).toHaveTitle(/^✓ 3 runs/, { timeout: 120_000 });
  await expect(compare.getByRole('article', { name: 'DropKey, column' })).toContainText('1 pair: too few to say');
  await compare.getByText('As tables').click();
  await expect(compare.getByRole('row', { name: /^DropKey, column 1 .*too few seeds/ })).toBeVisible();
  await playground.view('Curves');
  // Three of the queue and one's own.
  await expect(playground.runRows).toHaveCount(4);
  await playground.view('Compare');
  await page.reload();
  await expect(page.getByRole('article', { name: 'HiddenCut, element' })).toContainText('1 pair: too few to say');
  await page.getByRole('radio', { name: 'Studies' }).check();
  await page.getByLabel('Study', { exact: true }).selectOption('dynamics');
  await expect(page.getByRole('button', { name: /^Run \d+$/ })).toBeEnabled();
});
