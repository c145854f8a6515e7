/** Models that do not come with the page: a folder that somebody drops, and one of the Hub, which is a stand-in on this machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { answerForHub } from './support/hub';
import { HubStandIn } from '../src/sources/testing/standIn';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

const root = join(import.meta.dirname, '..');
const filesIn = (folder: string) => Object.fromEntries(readdirSync(join(root, folder)).map((name) => [name, readFileSync(join(root, folder, name))]));

/** Every letter a token; what is no letter is unknown. Small enough for the models of the golden cases. */
function letters(): string {
  const vocab = Object.fromEntries(['<s>', '<pad>', '</s>', '<unk>', ...'abcdefghijklmnopqrstuvwxyz'].map((token, id) => [token, id]));
  const special = ['<s>', '<pad>', '</s>', '<unk>'].map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
  return JSON.stringify({
    version: '1.0', truncation: null, padding: null, added_tokens: special, normalizer: { type: 'Lowercase' }, pre_tokenizer: { type: 'Whitespace' },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true, add_prefix_space: false }, decoder: null,
    model: { type: 'WordPiece', unk_token: '<unk>', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab },
  });
}

/** Drops files on the element that takes models. */
async function drop(page: Page, files: Record<string, Buffer>): Promise<void> {
  const transfer = await page.evaluateHandle((given) => {
    const all = new DataTransfer();
    for (const [name, base64] of given) all.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
    return all;
  }, Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')]));
  await page.locator('.drop-zone').dispatchEvent('drop', { dataTransfer: transfer });
}

async function openPicker(page: Page): Promise<void> {
  await page.locator('details.card').filter({ has: page.getByRole('heading', { level: 3, name: 'Model' }) }).locator('> summary').click();
  await page.getByRole('button', { name: 'Another model…' }).click();
}

test('a dropped folder is described, used and trained; what cannot be used says why, and the model before it stays', async ({ page, playground }) => {
  await playground.open({ 'model.targets': 'q.v' });
  await openPicker(page);
  const picked = page.getByRole('region', { name: 'The model you asked about' });
  const model = filesIn('src/fixtures/golden/roberta-output/model');
  await drop(page, { 'config.json': model['config.json'], 'pytorch_model.bin': Buffer.from('PK') });
  await expect(picked.getByRole('alert')).toContainText('is a Python pickle, which can run a program when it is opened');
  await drop(page, model);
  await expect(picked.getByRole('alert')).toContainText('tokenizer.json: is not among the files');
  await drop(page, { ...model, 'tokenizer.json': Buffer.from(letters()), 'tokenizer_config.json': Buffer.from(JSON.stringify({ pad_token: '<pad>' })) });
  await expect(picked).toContainText('RoBERTa, an encoder');
  await expect(picked).toContainText('fits this adapter');
  await picked.getByRole('button', { name: 'Use it' }).click();
  await expect(picked).toContainText('It is the model on the cards.');
  await picked.getByRole('button', { name: 'Done' }).click();
  await expect(playground.start).toBeEnabled();
  await playground.stepTo(3);
  // The link says which folder it is, and a page that has not got it says what to do.
  const link = await playground.link();
  expect(decodeURIComponent(new URL(link).hash)).toMatch(/model\.source=local:model#[0-9a-f]{16}/);
  await playground.goto(new URL(link).hash);
  await expect(page.getByRole('alert').filter({ hasText: 'drop that folder on the page to go on' })).toBeVisible();
  await expect(playground.start).toBeDisabled();
});

test('a model of the Hub is asked for by name, fetched when one says so, trained, and kept', async ({ page, context, playground, watch }) => {
  const hub = await HubStandIn.start();
  const commit = 'c0ffee0123456789abcdef0123456789abcdef01';
  const files = Object.entries(filesIn('public/models/nano-encoder')).map(([name, bytes]) => [name, { bytes, lfs: name === 'model.safetensors' }] as const);
  hub.repositories.set('org/tiny', { commit, licence: 'mit', files: Object.fromEntries(files) });
  const weights = () => hub.log.filter(({ host, range }) => host === 'cdn' && range === undefined).length;
  try {
    await answerForHub(context, hub);
    await playground.open();
    expect(watch.foreign).toEqual([]);
    await openPicker(page);
    await page.getByRole('textbox', { name: 'Name or address of a model' }).fill('https://huggingface.co/org/tiny/tree/main');
    await page.getByRole('button', { name: 'Look', exact: true }).click();
    const picked = page.getByRole('region', { name: 'The model you asked about' });
    await expect(picked).toContainText(`org/tiny @ ${commit.slice(0, 7)}`);
    await expect(picked).toContainText('mit');
    await expect(picked).toContainText('fits this adapter');
    expect(weights()).toBe(0);
    await isAccessible(page);
    await picked.getByRole('button', { name: /^Fetch .* and use it$/ }).click();
    await expect(picked).toContainText('It is the model on the cards.');
    expect(weights()).toBe(1);
    await expect(page.getByRole('region', { name: 'On this machine' })).toContainText('org/tiny');
    await picked.getByRole('button', { name: 'Done' }).click();
    await expect(playground.start).toBeEnabled();
    await playground.stepTo(3);
    const { hash } = new URL(await playground.link());
    expect(decodeURIComponent(hash)).toContain(`model.source=hub:org/tiny@${commit}`);
    // Another visit needs nothing of the Hub.
    const asked = hub.log.length;
    await playground.goto(hash);
    await expect(playground.start).toBeEnabled();
    expect(hub.log.length).toBe(asked);
  } finally {
    await hub.stop();
    expect(watch.foreign.every((address) => address.startsWith('https://huggingface.co'))).toBe(true);
    watch.foreign.length = 0;
  }
});
