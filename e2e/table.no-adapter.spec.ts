/** A table of one's own on the built page, under its policy: formats that Node reads and a browser might not, questions, refusals. Needs no GPU. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright/test';
import { isAccessible } from './support/accessible';
import { expect, test } from './support/page';

const messy = (name: string) => ({ name, mimeType: 'application/octet-stream', buffer: readFileSync(join(import.meta.dirname, '..', 'src', 'fixtures', 'messy', name)) });

async function sheet(page: Page) {
  const dialog = page.getByRole('dialog', { name: 'A table of your own' });
  await expect(dialog.getByRole('button', { name: 'Choose a file' })).toBeVisible();
  return dialog;
}

test('reads Snappy, Zstandard and .gz of several members, asks, refuses', async ({ page, playground }) => {
  await playground.goto('#open=table');
  const dialog = await sheet(page);
  const file = page.getByLabel('File of a table');

  await file.setInputFiles(messy('34-zstd-int64.parquet'));
  await expect(dialog.getByText('11 of 12 rows can be used.')).toBeVisible();
  await dialog.getByText('1 row is set aside', { exact: true }).click();
  await expect(dialog.getByText('record 7: no label (null)')).toBeVisible();

  await file.setInputFiles(join(import.meta.dirname, 'support', 'snappy.parquet'));
  await expect(dialog.getByText('20 of 20 rows can be used.')).toBeVisible();
  await expect(dialog.getByText('Parquet with one row group, compression SNAPPY.')).toBeVisible();

  // Chromium's DecompressionStream refuses what follows the first member.
  const lines = 'text,label\n"First line\nsecond line",split\nplain,whole\nanother,whole\nlast one,split\n';
  await file.setInputFiles({ name: 'members.csv.gz', mimeType: 'application/gzip', buffer: Buffer.concat([gzipSync(lines.slice(0, 30)), gzipSync(lines.slice(30))]) });
  await expect(dialog.getByText('4 of 4 rows can be used.')).toBeVisible();
  await expect(dialog.getByText('The file is gzip of 2 members, all of which were read.')).toBeVisible();

  await file.setInputFiles({ name: 'quotes.tsv', mimeType: 'text/plain', buffer: Buffer.from('sentence\tlabel\n"Good, cheap"\t0\nplain\t1\n"Slow, loud"\t0\nnice\t1\n') });
  const question = dialog.getByRole('region', { name: 'To be asked' });
  await expect(question).toContainText('Some cells begin and end with a quote');
  await expect(dialog.getByRole('cell', { name: '"Good, cheap"' })).toBeVisible();
  await isAccessible(page);
  await question.getByRole('button', { name: 'Read it this way' }).click();
  await expect(dialog.getByRole('cell', { name: 'Good, cheap', exact: true })).toBeVisible();
  await dialog.getByRole('button', { name: 'Read it as it is found' }).click();
  await expect(dialog.getByRole('cell', { name: '"Good, cheap"' })).toBeVisible();

  await file.setInputFiles({ name: 'page.csv', mimeType: 'text/csv', buffer: Buffer.from('<!doctype html><title>Sign in</title>') });
  await expect(dialog.getByRole('alert')).toContainText('This is a web page ("Sign in"), not data');

  await dialog.getByText('Paste rows').click();
  await dialog.getByLabel('Rows', { exact: true }).fill('Warm rolls\tgood\nCold soup\tbad\nA dull day\tbad\nFine\tgood\n');
  await dialog.getByRole('button', { name: 'Read them' }).click();
  await expect(dialog.getByText('4 of 4 rows can be used.')).toBeVisible();
});
