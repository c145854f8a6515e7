/** What leaves the page for a talk or a paper: a chart as a picture with legend and settings, and runs for TensorBoard. */
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { expect, test } from './support/page';

test('a chart is saved as SVG and PNG, and runs as a log directory', async ({ page, playground }) => {
  await playground.open({ 'dropout.hidden.p': 0.1 });
  await page.getByRole('button', { name: /^Pace: a run in about ten seconds/ }).click();
  await page.getByRole('button', { name: 'Full speed' }).click();
  await playground.train();
  const save = async (menu: string, what: string | RegExp) => {
    await page.getByRole('button', { name: menu }).click();
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: what }).click();
    return readFile(await (await coming).path());
  };
  const svg = (await save('Loss: save as a picture', /^SVG/)).toString();
  expect(svg).toMatch(/^<svg/);
  for (const words of ['held-out rows', 'seed 42', '#v=1', 'stroke="rgb']) expect(svg).toContain(words);
  expect(svg).not.toContain('var(--');
  const png = await save('Loss: save as a picture', /^PNG/);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(5000);
  const logs = Object.keys(unzipSync(new Uint8Array(await save('Download and open runs', /^TensorBoard/))));
  expect(logs).toEqual([expect.stringMatching(/^.+\/events\.out\.tfevents\.\d+\.page$/)]);
});
