/** What leaves the page for a talk or a paper: a chart as a picture with legend and settings, and runs for TensorBoard. */
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { expect, test } from './support/page';

test('a chart is saved as SVG and PNG, and runs as a log directory', async ({ page, playground }) => {
  await playground.open({ 'dropout.hidden.p': 0.1 });
  await playground.chip.click();
  await page.getByRole('combobox', { name: 'Pace' }).selectOption('full');
  await page.keyboard.press('Escape');
  await playground.train();
  const save = async (what: string | RegExp) => {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: what }).click();
    return readFile(await (await coming).path());
  };
  await page.getByRole('button', { name: 'Loss: show the evaluations as a table' }).click();
  const svg = (await save('Loss: save as SVG')).toString();
  expect(svg).toMatch(/^<svg/);
  for (const words of ['held-out rows', 'seed 42', '#v=1', 'stroke="rgb']) expect(svg).toContain(words);
  expect(svg).not.toContain('var(--');
  const png = await save('Loss: save as PNG');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(5000);
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  const logs = Object.keys(unzipSync(new Uint8Array(await save(/^TensorBoard/))));
  expect(logs).toEqual([expect.stringMatching(/^.+\/events\.out\.tfevents\.\d+\.page$/)]);
});
