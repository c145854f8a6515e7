/** Messy files beside what a good import makes of them: some always, all of the shared ones where they are at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTable } from './importTable';
import { comparable, expectedOf, messyFiles, probed } from './testing/messy';

const ours = join(import.meta.dirname, '..', 'fixtures', 'messy');
const shared = join(process.env.REFERENCE_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'data'), 'messy');

/** What must be said, as far as it is a matter of words. */
const SAID: Record<string, RegExp[]> = {
  '03-pairs-bom-crlf.tsv': [/Two texts a row.*label: Quality; left out: #1 ID and #2 ID/, /blank line \(10\) is no bad row/],
  '07-windows-1252-sep-line.csv': [/not UTF-8; it was read as Windows-1252.*accents.*choose another encoding/, /sep=;.*is no data/],
  '10-ragged.csv': [/4 rows are set aside.*line 2, line 5, line 8 and line 12.*7 good ones/, /commas in it needs quotes/],
  '13-label-variants.csv': [/positive.*"posi⟨U\+200B⟩tive" 1.*joined/],
  '20-quoted-newlines.csv': [/line 10 and line 14/],
  '28-broken-lines.jsonl': [/8 rows are set aside.*6 good ones/, /2 blank lines \(2 and 11\) are no fault/],
  '30-pretty-array.jsonl': [/one JSON array, not one object a line/, /2 rows are set aside/, /input is joined to instruction where there is one/],
  '34-zstd-int64.parquet': [/record 7/, /left out: uid and __index_level_0__/],
};

for (const [title, folder] of [['messy files', ours], ['shared messy files', shared]]) {
  describe.skipIf(!existsSync(folder))(title, () => {
    it.each(existsSync(folder) ? messyFiles(folder) : [])('%s', async (name) => {
      const expected = expectedOf(folder, name);
      const imported = await importTable(name, readFileSync(join(folder, name)));
      expect(comparable(imported.report)).toEqual(comparable(expected));
      expect(probed(imported, expected.probes)).toEqual(expected.probes ?? []);
      for (const said of SAID[name]) expect(imported.report.notes).toContainEqual(expect.stringMatching(said));
      expect(JSON.stringify(imported)).not.toMatch(/[\ufffd\ufeff]|undefined/);
      for (const { reason } of imported.report.bad_rows) expect(reason).not.toBe('');
    });
  });
}
