/** The page in Firefox: another implementation of everything it stands on, from WGSL to downloads. */
import { expect } from 'playwright/test';
import { inFirefox } from './support/firefox';

const LONG = { 'optimizer.steps': 5000, 'evaluation.every': 5000, 'dropout.logits.p': 0.1, 'dropout.logits.pattern': 'column' };

inFirefox('trains to the end, and both downloads hold the run', async (playground) => {
  await playground.open({ 'dropout.hidden.p': 0.1 });
  await playground.press('Start');
  await playground.hasFinished();
  const { points, evaluations, device } = await playground.record();
  expect(points.step).toEqual(Array.from({ length: 12 }, (_, step) => step));
  expect([...points.crossEntropy, ...points.gradientNorm].every((value) => Number.isFinite(value) && value > 0)).toBe(true);
  expect(evaluations.map(({ step }) => step)).toEqual([0, 6, 12]);
  expect(device).toMatch(/\w, (software|gpu)$/);
  const lines = (await playground.download('CSV')).trim().split(/\r?\n/);
  expect(lines.length).toBeGreaterThan(12);
});

inFirefox('a change while it trains takes effect at once, is marked, and stays in the run', async (playground) => {
  await playground.open(LONG);
  await playground.press('Start');
  await playground.hasReached(2);
  await playground.type('Chance at logits', 0.3);
  await expect.poll(() => playground.texts('.chart-loss .mark')).toEqual(['attention logits p 0.1 → 0.3']);
  const at = await playground.step();
  await playground.hasReached(at + 2);
  expect((await playground.record()).changes.map(({ field, from, to }) => [field, from, to])).toEqual([['dropout.logits.p', 0.1, 0.3]]);
});

inFirefox('the bar is one line, and the chip says what is known of an adapter that has no name', async (playground) => {
  const { page } = playground;
  await playground.open();
  for (const width of [1100, 1280, 1600]) {
    await page.setViewport({ width, height: 800 });
    expect(await page.$eval('.bar', (bar) => bar.getBoundingClientRect().height), `${width} pixels`).toBeLessThan(60);
  }
  expect((await playground.texts('.device')).join()).toMatch(/\w.* · (software|gpu)/);
});

inFirefox('fits a phone, and trains there', async (playground) => {
  const { page } = playground;
  await page.setViewport({ width: 390, height: 844 });
  await playground.open();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const start = await page.$eval('.transport .start', (button) => button.getBoundingClientRect().toJSON() as DOMRect);
  expect(start.bottom).toBeLessThanOrEqual(844);
  await playground.press('Start');
  await playground.hasReached(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
