/** The command of studies, without a run: what is to be done, what was done by several machines, and what it cannot do. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readStudy, trialsOf } from '../src/studies/study';

const folder = mkdtempSync(join(tmpdir(), 'lora-dropout-studies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = (...args: string[]) => spawnSync(process.execPath, [join(import.meta.dirname, 'study.mjs'), ...args], { cwd: folder, encoding: 'utf8' });

it('merges what several machines made, and makes a run again whose line was cut off', () => {
  const file = join(import.meta.dirname, '../src/studies/experiments/decoder-depth.json');
  const trials = trialsOf(readStudy(JSON.parse(readFileSync(file, 'utf8')), 'decoder-depth.json'));
  const lines = trials.map(({ link, variant, seed }) => JSON.stringify({
    link, device: 'made up', date: '2026-11-25T00:00:00Z', seconds: 3, evaluations: [{ step: 0, heldOut: { loss: 0.5, metric: 0.7 } }],
    test: { loss: 0.5, metric: variant === 'LoRA' ? 0.8 : 0.85 + 0.002 * seed },
  }));
  for (const [name, text] of [['one', lines.slice(0, 20).join('\n')], ['two', `${lines.slice(20, -1).join('\n')}\n${lines.at(-1)!.slice(0, 40)}`]]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'part.jsonl'), text);
  }
  const { stdout, stderr, status } = study('merge', 'decoder-depth', 'one', 'two');
  expect([status, stderr]).toEqual([0, expect.stringContaining('has a line that is cut off')]);
  expect(stdout).toContain(`${trials.length - 1} of ${trials.length} runs`);
  expect(stdout).toMatch(/\| LoRA dropout 0\.1 \| 6 \| 5\.7 \| 5\.3 to 6\.1 \| \S+ \| 0\.031 \| better \|/);
});

it('ends with 2 and a sentence for what it cannot do', () => {
  for (const [args, sentence] of [
    [['nothing-like-it'], /^study: nothing-like-it is neither a file nor one of the studies that come along \(ablation, /],
    [['ablation', '--shard', '3/2'], /^study: --shard 3\/2 is no part of a study; write I\/N/],
    [[], /^study: write NAME or FILE of one study, costs NAME, or merge NAME/],
  ] as const) {
    const { stderr, status } = study(...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  }
});
