/** A page that is loaded again has its runs, settings and rows, and goes on where its run was, bit for bit. */
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';

/** Short rows and long ones, so that batches have two widths and take turns. */
const ROWS = Array.from({ length: 60 }, (_, row) => `"Row ${row}, ${row % 2 ? 'warm and bright' : `cold and dull${row % 3 ? '' : ', with a draught, a stain on the wall, a lamp that flickers, one chair, and a view of the yard where the bins are'}`}",${row % 2 ? 'good' : 'bad'}`);
const CSV = { name: 'rooms.csv', mimeType: 'text/csv', buffer: Buffer.from(`review,verdict\n${ROWS.join('\n')}\n`) };

/** The step whose weights the browser has by now: writing waits for a second. */
const keptStep = () => new Promise<number>((resolve) => {
  indexedDB.open('lora-dropout-playground').onsuccess = ({ target }) => {
    const database = (target as IDBOpenDBRequest).result;
    database.transaction('entries').objectStore('entries').get('snapshot').onsuccess = (found) => {
      resolve(((found.target as IDBRequest).result as { step: number } | undefined)?.step ?? -1);
      database.close();
    };
  };
});

test('a reload takes nothing away, and forgetting takes everything', async ({ page, playground }) => {
  await playground.goto(`${linkTo({ ...TINY, 'optimizer.steps': 24, 'dropout.hidden.p': 0.1, 'dropout.logits.p': 0.1, 'consistency.kind': 'kl' })}&open=table`);
  await page.getByLabel('File of a table').setInputFiles(CSV);
  await page.getByRole('button', { name: 'Use the good rows' }).click();
  await expect(playground.start).toBeEnabled();
  // What it has to come out as.
  await playground.train();
  const whole = await playground.record();
  await playground.start.click();
  await playground.hasReached(8);
  await playground.pause.click();
  await playground.hasPaused();
  await expect.poll(() => page.evaluate(keptStep)).toBeGreaterThanOrEqual(8);
  await page.reload();

  const offer = page.getByRole('button', { name: /^Go on from step \d+$/ });
  await expect(offer).toBeVisible();
  await expect(playground.runRows).toHaveCount(2);
  // A button that is being enabled is between two colours.
  await expect(offer).toBeEnabled();
  await isAccessible(page);
  expect(Number(/\d+/.exec((await offer.textContent())!)![0])).toBeGreaterThanOrEqual(8);
  await offer.click();
  await playground.hasFinished();
  await expect(playground.runRows).toHaveCount(2);
  const resumed = await playground.record();
  for (const column of ['step', 'crossEntropy', 'consistency', 'gradientNorm', 'learningRate'] as const) expect(resumed.points[column], column).toEqual(whole.points[column]);
  const scores = ({ evaluations }: typeof whole) => evaluations.filter(({ step }) => step % 6 === 0).map(({ step, heldOut, train }) => ({ step, heldOut, train }));
  expect(scores(resumed)).toEqual(scores(whole));

  await page.getByRole('button', { name: 'Help' }).click();
  await page.getByRole('button', { name: 'Forget everything' }).click();
  await page.getByRole('button', { name: /^Forget 2 runs, settings/ }).click();
  await expect(page.getByText('Press Start')).toBeVisible();
  await expect(playground.start).toBeEnabled();
  await expect(playground.runRows).toHaveCount(0);
});
