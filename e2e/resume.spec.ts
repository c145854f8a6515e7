/** A run saved on the way and gone on with elsewhere is the run that was never interrupted. */
import { readFile } from 'node:fs/promises';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';
import { Playground } from './support/playground';

test('saved at a step, opened on another page, it goes on bit for bit', async ({ page, context, playground }) => {
  await playground.open({ 'dropout.hidden.p': 0.2, 'dropout.logits.p': 0.1, 'consistency.kind': 'kl', 'optimizer.warmup': 2, seed: 7 });
  await playground.stepTo(5);
  // A change made before it is in the file.
  await playground.type('Learning rate, value', 0.002);
  await expect(page.locator('.chart-loss .mark')).toHaveCount(1);
  await playground.stepTo(7);
  const { path, name } = await playground.checkpoint();
  expect(name).toMatch(/-step-7\.safetensors$/);
  await playground.resume.click();
  await playground.hasFinished();
  const whole = await playground.record();

  const elsewhere = new Playground(await context.newPage());
  await elsewhere.goto('');
  await expect(elsewhere.start).toBeEnabled();
  await elsewhere.bring('mine.safetensors', await readFile(path));
  await expect(elsewhere.page.getByText('saved at step 7 of 12.')).toBeVisible();
  await expect(elsewhere.runRows).toHaveCount(1);
  await isAccessible(elsewhere.page);
  await elsewhere.page.getByRole('button', { name: 'Go on from step 7' }).click();
  await elsewhere.hasFinished();
  await expect(elsewhere.runRows).toHaveCount(1);
  const resumed = await elsewhere.record();
  expect(resumed.changes).toEqual(whole.changes);
  for (const column of ['step', 'crossEntropy', 'consistency', 'gradientNorm', 'learningRate'] as const) expect(resumed.points[column], column).toEqual(whole.points[column]);
  const scores = ({ evaluations }: typeof whole) => evaluations.map(({ step, heldOut, train }) => ({ step, heldOut, train }));
  // Where it was saved it is evaluated once more than the run that never stopped.
  expect(scores(resumed).filter(({ step }) => step !== 7)).toEqual(scores(whole));
  const { seconds } = resumed.points;
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
});

test('a running run is saved without being stopped, and a file of something else is named', async ({ playground, page }) => {
  await playground.open({ 'optimizer.steps': 5000, 'evaluation.every': 5000 });
  await playground.start.click();
  await playground.hasReached(2);
  const { path } = await playground.checkpoint();
  expect((await readFile(path)).length).toBeGreaterThan(1000);
  const step = await playground.step();
  await playground.hasReached(step + 2);
  await expect(playground.pause).toBeVisible();
  await playground.bring('weights.safetensors', Buffer.from('these are no weights at all'));
  await expect(page.getByRole('alert')).toContainText('weights.safetensors: not a safetensors file');
});
