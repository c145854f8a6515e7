// Pictures of the page for the README, and of its controls for docs/controls.md, from the built page: `npm run build && node tools/screenshots.mjs [name …]`.
// A picture that needs a run trains one on the software adapter, so that any machine can make them again.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { chromium } from 'playwright';
import { findBrowser, HEADLESS_FLAGS, SOFTWARE_ADAPTER_FLAGS } from './browser.mjs';
import { answerForHub, table } from './screenshotData.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'images');
const SHORT = { 'data.rows': 64, 'optimizer.steps': 30, 'optimizer.batchSize': 8, 'evaluation.every': 5 };

const FEW = { 'data.rows': 32, 'optimizer.steps': 6, 'optimizer.batchSize': 4, 'optimizer.warmup': 0, 'evaluation.every': 3 };

const HIDDENKEY = { 'dropout.logits.p': 0.1, 'dropout.logits.pattern': 'column', 'dropout.hidden.p': 0.1, 'consistency.kind': 'kl', 'consistency.alpha': 0.1 };

const card = (title) => (page) => page.locator('.card').filter({ has: page.getByRole('heading', { level: 3, name: title, exact: true }) });
/** Unfolds a card of the experiment, and does what is done in it. */
const unfold = (title, act) => async (page) => {
  await card(title)(page).locator('> summary').click();
  await act?.(page);
};
const open = (page, summary) => page.getByText(summary, { exact: true }).click();
const start = async (page) => {
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => document.title.startsWith('✓'), undefined, { timeout: 300_000 });
};

/** The default run, and over it the one that the page then offers. */
async function twoRuns(page) {
  await start(page);
  await page.getByRole('region', { name: 'Presets' }).getByRole('button', { name: 'HiddenKey⁻', exact: true }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => !document.title.startsWith('✓'), undefined, { timeout: 60_000 });
  await page.waitForFunction(() => document.title.startsWith('✓'), undefined, { timeout: 300_000 });
}

/** Opens a checkpoint that the page has just made of a run after a few steps. */
async function bringCheckpoint(page) {
  const step = page.getByRole('button', { name: 'One step' });
  for (let done = 1; done <= 8; done++) {
    await step.click();
    await page.locator('.progress strong').filter({ hasText: new RegExp(`^${done}$`) }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  }
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: /^Checkpoint:/ }).click();
  const download = await coming;
  const file = { name: download.suggestedFilename(), mimeType: 'application/octet-stream', buffer: readFileSync(await download.path()) };
  await page.reload();
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.locator('input[type=file]').setInputFiles(file);
  await page.getByText('Going on continues').waitFor();
}

/** Four variants that have raced each other. */
async function race(page) {
  await page.getByRole('tab', { name: 'Race' }).click();
  const panel = page.getByRole('tabpanel');
  await panel.getByRole('button', { name: 'Start the race' }).click();
  await page.waitForFunction(() => document.title.startsWith('✓'), undefined, { timeout: 300_000 });
  await panel.locator('.lane-mask').last().getByText('dropped in this draw').waitFor();
  await page.evaluate(() => globalThis.scrollTo(0, 0));
}

/** Two cells of the grid that have been run. */
async function grid(page) {
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByLabel('Seeds of the grid').selectOption('1');
  for (const cell of ['DropKey, column', 'HiddenCut, element']) await page.getByRole('button', { name: `Run ${cell}` }).click();
  await page.waitForFunction(() => document.title.startsWith('✓ 3 runs'), undefined, { timeout: 300_000 });
  await page.evaluate(() => globalThis.scrollTo(0, 0));
}

/** What a run's answer owes to its keys. */
async function droppedKeys(page) {
  await start(page);
  await page.getByRole('tab', { name: 'Inside' }).click();
  await page.getByRole('button', { name: 'Drop each key of the sentence' }).click();
  await page.getByText('the model says').waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: /^Drop more and more/ }).click();
  await page.getByRole('figure', { name: 'Deletion curve' }).waitFor({ timeout: 120_000 });
  await page.locator('.dropped-keys').evaluate((part) => globalThis.scrollTo(0, part.getBoundingClientRect().top + globalThis.scrollY - 110));
}

