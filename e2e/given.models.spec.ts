/**
 * Folders of models that are given by hand, opened by dropping and through a stand-in for the Hub: both train alike, and as `npm run train` does.
 * Not among the tests: `MODELS=DIR[:DIR…] npx playwright test --project=given`. A folder with a golden.json is also asked to go on with its greedy text.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import type { RunRecord } from '../src/protocol/run';
import { HubStandIn } from '../src/sources/testing/standIn';
import { answerForHub, drop, filesIn, HUB, letters, openPicker } from './support/models';
import { expect, test } from './support/page';
import { linkTo, type Settings, TINY } from './support/playground';

const root = join(import.meta.dirname, '..');
const COMMIT = 'c0ffee0123456789abcdef0123456789abcdef01';
const STEPS = 3;

interface Config { vocab_size: number }

/** A run for this model, on short texts: those of the golden cases have few positions. What is to write is trained on texts to be written. */
function settingsFor(writes: boolean): Settings {
  const rows: Settings = writes ? { 'model.folder': 'nano-decoder', 'data.task': 'description' } : { 'data.task': 'sentiment', 'data.maxLength': 10 };
  return { ...rows, 'evaluation.rows': 16, 'optimizer.steps': STEPS, 'model.targets': 'q.v' };
}

const lossesOf = ({ points }: RunRecord) => [...points.crossEntropy];

/** The same run without a page. */
function underNode(files: Record<string, Buffer>, settings: Settings): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'given-'));
  try {
    const model = join(folder, 'model');
    mkdirSync(model);
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(model, name), bytes);
    const out = join(folder, 'out');
    execFileSync('node', [join(root, 'tools/train.mjs'), '--model', model, '--data', String(settings['data.task']), '--out', out, linkTo({ ...TINY, ...settings }).slice(1)], { stdio: 'pipe' });
    return lossesOf(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = (process.env.MODELS ?? '').split(delimiter).filter(Boolean).map((folder) => resolve(folder));

for (const folder of given) {
  test(`${basename(dirname(folder))}/${basename(folder)}`, async ({ page, context, playground, watch }) => {
    test.setTimeout(600_000);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Config;
    const own = filesIn(folder);
    const files = own['tokenizer.json'] ? own : { ...own, ...letters(config.vocab_size) };
    const golden = join(folder, 'golden.json');
    const settings = settingsFor(existsSync(golden));
    const picked = page.getByRole('region', { name: 'The model you asked about' });
    const trained: number[][] = [];
    const train = async () => {
      await picked.getByRole('button', { name: 'Done' }).click();
      await playground.train();
      trained.push(lossesOf(await playground.record()));
    };

    await playground.open(settings);
    await openPicker(playground);
    await drop(page, files);
    await picked.getByRole('button', { name: 'Use it' }).click();
    await train();

    const hub = await HubStandIn.start();
    try {
      hub.repositories.set('org/given', { commit: COMMIT, licence: 'mit', files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, { bytes, lfs: name === 'model.safetensors' }])) });
      await answerForHub(context, hub);
      await playground.open(settings);
      await openPicker(playground);
      await page.getByRole('textbox', { name: 'Name or address of a model' }).fill('org/given');
      await page.getByRole('button', { name: 'Look', exact: true }).click();
      await picked.getByRole('button', { name: /^Fetch .* and use it$/ }).click();
      await train();
      expect(trained[1]).toEqual(trained[0]);

      if (existsSync(golden)) {
        const { greedy_text: text } = JSON.parse(readFileSync(golden, 'utf8')) as { greedy_text: string };
        // At rate 0 the model stays as it is.
        const { hash } = new URL(await playground.link());
        expect(hash).toContain('optimizer.learningRate=0.005');
        await playground.goto(hash.replace('optimizer.learningRate=0.005', 'optimizer.learningRate=0'));
        await expect(playground.start).toBeEnabled();
        await playground.train();
        const view = await playground.view('Text');
        const prompt = text.slice(0, text.indexOf('.') + 1);
        await view.getByRole('textbox', { name: 'Prompt' }).fill(prompt);
        await view.getByRole('button', { name: 'Write', exact: true }).click();
        const answer = view.locator('.own-answer');
        await expect(answer).toBeVisible();
        // The page sets spaces and ends of lines its own way, and says where a text goes on.
        const withoutSpace = (whole: string) => whole.replace(/[\s↵⏎¶␣·]+|…$/g, '');
        const written = withoutSpace((await answer.innerText()).replace(/^step \d+/, ''));
        expect(written.length).toBeGreaterThan(withoutSpace(prompt).length + 40);
        expect(withoutSpace(text).slice(0, written.length)).toBe(written);
      }
    } finally {
      await hub.stop();
      expect(watch.foreign.every((address) => address.startsWith(HUB))).toBe(true);
      watch.foreign.length = 0;
    }
    const reference = underNode(files, settings);
    expect(reference.length).toBe(STEPS);
    reference.forEach((loss, step) => expect(Math.abs(loss - trained[0][step]) / loss, `step ${step}`).toBeLessThan(1e-5));
  });
}
