/** A dataset of the Hub on the built page: what it has is said before anything is fetched, and a link to it opens by a button. Needs no GPU. */
import { isAccessible } from './support/accessible';
import { answerForHub } from './support/hub';
import { expect, test } from './support/page';
import { HubStandIn } from '../src/sources/testing/standIn';

const COMMIT = 'c0ffee0123456789abcdef0123456789abcdef01';
const rows = (count: number) => ({ bytes: Buffer.from(`idx\tsentence\tlabel\n${Array.from({ length: count }, (_, at) => `${at}\tThe room ${at} is ${at % 2 ? 'warm' : 'cold'}\t${at % 2}`).join('\n')}\n`) });

test('looks at a dataset, fetches it, counts its tokens, and opens a link to it by a button', async ({ page, context, playground, watch }) => {
  const hub = await HubStandIn.start();
  hub.repositories.set('nyu-mll/glue', { commit: COMMIT, files: { 'sst2/train.tsv': rows(40), 'sst2/validation.tsv': rows(12), 'rte/train.tsv': rows(8) }, counted: { rows: { 'sst2/train': 40 } } });
  await answerForHub(context, hub);
  await playground.goto('#open=table');
  const dialog = page.getByRole('dialog', { name: 'A table of your own' });
  await dialog.getByLabel('Set of the paper').selectOption('SST-2');
  await dialog.getByRole('button', { name: 'Look for it on the Hub' }).click();
  await expect(dialog.getByText(/train \(40 rows, .* is for/)).toBeVisible();
  expect(hub.log.some(({ url }) => url.includes('/resolve/'))).toBe(false);
  await dialog.getByRole('button', { name: /^Fetch / }).click();
  await expect(dialog.getByText('40 of 40 rows can be used.')).toBeVisible();
  await expect(dialog.getByText(/Training rows have \d+ to \d+ tokens of nano-encoder/)).toBeVisible();
  await expect(dialog.getByText('has read only generated English', { exact: false })).toBeVisible();
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Use the good rows' }).click();
  const link = await playground.link();
  expect(decodeURIComponent(new URL(link).hash)).toContain(`hub:nyu-mll/glue@${COMMIT}`);

  const before = hub.log.length;
  await playground.goto(`${new URL(link).hash}&open=table`);
  await expect(dialog.getByRole('button', { name: 'Fetch what the settings name' })).toBeVisible();
  expect(hub.log.length).toBe(before);
  await dialog.getByRole('button', { name: 'Fetch what the settings name' }).click();
  await expect(dialog.getByText('This is the table that the settings name')).toBeVisible();
  // What the page asked of the Hub, and of nobody else.
  expect(watch.foreign.every((address) => /^https:\/\/(datasets-server\.)?huggingface\.co\//.test(address))).toBe(true);
  watch.foreign.length = 0;
  await hub.stop();
});
