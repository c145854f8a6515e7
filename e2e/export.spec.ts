/** What was trained on the page, taken home and read by the command: the adapter on its base and the merged model are the same model. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync, zipSync } from 'fflate';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

const root = join(import.meta.dirname, '..');

/** Logits of a few texts by `npm run evaluate`. */
async function logitsOf(folder: string, ...options: string[]): Promise<number[]> {
  const [texts, out] = [join(folder, 'texts.json'), join(folder, 'out.json')];
  await writeFile(texts, JSON.stringify(['the soup was warm and quick', 'I waited an hour for cold rice']));
  await promisify(execFile)(process.execPath, [join(root, 'tools/evaluate.mjs'), ...options, '--texts', texts, '--out', out], { cwd: root });
  return (JSON.parse(await readFile(out, 'utf8')) as { logits: number[] }[]).flatMap(({ logits }) => logits);
}

test('a paused run is taken home as an adapter and as a model, and both are what was trained', async ({ page, playground }) => {
  test.setTimeout(240_000);
  // A headless browser shows no dialog: whoever is asked chooses a folder of the page's own disk.
  await page.addInitScript(() => Object.assign(globalThis, { showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('chosen', { create: true }) }));
  await playground.open({ 'dropout.hidden.p': 0.1, 'evaluation.every': 5, 'optimizer.learningRate': 0.02 });
  await playground.stepTo(5);
  await page.getByRole('button', { name: 'Download and open runs' }).click();
  await page.getByRole('button', { name: 'Adapter (PEFT) or merged model…' }).click();
  const sheet = page.getByRole('dialog', { name: 'Take it home' });
  await expect(sheet.getByRole('radio', { name: 'Best evaluation, step 5' })).toBeChecked();
  await isAccessible(page);
  await sheet.getByText('Now, step 5').click();
  const folder = await mkdtemp(join(tmpdir(), 'taken-'));
  const take = async (title: string, name: string) => {
    const coming = page.waitForEvent('download');
    await sheet.getByRole('region', { name: title }).getByRole('button', { name: 'Download as .zip' }).click();
    const download = await coming;
    expect(download.suggestedFilename()).toMatch(/-step-5\.zip$/);
    const files = unzipSync(new Uint8Array(await readFile(await download.path())));
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name, path)), { recursive: true });
      await writeFile(join(folder, name, path), bytes);
    }
    await expect(sheet.getByRole('status')).toContainText('has the weights after step 5.');
    return files;
  };
  const adapter = await take('Adapter (PEFT)', 'adapter');
  expect(Object.keys(adapter).sort()).toEqual(['README.md', 'adapter_config.json', 'adapter_model.safetensors', 'curves.csv', 'run.json']);
  expect(new TextDecoder().decode(adapter['README.md'])).toContain('| step of these weights | 5 of 12 |');
  const merged = await take('Merged model (transformers)', 'merged');
  expect(JSON.parse(new TextDecoder().decode(merged['config.json']))).toMatchObject({ id2label: { 0: 'negative', 1: 'positive' } });

  // Into a folder: the script for Python, with all that it reads.
  await sheet.getByRole('region', { name: 'Go on in Python' }).getByRole('button', { name: 'Into a folder…' }).click();
  await expect(sheet.getByRole('status')).toContainText(/-python-step-5 has the weights after step 5\.$/);
  const inFolder = await page.evaluate(async () => {
    const files: Record<string, string> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string) => {
      for await (const [name, handle] of (folder as unknown as { entries(): AsyncIterable<[string, FileSystemFileHandle | FileSystemDirectoryHandle]> }).entries()) {
        if (handle.kind === 'directory') await walk(handle, `${path}${name}/`);
        else files[path + name] = await (await handle.getFile()).text();
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen'), '');
    return files;
  });
  const written = Object.fromEntries(Object.entries(inFolder).map(([path, text]) => [path.replace(/^[^/]*-python-step-5\//, ''), text]));
  expect(Object.keys(written).sort()).toEqual(['continue.json', 'continue.py', 'curves.csv', 'run.json', 'start/adapter_config.json', 'start/adapter_model.safetensors']);
  expect((JSON.parse(written['continue.json']) as { losses: number[] }).losses).toHaveLength(5);

  // Onto its base again, on the same page: what does not fit is named, and what fits scores as it did.
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(playground.runRows).toContainText(/test \d/);
  await playground.unfold('Model');
  await page.getByRole('button', { name: 'Another model…' }).click();
  const given = page.getByRole('region', { name: 'The adapter you gave' });
  const config = JSON.parse(new TextDecoder().decode(adapter['adapter_config.json'])) as object;
  const give = (files: Record<string, Uint8Array>) => page.getByLabel('Files of a model').setInputFiles(Object.entries(files).map(([name, bytes]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })));
  await give({ 'adapter_config.json': Buffer.from(JSON.stringify({ ...config, r: 4 })), 'adapter_model.safetensors': adapter['adapter_model.safetensors'] });
  await expect(given.getByRole('alert')).toContainText('query.lora_A.weight [8,64] should be [4,64]');
  await give({ 'home.zip': zipSync(adapter) });
  await expect(given).toContainText('nano-encoder: every tensor fits');
  await isAccessible(page);
  await given.getByRole('button', { name: 'Evaluate it' }).click();
  await expect(given).toContainText(/On 2.000 test rows/, { timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(page.getByText('The adapter home, and its settings below.')).toBeVisible();
  const [trained, judged] = await playground.records();
  expect(judged.config.model.adapter).toMatch(/^local:home#[0-9a-f]{16}$/);
  expect([trained.test?.step, judged.test?.step]).toEqual([5, 0]);
  expect(judged.test!.scores.loss).toBeCloseTo(trained.test!.scores.loss, 5);

  const base = await logitsOf(folder, '--model', 'nano-encoder', '--adapter', join(folder, 'adapter'));
  const whole = await logitsOf(folder, '--model', join(folder, 'merged'));
  expect(base.some((logit) => Math.abs(logit) > 1e-3)).toBe(true);
  base.forEach((logit, index) => expect(whole[index]).toBeCloseTo(logit, 4));
});
