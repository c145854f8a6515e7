import { describe, expect, it } from 'vitest';
import { NOT_SCORED } from '../metrics/outputs';
import { shiftLabels, tokenLabels } from './languageModel';
import { countedLabels } from './rowRules';

const _ = NOT_SCORED;

describe('labels of a language model', () => {
  it('move to the row whose logits score them; the first is scored by none and the last row scores nothing', () => {
    const labels = shiftLabels([[5, 6, 7, 8], [1, 2, 3, 4]], 0);
    expect([...labels]).toEqual([6, 7, 8, _, 2, 3, 4, _]);
    expect(countedLabels(labels, 'language_model')).toBe(6);
  });

  it('are left out where they are not scored: a prompt in front, padding behind, holes between', () => {
    const labels = shiftLabels([[_, _, 7, 8, _], [_, 2, _, 4, _], [3, _, _, _, _]], 0);
    expect([...labels]).toEqual([_, 7, 8, _, _, 2, _, 4, _, _, _, _, _, _, _]);
    expect(countedLabels(labels, 'language_model')).toBe(4);
  });

  it('behind virtual rows, whose last does not score the first token', () => {
    const labels = shiftLabels([[5, 6, 7], [1, _, 3]], 2);
    expect([...labels]).toEqual([_, _, 6, 7, _, _, _, _, 3, _]);
    expect(countedLabels(labels, 'language_model')).toBe(3);
  });

  it('token 0 is a label like any other', () => {
    expect(shiftLabels([[0, 0, 0]], 1)).toEqual(Float32Array.of(_, 0, 0, _));
  });

  it('of one token score nothing', () => {
    expect(shiftLabels([[5], [6]], 0)).toEqual(Float32Array.of(_, _));
  });

  it('are read from typed arrays too', () => {
    expect(shiftLabels([Int32Array.of(5, 6), Int32Array.of(_, 7)], 0)).toEqual(Float32Array.of(6, _, 7, _));
  });
});

describe('labels of prompts with completions', () => {
  const batch = { ids: Uint32Array.of(7, 8, 9, 1, 0, 3, 4, 5, 6, 2), lengths: Uint32Array.of(4, 5) };
  it('are the tokens of the completion to its end, without the prompt and the padding', () => {
    expect(tokenLabels(batch, [2, 4], 0)).toEqual(Float32Array.of(_, 9, 1, _, _, _, _, _, 2, _));
  });
  it('are the same behind virtual rows', () => {
    expect(tokenLabels(batch, [2, 4], 1)).toEqual(Float32Array.of(_, _, 9, 1, _, _, _, _, _, _, 2, _));
  });
});
