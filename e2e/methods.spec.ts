/** Methods other than LoRA, on the real engine: their own fields, their own names, and notes on what has no effect with them. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('DoRA, then BitFit, from the presets: each with its fields, its rate and its name', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 6, 'dropout.lora_input.p': 0.1 });
  await playground.unfold('Model', 'Optimizer');
  await playground.preset('DoRA', 'method');
  await expect(page.getByText('The branch is scaled by α/r = 2.')).toBeVisible();
  await playground.train();
  await playground.preset('BitFit', 'method');
  // Nothing of LoRA is left to be set, and the place that drops nothing now says so.
  await expect(page.getByRole('slider', { name: 'Rank r' })).toBeHidden();
  await expect(page.getByRole('group', { name: 'LoRA targets' })).toBeHidden();
  await expect(page.getByText('BitFit has no low-rank branch, so there is no LoRA input to drop.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Learning rate, value' })).toHaveValue('0.01');
  await isAccessible(page);
  await playground.train();
  const [dora, bitfit] = await playground.records();
  expect([dora.name, bitfit.name].map((name) => name.split(' · ').slice(0, 2))).toEqual([['DoRA', 'lora_dropout'], ['BitFit', 'lora_dropout']]);
  expect([dora.config.model.peft, bitfit.config.model.peft]).toEqual(['dora', 'bitfit']);
  for (const { evaluations } of [dora, bitfit]) expect(evaluations.at(-1)!.train.loss).toBeLessThan(evaluations[0].train.loss);
});

test('four batches averaged into a step, with every other regulariser; rates that follow courses', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 6, 'optimizer.batchSize': 2, 'dropout.hidden.p': 0.2 });
  await playground.unfold('Optimizer');
  await playground.openMore('Accumulation, warm-up, clipping, evaluation');
  await playground.type('Average into one step, value', 4);
  await expect(page.getByText('A step averages 4 batches: 8 rows a step.')).toBeVisible();
  await playground.preset('NEFTune', 'regulariser');
  await playground.openMore('Weight decay, L1, label smoothing, NEFTune');
  await playground.type('L1 on A and B, λ, value', 0.0003);
  await page.getByRole('button', { name: 'Layers and course of the rate at hidden' }).click();
  await playground.choose('Rate over depth', 'rising with depth');
  await playground.choose('Rate over the run', 'falling over the run');
  await expect(page.getByText('now 0.1, 0.2 by layer')).toBeVisible();
  await isAccessible(page);
  await playground.train();
  const { config, points } = await playground.record();
  expect(config.optimizer).toMatchObject({ accumulation: 4, neftune: 5, l1: 0.0003 });
  expect(config.dropout.hidden).toMatchObject({ depth: 'rising', time: 'falling' });
  expect(points.crossEntropy).toHaveLength(6);
  expect(points.crossEntropy.every(Number.isFinite)).toBe(true);

  // The link says all of it, and opens as the same experiment.
  const link = await playground.link();
  await playground.goto(new URL(link).hash);
  await expect(page.getByText('now 0.1, 0.2 by layer')).toBeVisible();
  expect(await playground.link()).toBe(link);
});

test('a course of the rate changes while the run goes on; another method waits for a restart', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 5000, 'evaluation.every': 5000, 'dropout.hidden.p': 0.2 });
  await playground.start.click();
  await playground.hasReached(1);
  await page.getByRole('button', { name: 'Layers and course of the rate at hidden' }).click();
  await playground.choose('Rate over the run', 'rising over the run');
  await expect(page.locator('.chart-loss .mark')).toHaveText(['FFN output p over time constant → rising']);
  await playground.choose('Method', 'rsLoRA');
  await expect(page.getByRole('button', { name: 'Restart with 2 changes' })).toBeVisible();
  await expect(page.locator('.restart')).toContainText('method LoRA → rsLoRA, rate 0.005 → 0.003');
  // The rate that came with the method waits with it.
  await expect(page.locator('.chart-loss .mark')).toHaveCount(1);
});
