/** Runs over each other: told apart, kept, named, taken away as files and brought back. */
import type { Page } from 'playwright/test';
import { expect, test } from './support/page';
import { recordedRun } from './support/recordedRun';

/** Drops a file on the page as a hand would. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(([fileName, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], fileName, { type: 'application/json' }));
    return transfer;
  }, [name, text]);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}

test('two runs: pin, hide, rename, download, and back in', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 8, 'evaluation.every': 4 });
  await playground.train();
  await page.getByRole('button', { name: /^Pin Plain LoRA/ }).click();
  await playground.preset('HiddenCut');
  await playground.train();
  await expect(playground.runRows).toHaveCount(2);
  const [newest, oldest] = [playground.runRows.nth(0), playground.runRows.nth(1)];
  // Against the run that is talked about now.
  await expect(oldest).toContainText('− FFN output');
  await expect(page.locator('.finding')).toContainText(/HiddenCut.* (no help at its best point|better at its best point|no clear difference), one seed\./);

  const names = page.getByRole('textbox', { name: /^Name of/ });
  await names.nth(1).fill('Mine, the first');
  await expect(page.getByRole('button', { name: 'Pin Mine, the first' })).toHaveAttribute('aria-pressed', 'true');

  const csv = (await playground.download('CSV')).trimEnd().split('\r\n');
  expect(csv[0]).toBe('run,name,step,seconds,series,value');
  expect(csv.filter((line) => line.includes('"Mine, the first"') && line.includes(',crossEntropy,'))).toHaveLength(8);
  expect(csv.filter((line) => line.includes('HiddenCut') && line.includes(',heldOutLoss,'))).toHaveLength(3);
  const both = await playground.download('JSON');
  const { runs } = JSON.parse(both);
  expect(runs.map(({ name }: { name: string }) => name)).toEqual(['Mine, the first', expect.stringMatching(/^HiddenCut.* · p 0\.1/)]);

  const lines = page.locator('.chart-gap .recharts-area-curve');
  await expect(lines).toHaveCount(2);
  await page.getByRole('button', { name: 'Hide Mine, the first' }).click();
  await expect(lines).toHaveCount(1);
  expect((await playground.records()).map(({ name }) => name)).toEqual([expect.stringMatching(/^HiddenCut/)]);
  await page.getByRole('button', { name: 'Show Mine, the first' }).click();
  await expect(lines).toHaveCount(2);

  // The legend says which colour is which, and hides as the list does; what both runs share is left out of it.
  const legend = page.getByRole('list', { name: 'Runs in the charts' }).getByRole('button');
  await expect(legend).toHaveText([/^HiddenCut, element( · p 0\.1)?/, 'Mine, the first']);
  await legend.nth(1).click();
  await expect(lines).toHaveCount(1);
  await legend.nth(1).click();
  await expect(lines).toHaveCount(2);
  // No value under the cursor is pushed out of its frame by a long name.
  await page.locator('.chart-loss .cursor-layer').hover({ position: { x: 120, y: 100 } });
  const frame = (await page.locator('.chart-loss .readout').boundingBox())!;
  for (const value of await page.locator('.chart-loss .readout b').all()) {
    const box = (await value.boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(frame.x + frame.width);
  }

  await newest.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText(/^On the 2000 test rows, with the weights of the best evaluation, after step [48]: accuracy/)).toBeVisible();

  // A new page knows nothing of them; the file brings both back.
  await playground.goto('');
  await drop(page, 'runs.json', both);
  await expect(playground.runRows).toHaveCount(2);
  await expect(names.nth(1)).toHaveValue('Mine, the first');
  await expect(lines).toHaveCount(2);
  expect(JSON.parse(await playground.download('JSON')).runs).toEqual(runs);
  await page.getByRole('button', { name: 'Remove Mine, the first' }).click();
  await expect(playground.runRows).toHaveCount(1);
});

test('a file is opened from the menu, and what is no run is refused with a sentence', async ({ page, playground }) => {
  await playground.goto('');
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.locator('input[type=file]').setInputFiles({ name: 'elsewhere.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(recordedRun())) });
  await expect(playground.runRows).toHaveCount(1);
  await expect(page.locator('.finding')).toContainText('Held-out loss was lowest at step 10 (0.5) and has risen 60 % since');

  const notice = page.getByRole('alert');
  await drop(page, 'letter.json', 'Dear reader');
  await expect(notice).toHaveText('letter.json: not a JSON file; drop a run that was downloaded from this page as JSON.');
  await drop(page, 'other.json', JSON.stringify({ format: 'something-else' }));
  await expect(notice).toContainText('other.json: this is not a run of this page: format is');
  const damaged = recordedRun();
  damaged.points.seconds = [];
  await drop(page, 'damaged.json', JSON.stringify(damaged));
  await expect(notice).toHaveText('damaged.json: points.seconds has 0 values for 40 steps; the file is damaged.');
  await expect(playground.runRows).toHaveCount(1);
  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toBeHidden();
});
