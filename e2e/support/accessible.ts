/** Looks at the page as axe does. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';

/** Each violation as a short text, so that a failure can be read. @param without rules that this page cannot follow, and why is said where they are named */
export async function isAccessible(page: Page, without: string[] = []): Promise<void> {
  // No colour is judged while it is on its way to another.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished)));
  const { violations } = await new AxeBuilder({ page }).disableRules(without).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
}
