/** What can go wrong or be waited for, each provoked for real and accessible while it lasts: its words, its action, and the way out. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';
import { beforeEngine, insteadOfEngine, WORKER_FILE } from './support/worker';

test('software adapter: the chip says so and what it means', async ({ page, playground }) => {
  await playground.open();
  await expect(playground.chip).toContainText('software');
  await playground.chip.click();
  const facts = page.getByRole('dialog', { name: 'Device and limits' });
  await expect(facts).toContainText('computes on the processor');
  await expect(facts).toContainText('Dispatches a step');
  // A value has room for a word.
  await facts.getByText('Limits of this adapter').click();
  const widths = await facts.locator('dd').evaluateAll((values) => values.map((value) => value.getBoundingClientRect().width));
  expect(Math.min(...widths)).toBeGreaterThan(80);
  await isAccessible(page);
  await page.keyboard.press('Escape');
  await expect(facts).toBeHidden();
});

test('compiling is counted in the chart', async ({ page, playground }) => {
  // Pipelines one after the other and slowly, so that each count can be seen.
  await beforeEngine(page, `{
    const compile = GPUDevice.prototype.createComputePipelineAsync;
    let turn = Promise.resolve();
    GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
      turn = turn.then(() => new Promise((resolve) => setTimeout(resolve, 60)));
      return turn.then(() => compile.call(this, descriptor));
    };
  }`);
  await playground.open();
  await playground.start.click();
  const note = page.getByRole('status').filter({ hasText: /^compiling \d+ of \d+$/ });
  await expect(note).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Compiling' })).toBeVisible();
  await playground.hasReached(1);
  await expect(note).toBeHidden();
});

test('predicted out of memory: Start is disabled and the control to lower is named', async ({ page, playground }) => {
  await playground.goto(linkTo({ ...TINY, 'data.task': 'description', 'model.folder': 'nano-decoder', 'data.rows': 4096, 'optimizer.batchSize': 4096, 'consistency.kind': 'kl', 'dropout.hidden.p': 0.1 }));
  const banner = playground.banner(/^This would need [\d.]+ GiB of 1 GiB$|^This is larger than the GPU can hold$/);
  await expect(banner).toContainText('Lower the batch or the second pass.');
  await expect(playground.start).toBeDisabled();
  // The folded card says that it is the one.
  await expect(page.getByRole('heading', { name: 'Optimizer · lower it here' })).toBeVisible();
  await playground.unfold('Optimizer');
  await expect(page.locator('.lower-me').filter({ hasText: 'Batch' })).toBeVisible();
  await isAccessible(page);
  const lower = banner.getByRole('button', { name: 'Lower the batch' });
  await lower.click();
  await expect(page.getByRole('textbox', { name: 'Batch, value' })).toHaveValue('2048');
  await playground.type('Batch, value', 4);
  await expect(banner).toBeHidden();
  await expect(playground.start).toBeEnabled();
});

test('diverged: the run ends with its step and a tenth of the rate is offered', async ({ page, playground }) => {
  await playground.open({ 'optimizer.learningRate': 1000, 'optimizer.steps': 60, 'evaluation.every': 60 });
  await playground.unfold('Optimizer');
  await playground.start.click();
  const banner = playground.banner(/^The run diverged at step \d+$/);
  await expect(banner).toBeVisible();
  await expect(page.locator('.finding')).toContainText('This run has diverged');
  await expect(playground.start).toBeEnabled();
  await isAccessible(page);
  const ended = await playground.step();
  expect(ended).toBeLessThan(60);
  await banner.getByRole('button', { name: /^Start again with rate/ }).click();
  await expect(page.getByRole('textbox', { name: 'Learning rate, value' })).toHaveValue('100');
  await expect(playground.pause).toBeVisible();
  await expect(playground.runRows).not.toHaveCount(0);
  await playground.reset.click();
  await expect(playground.start).toBeEnabled();
});

test('a worker that crashes in a run is replaced twice, and then a person is asked', async ({ page, playground, watch }) => {
  watch.expected.push(/provoked/);
  await beforeEngine(page, "addEventListener('message', ({ data }) => { if (data.type === 'pause') throw new Error('provoked'); })");
  await playground.open({ 'optimizer.steps': 5000, 'evaluation.every': 5000 });
  await playground.start.click();
  const banner = playground.banner('The engine stopped');
  const note = page.getByRole('status').filter({ hasText: 'The engine stopped at step' });
  for (let time = 0; time < 2; time++) {
    await playground.hasReached(3);
    await playground.pause.click();
    await expect(note).toContainText('The run went on from step');
    await expect(banner).toBeHidden();
    await note.getByRole('button', { name: 'Close' }).click();
  }
  await playground.hasReached(3);
  await playground.pause.click();
  await expect(banner).toContainText('provoked');
  await expect(playground.start).toBeDisabled();
  await isAccessible(page);
  expect((await playground.record()).points.step.length).toBeGreaterThanOrEqual(3);
  await page.unroute(WORKER_FILE);
  await banner.getByRole('button', { name: /^Go on from step \d+$/ }).click();
  await expect(banner).toBeHidden();
  await playground.hasReached(3);
  await playground.pause.click();
  await playground.hasPaused();
  await expect(playground.runRows).toHaveCount(1);
});

test('a worker that never comes up', async ({ page, playground, watch }) => {
  watch.expected.push(/provoked/);
  await insteadOfEngine(page, "throw new Error('provoked')");
  await playground.goto(linkTo(TINY));
  await expect(playground.banner('The engine stopped')).toBeVisible();
  await expect(playground.start).toBeDisabled();
  await page.unroute(WORKER_FILE);
  await page.getByRole('button', { name: 'Restart the engine' }).click();
  await expect(playground.start).toBeEnabled();
});

test('a model that cannot be loaded is named, and can be tried again', async ({ page, playground, watch }) => {
  watch.expected.push(/404/);
  const file = '**/models/nano-encoder/model.safetensors';
  await page.route(file, (route) => route.fulfill({ status: 404, body: 'not found' }));
  await playground.goto(linkTo(TINY));
  const banner = playground.banner('A file could not be loaded');
  await expect(banner).toContainText('model.safetensors: could not be fetched (status 404)');
  await expect(playground.start).toBeDisabled();
  await isAccessible(page);
  await page.unroute(file);
  await banner.getByRole('button', { name: 'Try again' }).click();
  await expect(playground.start).toBeEnabled();
  await expect(playground.chip).toContainText('MiB');
});

