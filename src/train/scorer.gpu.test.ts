/** The scorer of a run: its numbers are those of `npm run score` on its texts, of the weights it was asked at; and it ends where it is stopped. */
import { expect, it } from 'vitest';
import type { TextTokenizer } from '../data/tokenizer';
import { pageFor } from '../kernels/testing/page';
import { readWritten, textScores } from '../metrics/textScores';
import type { WrittenScores } from '../protocol/scoreMessages';
import { Scorer } from './scorer';
import { tinyTrainer } from './testing/tinyTrainer';

type Said = Parameters<ConstructorParameters<typeof Scorer>[5]>[0];

/** One token a letter, from 'a' = 3 on, a word a token; 2 ends. */
const tokenizer = {
  endId: 2, promptIds: (text: string) => Array.from(text.replaceAll(' ', ''), (letter) => letter.charCodeAt(0) - 94), decode: (ids: ArrayLike<number>) => Array.from(ids).map((id) => (id < 3 ? '' : String.fromCharCode(id + 94))).join(' '),
} as unknown as TextTokenizer;
const test = [
  { text: 'abc', completion: 'd e f', label: 0 }, { text: 'hello', completion: 'w o r', label: 0 }, { text: 'abc', completion: 'd  e g h', label: 0 },
  { text: 'xyz', completion: 'a b', references: ['a b', 'c d e', 'x y'], label: 0, category: { name: 'other', seen: false } }, { text: 'pq', completion: 'r s', label: 0, category: { name: 'known', seen: true } },
];
const files = ({ prompts }: WrittenScores, texts: readonly string[]) => [texts.map((text) => `${text}\n`).join(''), prompts.map(({ references }) => references.map((one) => `${one}\n`).join('')).join('\n')] as const;

it('scores the texts of one moment, and of the beginning, as the command does', async () => {
  const { trainer, train, batch } = await tinyTrainer({ architecture: 'llama', problem: 'language_model' });
  const initial = await trainer.state.read('values');
  for (let step = 0; step < 6; step++) train([batch([0, 1, 2])], step, { learningRate: 0.3 });
  const said: Said[] = [];
  const scorer = new Scorer(trainer, { examples: { train: [], validation: [], test } }, tokenizer, 2 ** 28, async () => initial, (event) => said.push(event));
  const now = () => ({ values: trainer.state.values, step: 6 });
  const scoring = scorer.score(now, { rows: 0, options: {} });
  // Steps that are submitted meanwhile change nothing of it.
  for (let step = 6; step < 12; step++) train([batch([3, 4, 5])], step, { learningRate: 0.3 });
  await scoring;
  const last = said.at(-1)!;
  if (last.type !== 'scored') throw new Error(JSON.stringify(last));
  const { prompts, of, options, before, after } = last.scores;
  expect(prompts.map(({ prompt, references }) => [prompt, references])).toEqual([['abc', ['d e f', 'd e g h']], ['hello', ['w o r']], ['xyz', ['a b', 'c d e', 'x y']], ['pq', ['r s']]]);
  expect([of, options, before!.step, after.step]).toEqual([4, { maxNewTokens: 5 }, 0, 6]);
  expect(before!.texts).not.toEqual(after.texts);
  for (const { texts, scores } of [before!, after]) expect(scores.all).toEqual(textScores(readWritten(...files(last.scores, texts))));
  expect(after.scores.unseen).toEqual(textScores([{ hypothesis: after.texts[2], references: prompts[2].references }]));
  expect(said.slice(0, -1).map((event) => (event.type === 'scoring' ? event.done : event))).toEqual([0, 4, 4, 8]);

  // The beginning again, by weights that are it: the copy has what it was given.
  trainer.state.restore('values', initial);
  await scorer.score(now, { rows: 2, options: { beams: 2 } });
  const again = said.at(-1)!;
  expect(again.type === 'scored' && again.scores.after.texts).toEqual(again.type === 'scored' && again.scores.before!.texts);

  const stopped = scorer.score(now, { rows: 0, options: {} });
  await scorer.stop();
  await stopped;
  expect(said.at(-1)).toEqual({ type: 'unscored' });
  await scorer.score(now, { rows: 0, options: { beams: 2, seed: 1 } });
  expect(said.at(-1)).toMatchObject({ type: 'unscored', sentence: expect.stringMatching(/^beams 2 and seed contradict/) });
  await scorer.destroy();
  trainer.destroy();
  expect((await pageFor()).complaints()).toEqual([]);
});
