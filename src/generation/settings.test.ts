import { describe, expect, it } from 'vitest';
import { readGenerationFiles } from './files';
import type { WritingOptions } from '../protocol/writingMessages';
import { optionProblems, settingsOf } from './settings';

describe('options', () => {
  it.each<[WritingOptions, RegExp]>([
    [{ beams: 0 }, /^beams is 0; choose a whole number from 1 to 64$/],
    [{ beams: 2.5 }, /^beams is 2.5/],
    [{ maxNewTokens: 0 }, /^max-new-tokens is 0; choose a whole number of 1 or more$/],
    [{ temperature: 0 }, /^temperature is 0; choose a number above 0; for the most probable token every time leave out/],
    [{ topP: 1.2 }, /^top-p is 1.2; choose a number above 0, and 1 \(all tokens\) at most$/],
    [{ topK: -1 }, /^top-k is -1/],
    [{ seed: 2 ** 32 }, /^seed is 4294967296/],
    [{ noRepeatNgram: NaN }, /^no-repeat-ngram is NaN/],
    [{ beams: 4, temperature: 0.7 }, /^beams 4 and temperature contradict each other/],
    [{ beams: 4, seed: 1 }, /^beams 4 and seed contradict each other/],
    [{ lengthPenalty: 2 }, /^length-penalty is for beam search only, and beams is 1/],
  ])('refuses %j', (options, sentence) => {
    expect(optionProblems(options)).toEqual([expect.stringMatching(sentence)]);
  });

  it('takes what is asked for over what the folder says over the defaults of transformers', () => {
    const folder = { endTokens: [2], defaults: { temperature: 0.6, topP: 0.9, repetitionPenalty: 1.1, noRepeatNgram: 3 } };
    expect(settingsOf({ noRepeatNgram: 2 }, folder)).toEqual({ maxNewTokens: 64, beams: 1, lengthPenalty: 1, earlyStopping: false, noRepeatNgram: 2, repetitionPenalty: 1.1, endTokens: [2], sampling: undefined });
    expect(settingsOf({ topP: 0.5 }, folder).sampling).toEqual({ temperature: 0.6, topK: 50, topP: 0.5, seed: 0 });
  });
});

describe('files of a folder', () => {
  const read = (files: Record<string, unknown>) => readGenerationFiles((file) => Promise.resolve(file in files ? JSON.stringify(files[file]) : undefined));
  const GENERATION = 'generation_config.json';

  it.each<[string, Record<string, unknown>, number[]]>([
    ['config.json alone', { 'config.json': { eos_token_id: 7 } }, [7]],
    ['several', { 'config.json': { eos_token_id: [7, 8] } }, [7, 8]],
    ['generation_config.json first', { 'config.json': { eos_token_id: 7 }, [GENERATION]: { eos_token_id: [3, 4] } }, [3, 4]],
    // transformers fills nothing of it from the other file.
    ['generation_config.json without end tokens', { 'config.json': { eos_token_id: 7 }, [GENERATION]: {} }, []],
    ['null', { 'config.json': { eos_token_id: null } }, []],
    ['neither file', {}, []],
  ])('end tokens: %s', async (_, files, expected) => {
    expect((await read(files)).endTokens).toEqual(expected);
  });

  it('reads defaults, and names what it leaves aside', async () => {
    expect(await read({ [GENERATION]: { do_sample: true, temperature: 0.6, top_p: 0.9, min_length: 0, suppress_tokens: [5], early_stopping: 'never', length_penalty: 0.8 } })).toEqual({
      endTokens: [], defaults: { temperature: 0.6, topP: 0.9, lengthPenalty: 0.8, earlyStopping: 'never' }, ignored: ['suppress_tokens'],
    });
  });

  it.each<[unknown, RegExp]>([
    [{ eos_token_id: '2' }, /^generation_config.json: eos_token_id is no token id \("2"\)/],
    [{ eos_token_id: [2, -1] }, /eos_token_id is no token id \(-1\)/],
    [{ top_p: 7 }, /^generation_config.json: top-p is 7; .*or take the field out of the file$/],
    [{ early_stopping: 'maybe' }, /early_stopping is "maybe"/],
    [[], /^generation_config.json: not a JSON object/],
  ])('refuses %j', async (content, sentence) => {
    await expect(read({ [GENERATION]: content })).rejects.toThrow(sentence);
  });
});
