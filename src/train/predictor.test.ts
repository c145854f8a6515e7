import { expect, it } from 'vitest';
import type { TextTokenizer } from '../data/tokenizer';
import type { Dataset } from './dataset';
import { Predictor } from './predictor';

type Said = Parameters<ConstructorParameters<typeof Predictor>[4]>[0];

const tokenizer = { encode: ({ text }: { text: string }) => ({ ids: Uint32Array.from(text, (letter) => letter.charCodeAt(0)), cutOff: 0 }) } as unknown as TextTokenizer;

/** A model that finds every text as good as it is long. */
function open({ problem = 'classification' as 'classification' | 'regression' | 'language_model', paired = false } = {}) {
  const said: Said[] = [];
  const validation = [{ text: 'ab', label: 1 }, { text: 'cde', label: 0 }].map((row) => (paired ? { ...row, pair: 'x' } : row));
  const ids = validation.map(({ text }) => Uint32Array.from(text, (letter) => letter.charCodeAt(0)));
  const dataset = { width: 8, facts: { labels: problem === 'regression' ? [] : ['bad', 'good'] }, examples: { validation: [{ text: 'not scored', label: 0 }, ...validation] }, heldOut: { ids: [Uint32Array.of(1), ...ids] }, validation: { ids } } as unknown as Dataset;
  const evaluate = (_: Dataset, [{ lengths }]: { lengths: Uint32Array }[], seen: (outputs: Float32Array[][]) => void) => {
    seen([Array.from(lengths, (length) => (problem === 'regression' ? Float32Array.of(length) : Float32Array.of(0, Math.log(length))))]);
    return Promise.resolve([]);
  };
  return { said, predictor: new Predictor({ evaluate } as never, dataset, tokenizer, { problem }, (event) => said.push(event)) };
}

it('says what held-out rows are taken for once somebody follows: the last evaluation at once, the next ones as they come', () => {
  const { said, predictor } = open();
  predictor.evaluated(0, [Float32Array.of(0, Math.log(3)), Float32Array.of(1000, 1000)]);
  expect(said).toEqual([]);
  predictor.follow(true);
  expect(said).toMatchObject([{ type: 'predicted', step: 0, labels: ['bad', 'good'], rows: [{ text: 'ab', truth: 1 }, { text: 'cde', truth: 0, outputs: [0.5, 0.5] }], calibration: { rows: 2 } }]);
  // Sure by 0.75 and by 0.5, and right both times.
  expect(said[0].type === 'predicted' && said[0].calibration?.error).toBeCloseTo(0.375, 6);
  expect(said[0].type === 'predicted' && said[0].rows[0].outputs[1]).toBeCloseTo(0.75, 6);
  predictor.evaluated(10, [Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  predictor.follow(false);
  predictor.evaluated(20, [Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  // Who looks later sees the first one too.
  predictor.follow(true);
  expect(said.map((event) => event.type === 'predicted' && event.step)).toEqual([0, 10, 0, 20]);
});

it('reads a text of a person’s own', async () => {
  const { said, predictor } = open();
  await predictor.classify(7, 3, 'abcd');
  expect(said).toMatchObject([{ type: 'predicted', step: 7, request: 3, rows: [{ text: 'abcd' }] }]);
  expect(said[0].type === 'predicted' && said[0].rows[0].outputs[1]).toBeCloseTo(0.8, 6);
  const scored = open({ problem: 'regression' });
  await scored.predictor.classify(0, 1, 'abcde');
  expect(scored.said).toMatchObject([{ labels: [], rows: [{ outputs: [5] }] }]);
});

it.each([
  { options: {}, text: ' ', sentence: 'no text to read' },
  { options: { paired: true }, text: 'abc', sentence: 'type the second one' },
  { options: { problem: 'language_model' as const }, text: 'abc', sentence: 'ask it to write' },
])('says why it reads nothing: $sentence', async ({ options, text, sentence }) => {
  const { said, predictor } = open(options);
  await predictor.classify(0, 1, text);
  expect(said).toEqual([{ type: 'unwritten', request: 1, sentence: expect.stringContaining(sentence) }]);
});