/** The results in docs/studies, brought to the page: those of the study that has most of them. */
async function study(page) {
  const committed = join(root, 'docs', 'studies');
  const files = existsSync(committed) ? readdirSync(committed).filter((name) => name.endsWith('.jsonl')) : [];
  if (files.length === 0) throw new Error('there are no results in docs/studies; `npm run study -- NAME --out docs/studies` makes some');
  const [name] = files.sort((one, other) => readFileSync(join(committed, other)).length - readFileSync(join(committed, one)).length);
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByRole('radio', { name: 'Studies', exact: true }).check();
  await page.getByLabel('Study', { exact: true }).selectOption(name.replace(/\..*$/, ''));
  await page.getByLabel('File of a study or of results').setInputFiles(join(committed, name));
  await page.locator('.study-picture').waitFor();
  await page.evaluate(() => globalThis.scrollTo(0, 0));
}

async function tour(page) {
  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'A tour in six steps' }).click();
}

/** A run of a few steps, and the sheet that takes it home. */
async function takeHome(page) {
  await start(page);
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.getByRole('button', { name: 'Adapter (PEFT) or merged model…' }).click();
  await page.getByRole('button', { name: 'Download as .zip' }).first().waitFor();
}

/** Takes an adapter home, and gives it to its model again; `damage` may change the zip. */
const giveAdapter = (damage = (zip) => zip) => async (page) => {
  await takeHome(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download as .zip' }).first().click();
  const zip = damage(readFileSync(await (await coming).path()));
  await page.keyboard.press('Escape');
  await openPicker(page);
  await page.getByLabel('Files of a model').setInputFiles({ name: 'soup-reviews.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
  await page.locator('.picked .facts, .picked .field-refusal').first().waitFor();
};

/** An adapter that says another rank than its tensors have. */
function ofOtherRank(zip) {
  const files = unzipSync(new Uint8Array(zip));
  const config = JSON.parse(new TextDecoder().decode(files['adapter_config.json']));
  return zipSync({ ...files, 'adapter_config.json': new TextEncoder().encode(JSON.stringify({ ...config, r: 4 })) });
}

/** The tasks of the page, with what a run of each takes here. */
const tasks = unfold('Data', (page) => page.waitForFunction(() => document.querySelectorAll('.tile-cost').length >= 8, undefined, { timeout: 120_000 }));

/** Unfolds the model card and opens the picker. */
const openPicker = unfold('Model', (page) => page.getByRole('button', { name: 'Another model…' }).click());

const lookAt = (name, then) => async (page) => {
  await answerForHub(page);
  await openPicker(page);
  await page.getByRole('textbox', { name: 'Name or address of a model' }).fill(name);
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await then(page.getByRole('region', { name: 'The model you asked about' }));
};
const refused = lookAt('meta-llama/Llama-2-7b-hf', (picked) => picked.getByRole('alert').waitFor());
const fetching = lookAt('example/small-llama', async (picked) => {
  await picked.getByText('fits this adapter').waitFor();
  await picked.getByRole('button', { name: /^Fetch/ }).click();
  await picked.getByRole('progressbar').waitFor();
});

/** In the light, in the dark and on a phone. */
const inThree = (name, picture) => ({ [name]: { ...picture, engine: true }, [`${name}-dark`]: { ...picture, engine: true, scheme: 'dark' }, [`${name}-phone`]: { ...picture, engine: true, width: 390, height: 844 } });

/** name → link, what is pictured (else the page, as much as `height` shows), and what is done before. `scheme` and `width` where they are not light and wide. */
const CONTROLS = {
  'presets-method': { link: { 'model.peft': 'dora' }, act: (page) => page.getByRole('radio', { name: 'method', exact: true }).check(), of: (page) => page.getByRole('region', { name: 'Presets' }) },
  'presets-regulariser': { link: { 'optimizer.neftune': 5 }, act: (page) => page.getByRole('radio', { name: 'regulariser', exact: true }).check(), of: (page) => page.getByRole('region', { name: 'Presets' }) },
  'model-lora': { link: { 'model.peft': 'loraplus', 'optimizer.learningRate': 1e-3, 'model.fromLayer': 1 }, act: unfold('Model'), of: card('Model') },
  'model-prefix': { link: { 'model.peft': 'prefix', 'model.folder': 'nano-decoder', 'optimizer.learningRate': 0.03 }, act: unfold('Model'), of: card('Model'), scheme: 'dark' },
  'dropout-courses': { link: { 'dropout.logits.p': 0.1, 'dropout.logits.depth': 'falling', 'dropout.hidden.p': 0.2, 'dropout.hidden.time': 'rising', 'consistency.kind': 'kl', 'consistency.every': 4 }, of: card('Dropout') },
  'dropout-note': { link: { 'dropout.lora_rank.p': 0.3, 'model.peft': 'bitfit', 'optimizer.learningRate': 0.01 }, of: card('Dropout') },
  'data-description': { link: { 'data.task': 'description', 'model.folder': 'nano-decoder' }, act: unfold('Data'), of: card('Data') },
  'data-tasks': { link: {}, act: tasks, of: card('Data'), engine: true },
  'data-tasks-dark': { link: {}, act: tasks, of: card('Data'), engine: true, scheme: 'dark' },
  'data-tasks-phone': { link: {}, act: tasks, of: card('Data'), engine: true, width: 390 },
  table: { link: { open: 'table' }, act: table, height: 1100, engine: true },
  'table-dark': { link: { open: 'table' }, act: table, height: 1100, engine: true, scheme: 'dark' },
  'table-phone': { link: { open: 'table' }, act: table, width: 390, height: 844, engine: true },
  optimizer: { link: { 'optimizer.accumulation': 4, 'optimizer.l1': 3e-4 }, act: unfold('Optimizer', async (page) => { await open(page, 'Accumulation, warm-up, clipping, evaluation'); await open(page, 'Weight decay, L1, label smoothing, NEFTune'); }), of: card('Optimizer') },
  'curves-perplexity': { link: { ...SHORT, 'data.task': 'description', 'model.folder': 'nano-decoder' }, act: start, of: (page) => page.locator('.chart-pair'), engine: true },
  'masks-causal': {
    link: { ...SHORT, 'model.folder': 'nano-decoder', 'dropout.logits.p': 0.2, 'dropout.logits.pattern': 'column', 'dropout.logits.fromLayer': 1 }, engine: true,
    act: async (page) => { await page.getByRole('tab', { name: 'Inside' }).click(); await page.getByRole('radio', { name: 'layer 1' }).check(); await start(page); await page.getByText('as this run sees it').waitFor(); }, of: (page) => page.getByRole('tabpanel').locator('.place').first(),
  },
  'checkpoint-note': { link: SHORT, act: bringCheckpoint, of: (page) => page.locator('.note.offer'), engine: true },
  'download-menu': { link: {}, act: (page) => page.getByRole('button', { name: 'Download and open runs' }).click(), of: (page) => page.locator('.popover') },
  'restart-method': {
    link: { ...SHORT, 'optimizer.steps': 5000 }, engine: true, of: (page) => page.locator('.restart'),
    act: async (page) => {
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.waitForFunction(() => document.querySelector('progress')?.value >= 1, undefined, { timeout: 60_000 });
      await unfold('Model')(page);
      await page.getByRole('combobox', { name: 'Method' }).selectOption({ label: 'rsLoRA' });
    },
  },
  'model-phone': { link: { 'model.peft': 'adapter', 'optimizer.learningRate': 3e-3 }, act: unfold('Model'), of: card('Model'), width: 390 },
  'sentence-phone': { link: HIDDENKEY, act: (page) => page.locator('.sentence-fold > summary').click(), width: 390, height: 844 },
  'models-list': { link: {}, act: openPicker, height: 1000, engine: true },
  'models-list-dark': { link: {}, act: openPicker, height: 1000, engine: true, scheme: 'dark' },
  'models-refused': { link: {}, act: refused, of: (page) => page.locator('.picked'), engine: true },
  'models-refused-phone': { link: {}, act: refused, width: 390, height: 844, engine: true },
  'models-fetch-dark': { link: {}, act: fetching, of: (page) => page.locator('.picked'), engine: true, scheme: 'dark' },
  'take-home': { link: FEW, act: takeHome, height: 800, engine: true },
  'take-home-dark': { link: FEW, act: takeHome, height: 800, engine: true, scheme: 'dark' },
  'take-home-phone': { link: FEW, act: takeHome, width: 390, height: 844, engine: true },
  'adapter-given': { link: FEW, act: giveAdapter(), height: 800, engine: true },
  'adapter-given-dark': { link: FEW, act: giveAdapter(), of: (page) => page.locator('.picked'), engine: true, scheme: 'dark' },
  'adapter-refused-phone': { link: FEW, act: giveAdapter(ofOtherRank), width: 390, height: 844, engine: true },
  ...inThree('race', { link: SHORT, act: race, height: 1000 }),
  ...inThree('grid', { link: { ...FEW, 'evaluation.rows': 60 }, act: grid, height: 1000 }),
  ...inThree('study', { link: {}, act: study, height: 1000 }),
  ...inThree('dropped-keys', { link: SHORT, act: droppedKeys, height: 900 }),
  ...inThree('tour', { link: {}, act: tour, height: 800 }),
  'sheet-device': { link: {}, act: (page) => page.getByRole('button', { name: 'Device and limits' }).click(), height: 640 },
};

/** The page with two runs, as it looks in each view; the runs are trained once for all of them. */
const PAGE = {
  'playground-light': { view: 'Curves', width: 1440, height: 1000 },
  'playground-dark': { view: 'Curves', width: 1440, height: 1000, scheme: 'dark' },
  'playground-phone': { view: 'Curves', width: 390, height: 844 },
  'inside-light': { view: 'Inside', width: 1440, height: 1200 },
  'inside-dark': { view: 'Inside', width: 1440, height: 1200, scheme: 'dark' },
  'inside-phone': { view: 'Inside', width: 390, height: 844 },
  'text-light': { view: 'Text', width: 1440, height: 1000 },
  'text-dark': { view: 'Text', width: 1440, height: 1000, scheme: 'dark' },
  'text-phone': { view: 'Text', width: 390, height: 844 },
};

const PICTURES = Object.fromEntries(Object.entries(CONTROLS).map(([name, picture]) => [`controls/${name}`, picture]));
const NAMES = [...Object.keys(PAGE), ...Object.keys(PICTURES)];

const freePort = () => new Promise((resolve) => {
  const probe = createServer().listen(0, 'localhost', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !NAMES.includes(name));
if (unknown.length) {
  console.error(`screenshots: no picture called ${unknown.join(', ')}; choose among ${NAMES.join(', ')}`);
  process.exit(2);
}

mkdirSync(join(folder, 'controls'), { recursive: true });
const port = await freePort();
const server = spawn(process.execPath, [join(root, 'e2e', 'support', 'serve.mjs'), String(port)], { stdio: 'inherit' });
const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...HEADLESS_FLAGS, ...SOFTWARE_ADAPTER_FLAGS] });
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

async function openPage({ link = {}, scheme = 'light', width = 1280, height = 1800, engine = false }) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce' });
  await page.goto(`http://localhost:${port}/some/sub-path/#${new URLSearchParams([['v', '1'], ...Object.entries(link)])}`);
  // The plan's figures are part of a card, and examples of the data.
  await page.locator('.device:has-text("MiB")').waitFor({ timeout: 60_000, state: 'attached' });
  if (engine) await page.waitForFunction(() => !document.querySelector('.transport .start')?.disabled);
  return page;
}

/** @param what the page, as much as its window shows, or a part of it */
async function picture(page, name, what = page) {
  await page.waitForTimeout(700);
  await what.screenshot({ path: join(folder, `${name}.png`) });
  console.log(name);
}

try {
  if (Object.keys(PAGE).some(isWanted)) {
    const page = await openPage({ engine: true });
    await twoRuns(page);
    for (const [name, { view, width, height, scheme = 'light' }] of Object.entries(PAGE)) {
      if (!isWanted(name)) continue;
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.getByRole('tab', { name: view }).click();
      if (view === 'Inside') await page.getByText('as this run sees it').waitFor();
      if (view === 'Text') await page.getByText('Confusion matrix').waitFor();
      await page.evaluate(() => globalThis.scrollTo(0, 0));
      await page.mouse.move(0, 0);
      await picture(page, name);
    }
    await page.close();
  }
  for (const [name, options] of Object.entries(PICTURES)) {
    if (!isWanted(name)) continue;
    const page = await openPage(options);
    await options.act?.(page);
    await picture(page, name, options.of?.(page));
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
}
