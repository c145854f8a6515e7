import { expect, test } from './support/page';

test('the page opens without an error and asks nobody else for anything', async ({ page }) => {
  const missing: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) missing.push(`${response.status()} ${response.url()}`);
  });
  await page.goto('./');
  await expect(page).toHaveTitle('LoRA Dropout Playground');
  await expect(page.getByRole('heading', { level: 1, name: 'LoRA Dropout Playground' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(missing).toEqual([]);
});

test('the policy lets nothing in from elsewhere, and it is enforced', async ({ page, watch }) => {
  watch.expected.push(/Content Security Policy/);
  await page.goto('./');
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  expect(policy).toContain("connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co;");
  // Tried for real: an inline script must not run, and another origin must not be asked.
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.inlineRan = true';
    document.head.append(script);
    return { inline: 'inlineRan' in globalThis, fetched: await fetch('https://elsewhere.invalid/').then(() => true, () => false) };
  });
  expect(ran).toEqual({ inline: false, fetched: false });
  expect(watch.errors.some((error) => error.includes('Content Security Policy'))).toBe(true);
});
