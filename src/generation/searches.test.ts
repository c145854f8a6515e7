/** Greedy and beam search against transformers' `generate` over one table of scores (tools/generation/search_cases.py), and what is drawn against the table's own probabilities. */
import { describe, expect, it } from 'vitest';
import searches from '../fixtures/generation/searches.json';
import { writeBeams } from './beams';
import { draw, greatestOf } from './scores';
import { type GenerationSettings, settingsOf } from './settings';
import { writeSingle } from './single';
import { TableModel } from './testing/tableModel';
import type { Prompt, Written } from './written';

interface Case {
  prompt: number[];
  settings: { ends: number[]; num_beams?: number; length_penalty?: number; early_stopping?: boolean | 'never'; no_repeat_ngram_size?: number; repetition_penalty?: number; max_new_tokens?: number };
  ids: number[];
  score?: number;
}

const { table, cases } = searches as { table: number[][]; cases: Case[] };

function settingsFor({ settings: given }: Case): GenerationSettings {
  return settingsOf({
    maxNewTokens: given.max_new_tokens ?? 12, beams: given.num_beams, lengthPenalty: given.length_penalty, earlyStopping: given.early_stopping, noRepeatNgram: given.no_repeat_ngram_size,
    repetitionPenalty: given.repetition_penalty,
  }, { endTokens: given.ends, defaults: {} });
}

const prompt = (ids: number[], number: number, most: number): Prompt => ({ ids, number, most });
const write = (ids: number[][], settings: GenerationSettings): Promise<Written[]> => {
  const model = new TableModel(table, ids.length, settings.beams);
  return (settings.beams > 1 ? writeBeams : writeSingle)(model, ids.map((one, number) => prompt(one, number, settings.maxNewTokens)), settings);
};

describe('the searches of transformers', () => {
  it('has cases of each kind', () => {
    expect(cases.length).toBeGreaterThan(100);
    expect(new Set(cases.map(({ settings }) => settings.ends.length))).toEqual(new Set([0, 1, 2]));
  });

  it.each(cases.map((one) => [JSON.stringify(one.prompt), JSON.stringify(one.settings), one] as const))('%s %s', async (_prompt, _settings, one) => {
    const [{ ids, score, finished, scores }] = await write([one.prompt], settingsFor(one));
    expect(ids).toEqual(one.ids);
    if (one.score !== undefined) expect(Math.abs(score - one.score)).toBeLessThan(1e-5 * Math.abs(one.score));
    expect(finished).toBe(one.settings.ends.includes(ids.at(-1)!) ? 'end token' : 'length');
    expect(scores).toHaveLength(ids.length);
  });

  it('writes the same for prompts beside each other as for each alone', async () => {
    const settings = settingsFor({ prompt: [], ids: [], settings: { ends: [6], num_beams: 3, no_repeat_ngram_size: 2 } });
    const together = await write([[3], [2, 2, 4], [5, 7]], settings);
    for (const [index, ids] of [[3], [2, 2, 4], [5, 7]].entries()) expect(together[index]).toEqual((await write([ids], settings))[0]);
  });
});

it('scores each token by what the model gave it', async () => {
  const [{ ids, scores, score }] = await write([[3]], settingsOf({ maxNewTokens: 4, repetitionPenalty: 1.7 }, { endTokens: [], defaults: {} }));
  const expected = ids.map((id, at) => {
    const row = table[at === 0 ? 3 : ids[at - 1]];
    return row[id] - Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
  });
  scores.forEach((value, at) => expect(value).toBeCloseTo(expected[at], 6));
  expect(score).toBeCloseTo(expected.reduce((sum, value) => sum + value, 0), 6);
});

describe('drawing', () => {
  const scores = Float64Array.from([1, 3, 2, 2, -1]);
  const all = { temperature: 1, topK: 0, topP: 1 };
  const drawn = (sampling: typeof all) => {
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[draw(scores, sampling, (i + 0.5) / 1000)]++;
    return counts;
  };
  const softmax = (values: number[]) => values.map((value) => (1000 * Math.exp(value)) / values.reduce((sum, one) => sum + Math.exp(one), 0));
  const near = (counts: number[], expected: number[]) => counts.forEach((count, i) => expect(Math.abs(count - expected[i])).toBeLessThanOrEqual(1));

  it('follows the probabilities, sharpened by temperature', () => {
    near(drawn(all), softmax([1, 3, 2, 2, -1]));
    near(drawn({ ...all, temperature: 0.5 }), softmax([2, 6, 4, 4, -2]));
  });

  it('keeps the k most probable, with those that tie with the last', () => {
    near(drawn({ ...all, topK: 2 }), softmax([-Infinity, 3, 2, 2, -Infinity]));
    near(drawn({ ...all, topK: 1 }), [0, 1000, 0, 0, 0]);
  });

  it('keeps the fewest that make up p, and the most probable whatever p is', () => {
    // Probabilities 0.07, 0.53, 0.19, 0.19, 0.01: of two that tie the one with the lower id goes first, as transformers sorts.
    near(drawn({ ...all, topP: 0.9 }), softmax([-Infinity, 3, 2, 2, -Infinity]));
    near(drawn({ ...all, topP: 0.6 }), softmax([-Infinity, 3, -Infinity, 2, -Infinity]));
    near(drawn({ ...all, topP: 0.01 }), [0, 1000, 0, 0, 0]);
  });

  it('repeats by its seed, and does not depend on what is beside it', async () => {
    const settings = (seed: number) => settingsOf({ maxNewTokens: 30, seed }, { endTokens: [], defaults: {} });
    const [first, second] = await write([[3], [3]], settings(1));
    expect(first.ids).not.toEqual(second.ids);
    expect((await write([[3]], settings(1)))[0]).toEqual(first);
    expect((await write([[3]], settings(2)))[0].ids).not.toEqual(first.ids);
  });
});

it('takes the greatest scores in order, of equal ones the earlier', () => {
  expect(greatestOf([1, 5, -Infinity, 5, 3], 3)).toEqual([1, 3, 4]);
  expect(greatestOf([-Infinity, -Infinity, 2], 5)).toEqual([2, 0, 1]);
});
