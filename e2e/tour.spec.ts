/** The tour: from help and from a link, never by itself; each step can be skipped, and does what it says where one lets it. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';

test('the tour drives the page, and leaves it alone where it is skipped', async ({ page, playground }) => {
  await playground.open();
  const card = page.getByRole('complementary');
  await expect(card).toHaveCount(0);
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'A tour in six steps' }).click();
  await expect(card.getByRole('heading', { name: 'Learning by heart' })).toBeFocused();
  await expect(page.getByRole('dialog')).toBeHidden();
  await isAccessible(page);
  // Skipped: nothing has begun.
  await card.getByRole('button', { name: 'Next' }).click();
  await card.getByRole('button', { name: 'Next' }).click();
  await expect(playground.runRows).toHaveCount(0);
  await card.getByRole('button', { name: 'Put DropKey on the cards' }).click();
  await expect(page.getByRole('button', { name: 'DropKey', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await card.getByRole('button', { name: 'Next' }).click();
  await card.getByRole('button', { name: 'Look inside' }).click();
  await expect(page.getByRole('tabpanel', { name: 'Inside' })).toBeVisible();
  await card.getByRole('button', { name: 'Next' }).click();
  await card.getByRole('button', { name: 'Train with HiddenKey⁻ over it' }).click();
  await playground.hasFinished();
  expect((await playground.record()).config.dropout).toMatchObject({ logits: { pattern: 'column' }, hidden: { pattern: 'element' } });
  await card.getByRole('button', { name: 'End the tour' }).click();
  await expect(card).toHaveCount(0);

  // A link to a step brings its run along.
  await playground.goto(`${linkTo({ ...TINY, seed: 7 })}&tour=6`);
  await expect(page.getByRole('complementary')).toContainText('Side by side');
  await expect(page.getByRole('textbox', { name: 'Seed' })).toHaveValue('7');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  expect(page.url()).not.toContain('tour');
  await playground.goto('#tour=9');
  await expect(page.getByText('step “9” of the tour, which has 6')).toBeVisible();
});
