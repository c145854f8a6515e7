/** The command that reads tables: what it writes, and that it refuses with a sentence and exit status 2. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = join(folder, 'out.json');
const file = (name: string, contents: string) => {
  writeFileSync(join(folder, name), contents);
  return join(folder, name);
};
const run = (...args: string[]) => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'import.mjs'), ...args], { encoding: 'utf8' });
  return { status, stderr };
};

it('writes a report for each file, as it is told to read them', () => {
  const table = file('a.csv', 'text,label\nOne of two,7\nTwo of two,8\n');
  expect(run(table, file('b.csv', ''), '--label', 'label', '--target', 'number', '--out', out)).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject([{ file: 'a.csv', rows: 2, problem: 'regression', range: [7, 8] }, { file: 'b.csv', problem: 'refused' }]);
});

it.each([
  ['no file', ['--out', out], 'import: no file was named; write npm run import'],
  ['no place to write', ['a.csv'], 'import: --out is missing'],
  ['a file that is not there', ['none.csv', '--out', out], 'import: none.csv could not be read (ENOENT)'],
  ['a header', ['none.csv', '--out', out, '--header', 'maybe'], 'import: --header maybe is none; choose yes, no or the number of its line'],
  ['a quoting', ['none.csv', '--out', out, '--quoting', 'odd'], 'import: unknown quoting odd; choose literal, csv or backslash'],
])('%s ends with 2', (_, args, sentence) => {
  const { status, stderr } = run(...args);
  expect(stderr).toContain(sentence);
  expect(status).toBe(2);
});
