/** Stepping and pausing change when things happen, and nothing else. */
import { expect, test } from './support/page';
import { beforeEngine, LEISURELY } from './support/worker';

test('one step from idle trains one step; steps, pause and resume give the losses of an uninterrupted run', async ({ page, playground }) => {
  await beforeEngine(page, LEISURELY);
  await playground.open({ 'dropout.hidden.p': 0.3, 'optimizer.steps': 24, 'evaluation.every': 24 });
  await playground.oneStep.click();
  await playground.hasPaused();
  expect(await playground.step()).toBe(1);
  expect((await playground.record()).points.step).toEqual([0]);
  await playground.oneStep.click();
  await expect.poll(() => playground.step()).toBe(2);
  await playground.hasPaused();
  await playground.resume.click();
  await playground.hasReached(4);
  await playground.pause.click();
  await playground.hasPaused();
  await playground.resume.click();
  await playground.hasFinished();

  await playground.train();
  const [interrupted, straight] = await playground.records();
  expect(interrupted.points.step).toHaveLength(24);
  expect(interrupted.points.crossEntropy).toEqual(straight.points.crossEntropy);
  expect(interrupted.points.gradientNorm).toEqual(straight.points.gradientNorm);
  expect(interrupted.evaluations.at(-1)?.heldOut).toEqual(straight.evaluations.at(-1)?.heldOut);
});

test('a pause that comes while the run is still being built is kept', async ({ playground }) => {
  await playground.open();
  await playground.start.evaluate((button: HTMLButtonElement) => {
    button.click();
    requestAnimationFrame(() => button.click());
  });
  await playground.hasPaused();
  expect(await playground.step()).toBe(0);
  await playground.reset.click();
  await expect(playground.runRows).toHaveCount(0);
});
