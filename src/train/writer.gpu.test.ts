/** The writer of a run: what it says, and that all it writes is of the weights it was asked at. */
import { expect, it } from 'vitest';
import type { TextTokenizer } from '../data/tokenizer';
import { readRanges } from '../gpu/readback';
import { pageFor } from '../kernels/testing/page';
import type { Dataset } from './dataset';
import { TOKENS, tinyTrainer } from './testing/tinyTrainer';
import { writeBatch } from './trainer';
import { Writer } from './writer';

type Said = Parameters<ConstructorParameters<typeof Writer>[4]>[0];

/** One token a letter, from 'a' = 3 on; 2 ends. */
const tokenizer = {
  endId: 2, promptIds: (text: string) => Array.from(text, (letter) => letter.charCodeAt(0) - 94), decode: (ids: ArrayLike<number>) => Array.from(ids).map((id) => (id < 3 ? '' : String.fromCharCode(id + 94))).join(''),
} as unknown as TextTokenizer;
const dataset = { examples: { validation: [{ text: 'abc' }, { text: 'hello' }, { text: 'xyz' }] } } as unknown as Dataset;

async function open(problem: 'language_model' | 'classification') {
  const tiny = await tinyTrainer({ architecture: 'llama', problem });
  const said: Said[] = [];
  return { ...tiny, said, writer: new Writer(tiny.trainer, dataset, tokenizer, 2 ** 28, (event) => said.push(event)) };
}

it('writes behind prompts what the model finds most probable, and behind held-out ones at evaluations', async () => {
  const { trainer, train, batch, writer, said } = await open('language_model');
  await writer.write(0, ['abc'], { maxNewTokens: 1 }, 7);
  // The logits behind the last letter, by the plan that evaluates.
  const execution = await trainer.evaluator({ samples: 1, tokens: TOKENS });
  const lengths = Uint32Array.of(3);
  writeBatch(execution, { ids: Uint32Array.from({ length: TOKENS }, (_, token) => (token < 3 ? 3 + token : 1)), lengths, labels: new Float32Array(TOKENS) }, trainer.options.config);
  execution.submit('evaluate');
  const [logits] = await readRanges(trainer.options.gpu.device, [execution.kept('logits')]);
  const { vocabulary } = trainer.options.config;
  const row = logits.slice(2 * vocabulary, 3 * vocabulary);
  const best = row.indexOf(Math.max(...row));
  const probability = Math.exp(row[best]) / row.reduce((sum, value) => sum + Math.exp(value), 0);
  expect(said).toMatchObject([{ type: 'wrote', step: 0, request: 7, texts: [{ prompt: 'abc', text: tokenizer.decode([best]) }] }]);
  expect(said[0].type === 'wrote' && said[0].texts[0].tokens[0].probability).toBeCloseTo(probability, 4);

  writer.following = { rows: 2, options: { maxNewTokens: 5 } };
  await writer.follow(0);
  const before = said[1];
  expect(before).toMatchObject({ type: 'wrote', step: 0, request: undefined, texts: [{ prompt: 'abc' }, { prompt: 'hello' }] });
  for (let step = 0; step < 5; step++) train([batch([0, 1, 2])], step, { learningRate: 0.3 });
  await writer.follow(5);
  expect(said[2].type === 'wrote' && said[2].texts).not.toEqual(before.type === 'wrote' && before.texts);

  // Whoever waits also waits for what is asked for meanwhile.
  const settled = writer.write(5, ['abc'], {}).then(() => void writer.write(5, ['hello'], {}));
  await writer.settle();
  await settled;
  await writer.settle();
  expect(said).toHaveLength(5);
  await writer.destroy();
  trainer.destroy();
  expect((await pageFor()).complaints()).toEqual([]);
});

it.each([
  ['language_model', ['a'.repeat(40)], {}, /^prompt 1 has 40 tokens, more than the model has positions \(24\)/],
  ['language_model', ['abc'], { beams: 3, seed: 1 }, /^beams 3 and seed contradict each other/],
  ['classification', ['abc'], {}, /^this run trains a classification, which writes nothing/],
] as const)('says why a %s does not write', async (problem, prompts, options, sentence) => {
  const { trainer, writer, said } = await open(problem);
  await writer.write(0, prompts, options, 1);
  expect(said).toEqual([{ type: 'unwritten', request: 1, sentence: expect.stringMatching(sentence) }]);
  await writer.destroy();
  trainer.destroy();
});
