/** What is looked at in a run can be gone back to, averaged, and compared between two methods under one mask. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('a look can be frozen and gone back to, masks averaged, and twins compared', async ({ page, playground }) => {
  await playground.open({ 'dropout.logits.p': 0.3, 'optimizer.steps': 120 });
  const inside = await playground.view('Inside');
  await playground.start.click();
  const line = inside.getByRole('group', { name: 'Steps that were looked at' });
  await line.getByRole('button', { name: /^Freeze at step/ }).click();
  await playground.hasFinished();
  const range = line.getByRole('slider');
  await range.press('Home');
  await expect(inside.getByText(/A held-out sentence at step \d,/)).toBeVisible();
  await line.getByRole('button', { name: 'Follow the run' }).click();
  await expect(inside.getByText('A held-out sentence at step 120,')).toBeVisible();
  await inside.getByRole('checkbox', { name: 'mean of 20 masks' }).check();
  await expect(inside.getByText('dropped in the mean of 20 draws').first()).toBeVisible();
  await expect(inside.getByText('Both attend alike, to the last digit. Their gradients are not the same')).toBeVisible();
  await inside.getByText('by their sum', { exact: true }).click();
  await expect(inside.getByText('Their gradients are the same too.')).toBeVisible();
  await inside.getByRole('button', { name: 'Drop each key of the sentence' }).click();
  await expect(inside.getByText(/At step 120 the model says (positive|negative|\S+) with \d/)).toBeVisible();
  await inside.getByRole('button', { name: /^Drop more and more of/ }).click();
  await expect(inside.getByRole('figure', { name: 'Deletion curve' })).toContainText('mean of 16 held-out rows at step 120');
  await isAccessible(page);
});
