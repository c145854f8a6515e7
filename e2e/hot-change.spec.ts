/** Changes while a run is going on: each takes effect at a step, is marked, and becomes part of the run. */
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';
import { beforeEngine } from './support/worker';

/** Longer than any test waits; nothing here runs to its end. */
const LONG = { 'optimizer.steps': 5000, 'evaluation.every': 5000 };
const DROPKEY = { 'dropout.logits.p': 0.1, 'dropout.logits.pattern': 'column' };

/** A driver that takes a second for every pipeline, so that a new plan is late for certain. */
const SLOW_COMPILER = `{
  const compile = GPUDevice.prototype.createComputePipelineAsync;
  GPUDevice.prototype.createComputePipelineAsync = async function (descriptor) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return compile.call(this, descriptor);
  };
}`;

/** Buffers of at most 5.25 MiB, and so a budget of 21 MiB. */
const SMALL_GPU = "Object.defineProperty(GPUSupportedLimits.prototype, 'maxBufferSize', { get: () => 5.25 * 2 ** 20 })";

test('a rate and the learning rate change at once, are marked on the chart, and stay in the run', async ({ page, playground }) => {
  await playground.open({ ...LONG, ...DROPKEY });
  await playground.start.click();
  await playground.hasReached(2);
  await playground.type('Chance at logits', 0.3);
  await playground.type('Learning rate, value', 0.001);
  const marks = page.locator('.chart-loss .mark');
  await expect(marks).toHaveText(['attention logits p 0.1 → 0.3', 'rate 0.005 → 0.001']);
  await expect(page.locator('.chart-gap .mark')).toHaveCount(2);
  await expect(page.getByRole('button', { name: /^Restart with/ })).toBeHidden();
  const [, { step }] = (await playground.record()).changes;
  await playground.hasReached(step + 2);
  await playground.pause.click();
  await playground.hasPaused();

  const { changes, points, name } = await playground.record();
  expect(changes.map(({ field, from, to }) => [field, from, to])).toEqual([['dropout.logits.p', 0.1, 0.3], ['optimizer.learningRate', 0.005, 0.001]]);
  // The schedule falls by a fifty-hundredth a step, so a fifth is the change, and it is where the run says it is.
  expect(points.learningRate[step] / points.learningRate[step - 1]).toBeCloseTo(0.2, 2);
  expect(name).toContain(`@${step}`);
  expect(await playground.link()).toContain('changes=');
});

test('another position swaps the plan while training goes on', async ({ playground, page }) => {
  await beforeEngine(page, SLOW_COMPILER);
  await playground.open({ ...LONG, ...DROPKEY });
  await playground.start.click();
  await playground.hasReached(2);
  const before = await playground.step();
  await playground.choose('Where', 'the attention weights');
  await expect(page.locator('.chart-loss .mark')).toHaveCount(1);
  // A preset is a change like any other, here with a consistency term that the run did not have.
  await playground.preset('HiddenKey');
  await expect(page.getByRole('heading', { name: 'Consistency term' })).toBeVisible();
  await playground.pause.click();
  await playground.hasPaused();

  const { changes, points } = await playground.record();
  expect(changes.map(({ field }) => field)).toEqual(['dropout', 'dropout', 'consistency.kind']);
  expect(changes[0]).toMatchObject({ from: { logits: { p: 0.1, pattern: 'column' } }, to: { weights: { p: 0.1, pattern: 'column' } } });
  expect(changes[0].step).toBeGreaterThan(before);
  // No step was lost or done twice, and the term is there from the step of its change on.
  expect(points.step).toEqual(points.step.map((_, index) => index));
  expect(points.consistency.findIndex((value) => value !== 0)).toBe(changes[2].step);
  expect(points.crossEntropy.every(Number.isFinite)).toBe(true);
});

test('a new place and its rate in one breath', async ({ page, playground }) => {
  await beforeEngine(page, SLOW_COMPILER);
  await playground.open(LONG);
  await playground.start.click();
  await playground.hasReached(1);
  await playground.preset('DropKey');
  // The plan of the preset is still being recorded when the rate of its new place arrives.
  await page.waitForTimeout(300);
  await playground.type('Chance at logits', 0.4);
  await expect(page.locator('.chart-loss .mark')).toHaveCount(2);
  const { changes } = await playground.record();
  expect(changes.map(({ field, to }) => [field, to])).toEqual([['dropout.logits', { p: 0.1, pattern: 'column' }], ['dropout.logits.p', 0.4]]);
});

test('a change of a link that cannot be made shows its sentence and leaves the run as it is', async ({ page, playground }) => {
  const changes = JSON.stringify([[1, 'dropout.logits.p', 0.1, 1.5]]);
  await playground.goto(linkTo({ ...TINY, ...LONG, ...DROPKEY, changes }));
  await expect(page.getByRole('status').filter({ hasText: 'From a link' }).locator('code')).toHaveText('change [1,"dropout.logits.p",0.1,1.5] (dropout at logits: rate 1.5 is outside 0 ≤ p < 1; choose a rate below 1)');
  await playground.start.click();
  await playground.hasReached(3);
  await expect(page.getByRole('textbox', { name: 'Chance at logits', exact: true })).toHaveValue('0.1');
  expect((await playground.record()).changes).toEqual([]);
});

test('a change whose plan does not fit is refused, and the control goes back', async ({ page, playground }) => {
  await beforeEngine(page, SMALL_GPU);
  await playground.open({ ...LONG, 'data.rows': 64, 'optimizer.batchSize': 64 });
  await playground.oneStep.click();
  await playground.hasPaused();
  await playground.preset('HiddenKey');
  await expect(page.getByRole('alert')).toHaveText(/^This change needs [\d.]+ MiB while both plans exist, [\d.]+ MiB are free; lower the batch size and restart\.$/);
  // Its dropout fits; the second pass does not.
  await expect(page.getByRole('textbox', { name: 'Chance at hidden', exact: true })).toHaveValue('0.1');
  await expect(page.getByRole('combobox', { name: 'Consistency term' })).toHaveCount(0);
  expect((await playground.record()).changes.map(({ field }) => field)).toEqual(['dropout']);
});

test('rank waits for a restart, which nothing does by itself', async ({ page, playground }) => {
  await playground.open(LONG);
  await playground.start.click();
  await playground.hasReached(2);
  await playground.type('Rank r, value', 4);
  const restart = page.getByRole('button', { name: 'Restart with 1 change' });
  await expect(restart).toBeVisible();
  await expect(page.getByText('after restart')).toBeVisible();
  const before = await playground.step();
  await playground.hasReached(before + 2);
  await expect(playground.runRows).toHaveCount(1);

  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(restart).toBeHidden();
  await expect(page.getByRole('textbox', { name: 'Rank r, value' })).toHaveValue('8');

  await playground.type('Rank r, value', 4);
  await restart.click();
  await expect(playground.runRows).toHaveCount(2);
  await playground.hasReached(1);
  await playground.pause.click();
  expect((await playground.records()).map(({ config }) => config.model.rank)).toEqual([8, 4]);
});