test('no WebGPU: what still works is said, and Start is disabled', async ({ page, playground }) => {
  await beforeEngine(page, 'delete WorkerNavigator.prototype.gpu');
  await playground.goto('');
  const banner = playground.banner('This browser cannot compute on the GPU yet');
  await expect(banner).toContainText('The recorded run, the dropout sentence and the mask views work without one.');
  await expect(playground.start).toBeDisabled();
  await expect(page.getByText('no GPU engine')).toBeVisible();
  await isAccessible(page);
});

test('an insecure page says how to open it', async ({ page, playground }) => {
  await beforeEngine(page, "Object.defineProperty(self, 'isSecureContext', { value: false })");
  await playground.goto('');
  await expect(playground.banner('WebGPU needs a secure page')).toContainText('https, or at localhost');
  await expect(playground.start).toBeDisabled();
});

test('a GPU that computes wrong numbers is not trained on', async ({ page, playground }) => {
  await beforeEngine(page, `{
    const map = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...range) {
      const bytes = map.apply(this, range);
      if (this.usage & GPUBufferUsage.MAP_READ) new Float32Array(bytes).fill(0.123);
      return bytes;
    };
  }`);
  await playground.goto('');
  await expect(playground.banner('This GPU computes wrong numbers')).toContainText('npm start -- --software');
  await expect(playground.start).toBeDisabled();
});

test('a hidden tab trains on, or pauses where that is wished', async ({ page, playground }) => {
  const hide = (hidden: boolean) => page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await playground.open({ 'optimizer.steps': 5000, 'evaluation.every': 5000 });
  await playground.start.click();
  await playground.hasReached(1);
  await hide(true);
  await playground.hasReached(await playground.step() + 2);
  await expect(page).toHaveTitle(/^▶/);
  await hide(false);

  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('checkbox', { name: 'Pause while this tab is hidden' }).check();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await hide(true);
  await expect(page).toHaveTitle(/^❚❚/);
  const at = await playground.step();
  await hide(false);
  await expect(page).toHaveTitle(/^▶/);
  await playground.hasReached(at + 1);
});
