/** The command that writes with a decoder: that it refuses with 2 and a sentence, before it opens a GPU where it can. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const prompts = join(folder, 'prompts.json');
writeFileSync(prompts, '["a"]');

it.each([
  [['--model', 'nano-decoder', '--prompts', prompts], /^generate: --out is missing; write npm run generate/],
  [['--model', 'nano-decoder', '--prompts', prompts, '--out', 'o.json', '--tempreature', '1'], /Unknown option '--tempreature'; the options are --model VALUE/],
  [['--model', 'nano-decoder', '--prompts', prompts, '--out', 'o.json', '--beams', 'four'], /^generate: --beams is no number \(four\); write one, as in --beams 2/],
  [['--model', 'nano-decoder', '--prompts', prompts, '--out', 'o.json', '--early-stopping', 'soon'], /unknown early-stopping soon; choose true, false or never/],
])('refuses %j', (options, sentence) => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'generate.mjs'), ...options], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)]);
});
