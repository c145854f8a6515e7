/** The command that writes token ids: what it writes, and that it refuses with 2 and a sentence. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-encode-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const model = join(import.meta.dirname, '..', 'public', 'models', 'nano-encoder');

function encode(rows: unknown, from = model) {
  const [input, out] = [join(folder, 'rows.json'), join(folder, 'ids.json')];
  rmSync(out, { force: true });
  writeFileSync(input, typeof rows === 'string' ? rows : JSON.stringify(rows));
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'encode.mjs'), '--model', from, '--rows', input, '--out', out], { encoding: 'utf8' });
  const ids = status === 0 ? (JSON.parse(readFileSync(out, 'utf8')) as number[][]) : undefined;
  return { status, stderr, ids };
}

it('writes one list of ids a row', () => {
  const { status, ids } = encode([['', '', 8], ['the plot is not dull.', null, 5]]);
  expect([status, ids?.[0], ids?.[1].length]).toEqual([0, [0, 2, 2, 2], 5]);
});

it.each([
  ['{', /is not JSON/],
  [[['a', null, 8], ['b', 3, 8]], /row 2 is not \[text, pair or null, greatest length\] \(\["b",3,8\]\)/],
  [[['a', null, 8], ['b', null, 1]], /row 2: tokenizer: the greatest length leaves no room for the special tokens \(1, of them 2/],
])('refuses %j with 2 and a sentence', (rows, sentence) => {
  const { status, stderr } = encode(rows);
  expect([status, stderr.startsWith('encode: ')]).toEqual([2, true]);
  expect(stderr).toMatch(sentence);
});

it('refuses a folder without a tokenizer', () => {
  const { status, stderr } = encode([], folder);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^encode: tokenizer\.json: could not be read/)]);
});
