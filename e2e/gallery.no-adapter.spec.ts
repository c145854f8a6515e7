/** The gallery of states: every state says something, in few words, readable in light and dark. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('every state of the gallery is there, short and accessible in light and dark', async ({ page }) => {
  await page.goto('./gallery.html');
  await expect(page.getByRole('heading', { level: 1, name: 'States of the page' })).toBeVisible();
  const states = page.locator('.gallery-state');
  await expect(states.last()).toBeVisible();
  await expect(page.getByText('The table is being read.')).toHaveCount(0);
  for (const state of await states.all()) {
    const name = (await state.getAttribute('aria-label'))!;
    const said = await state.locator('.banner > div:first-child, .note p, .device, [role=status], .place, .gallery-table, .tiny-held-out').allInnerTexts();
    expect(said.join(' ').trim().length, name).toBeGreaterThan(10);
    for (const card of await state.locator('.note p').allInnerTexts()) expect(card.split(/\s+/).length, `${name}: ${card}`).toBeLessThanOrEqual(60);
  }
  // Several states of one page stand on this one, so that their parts have one name.
  const repeated = ['landmark-unique'];
  await isAccessible(page, repeated);
  await page.emulateMedia({ colorScheme: 'dark' });
  await isAccessible(page, repeated);
});
