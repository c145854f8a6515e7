/** The model that writes: it classifies by its last token, and puts facts into sentences. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

test('a decoder learns sentiment; its masks leave out what comes later', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 6 });
  await playground.unfold('Model');
  await page.getByRole('radio', { name: /^nano-decoder/ }).check();
  await playground.preset('DropKey');
  // Decoders drop in the latter half of their layers, as in the paper.
  await expect(page.getByRole('combobox', { name: 'Layers' })).toHaveValue('1');
  await expect(page.getByText('blank is what a token cannot see yet')).toBeVisible();
  await expect(page.getByText('begins in layer 1, so nothing is dropped in layer 0').first()).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'FFN, gate' })).toBeVisible();
  await playground.train();
  const { name, config, evaluations } = await playground.record();
  expect(name).toContain('DropKey, column · p 0.1 · Llama');
  expect(config).toMatchObject({ model: { source: 'nano-decoder' }, dropout: { logits: { fromLayer: 1 } } });
  expect(evaluations.at(-1)!.train.loss).toBeLessThan(evaluations[0].train.loss);
});

test('the description task takes the decoder and is measured by perplexity', async ({ page, playground }) => {
  await playground.open({ 'optimizer.steps': 6, 'evaluation.every': 3 });
  await playground.unfold('Data', 'Model');
  await expect(page.getByText('choosing it takes nano-decoder').first()).toBeVisible();
  await page.getByRole('radio', { name: /^Restaurant descriptions/ }).check();
  await expect(page.getByRole('radio', { name: /^nano-decoder/ })).toBeChecked();
  // Who takes the model back is told why that cannot run.
  await page.getByRole('radio', { name: /^nano-encoder/ }).check();
  await expect(page.getByRole('alert')).toHaveText('model: description is written word by word, and nano-encoder sees the words to come; choose nano-decoder');
  await expect(playground.start).toBeDisabled();
  await page.getByRole('radio', { name: /^nano-decoder/ }).check();
  await playground.train();
  await expect(page.getByRole('heading', { name: 'Loss, nats per token' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Held-out perplexity' })).toBeVisible();
  await expect(page.locator('.finding')).toContainText('perplexity, lower is better');
  // What it writes now, beside what a person wrote; and behind a prompt that nobody else has.
  const text = await playground.view('Text');
  await expect(text.getByText('This view was opened at step 6')).toBeVisible();
  await expect(text.getByText('reference', { exact: true })).toHaveCount(3);
  await text.getByRole('textbox', { name: 'Prompt' }).fill('name: The Blue Door, kind: pub ->');
  await text.getByRole('button', { name: 'Write' }).click();
  await expect(text.locator('.own-answer')).toContainText('step 6');
  // The end of the run has its texts scored, on four references each.
  await expect(text.getByText(/The first 50 of 2.000 test prompts, with 200 references/)).toBeVisible({ timeout: 120_000 });
  await isAccessible(page);
  await playground.view('Curves');
  const { config, evaluations, texts, scores } = await playground.record();
  expect(scores).toMatchObject({ before: { step: 0 }, after: { scores: { all: { BLEU: expect.any(Number) } } } });
  expect(scores!.after.texts).toHaveLength(50);
  expect(texts).toMatchObject({ first: { step: 6 }, latest: { step: 6 } });
  expect(config.data.source).toBe('description');
  for (const { heldOut } of evaluations) expect(heldOut.metric).toBeCloseTo(Math.exp(heldOut.loss), 3);
  expect(evaluations.at(-1)!.train.loss).toBeLessThan(evaluations[0].train.loss);
  await isAccessible(page);
});
