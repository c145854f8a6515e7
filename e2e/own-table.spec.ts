/** A small CSV of one's own: its good rows are trained on, and the link of that run says what to open. */
import { expect, test } from './support/page';
import { linkTo, TINY } from './support/playground';

const ROWS = Array.from({ length: 60 }, (_, row) => `"Row ${row}, ${row % 2 ? 'warm and bright' : 'cold and dull'}",${row % 2 ? 'good' : 'bad'}`);
const CSV = { name: 'rooms.csv', mimeType: 'text/csv', buffer: Buffer.from(`review,verdict\n${ROWS.join('\n')}\nno verdict,\n`) };

test('trains on the good rows of a table, and a link to that run says what to open', async ({ page, playground }) => {
  await playground.goto(`${linkTo(TINY)}&open=table`);
  const dialog = page.getByRole('dialog', { name: 'A table of your own' });
  const give = async () => {
    await page.getByLabel('File of a table').setInputFiles(CSV);
    await expect(dialog.getByText('60 of 61 rows can be used.')).toBeVisible();
    await expect(dialog.getByText('chooses the best step')).toBeVisible();
    await dialog.getByRole('button', { name: 'Use the good rows' }).click();
    await expect(dialog).toBeHidden();
  };
  await give();
  await playground.train();
  const { config, evaluations } = await playground.record();
  expect(config.data).toMatchObject({ source: expect.stringMatching(/^local:rooms\.csv#[0-9a-f]{16}$/), rows: 36, table: { labels: ['bad', 'good'], rows: 60, read: { text: 'review', label: 'verdict' } } });
  expect(JSON.stringify(config)).not.toContain('warm and bright');
  expect(evaluations.at(-1)!.train.loss).toBeLessThan(evaluations[0].train.loss);

  await playground.goto(new URL(await playground.link()).hash);
  await expect(page.getByText(/The rows of rooms\.csv are not here; open it \(60 rows, fingerprint [0-9a-f]{8}\)/).first()).toBeVisible();
  await expect(playground.start).toBeDisabled();
  await page.getByRole('button', { name: 'Open the table' }).click();
  await give();
  await expect(playground.start).toBeEnabled();
});
