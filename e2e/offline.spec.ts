/** Once the model is there the page needs nobody: no network, no other origin, nothing that its policy would have to stop. */
import { expect, test } from './support/page';

declare global {
  interface Window { breaches: string[] }
}

test('trains, draws and downloads without a network, and breaks no rule of the policy', async ({ page, context, playground }) => {
  await page.addInitScript(() => {
    window.breaches = [];
    document.addEventListener('securitypolicyviolation', (event) => window.breaches.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await playground.open();
  // The chip knows the plan, and the plan needs the model.
  await expect(playground.chip).toContainText('MiB');
  expect(new URL(page.url()).pathname).toBe('/some/sub-path/');
  await context.setOffline(true);
  await playground.train();
  await expect(page.locator('.chart-loss .recharts-line-curve').first()).toBeAttached();
  expect((await playground.record()).points.step).toHaveLength(12);
  await playground.link();
  expect(await page.evaluate(() => window.breaches)).toEqual([]);
});
