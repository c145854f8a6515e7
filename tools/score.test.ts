/** The command that scores texts: what it writes, and that it refuses with a sentence and exit status 2. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-score-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function score(hypotheses: string, references: string) {
  const [texts, refs, out] = ['hypotheses.txt', 'references.txt', 'out.json'].map((name) => join(folder, name));
  writeFileSync(texts, hypotheses);
  writeFileSync(refs, references);
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'score.mjs'), '--hypotheses', texts, '--references', refs, '--out', out], { encoding: 'utf8' });
  return { status, stderr, out };
}

it('writes the scores, how many texts there were, and what each number is', () => {
  const { status, out } = score('the small cat sat on the mat\nfish is cheap today\n', 'the small cat sat on the mat\na cat sat\n\nfish is cheap today\n');
  expect(status).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ BLEU: 1, ROUGE_L: 1, TER: 0, texts: 2, references: 3, definitions: { METEOR: expect.stringContaining('exact and Porter stem') } });
});

it('refuses files that do not belong together', () => {
  expect(score('one\ntwo\n', 'only\n')).toMatchObject({ status: 2, stderr: expect.stringContaining('2 hypotheses and 1 groups of references') });
});
