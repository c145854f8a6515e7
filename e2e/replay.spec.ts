/** A link is the whole experiment: opened elsewhere it gives the same numbers, changes on the way included. */
import { expect, test } from './support/page';
import { Playground } from './support/playground';
import { beforeEngine, LEISURELY } from './support/worker';

test('a run with changes on the way, replayed from its link, has the same losses bit for bit', async ({ page, context, playground }) => {
  await beforeEngine(page, LEISURELY);
  await playground.open({ 'optimizer.steps': 50, 'evaluation.every': 50, seed: 7, 'dropout.hidden.p': 0.2 });
  await playground.start.click();
  await playground.hasReached(2);
  await playground.type('Chance at hidden', 0.4);
  await expect(page.locator('.chart-loss .mark')).toHaveCount(1);
  await playground.preset('HiddenKey');
  // A rule more, another rate, and the term.
  await expect(page.locator('.chart-loss .mark')).toHaveCount(4);
  await playground.hasFinished();
  const first = await playground.record();
  // All of it happened on the way, not before and not after.
  for (const { step } of first.changes) expect(step).toBeGreaterThan(0);
  for (const { step } of first.changes) expect(step).toBeLessThan(50);

  const elsewhere = new Playground(await context.newPage());
  await elsewhere.page.goto(await playground.link());
  await expect(elsewhere.page.getByText('4 changes that will be made again')).toBeVisible();
  await elsewhere.train();
  const second = await elsewhere.record();
  expect(second.changes).toEqual(first.changes);
  expect(second.points.crossEntropy).toEqual(first.points.crossEntropy);
  expect(second.points.consistency).toEqual(first.points.consistency);
  expect(second.points.gradientNorm).toEqual(first.points.gradientNorm);
  expect(second.evaluations.map(({ seconds: _, ...scores }) => scores)).toEqual(first.evaluations.map(({ seconds: _, ...scores }) => scores));
  expect(await elsewhere.link()).toBe(await playground.link());
});
