import { describe, expect, it } from 'vitest';
import { promptsOf } from '../generation/write';
import { ARCHITECTURES } from '../model/architectures';
import type { Trained } from '../model/method';
import { tinyConfig } from '../train/testing/tinyTrainer';
import { promptIds } from './generate';

describe('prompts', () => {
  it.each<[unknown, RegExp]>([
    [{ prompt: 'a' }, /^the prompts are no list \(\{"prompt":"a"\}\); write/],
    [[], /^the list of prompts is empty/],
    [[[3], 'a'], /^prompt 2 is a text, and the model's folder has no tokenizer/],
    [[[3, 'a']], /^prompt 1 is a list with something that is no token id \("a"\)/],
    [[null], /^prompt 1 is no text \(null\)/],
  ])('refuses %j', (prompts, sentence) => {
    expect(() => promptIds(prompts, undefined)).toThrow(sentence);
  });

  // 24 positions, 37 tokens.
  const config = tinyConfig(ARCHITECTURES.find(({ name }) => name === 'gpt2')!, 'language_model');
  const plain: Trained = { peft: 'lora', rank: 1, alpha: 1, targets: [] };
  const prefix: Trained = { ...plain, peft: 'prefix', virtualTokens: 4 };
  const of = (ids: number[], maxNewTokens: number, strict = true, trained = plain) => promptsOf(config, trained, [[1], ids], { maxNewTokens }, strict)[1];

  it.each<[number[], number, Trained, RegExp]>([
    [[], 1, plain, /^prompt 2 has no token/],
    [[3, 37], 1, plain, /^prompt 2 has a token that the model does not know \(37 of 37\)/],
    [[3, 1.5], 1, plain, /does not know \(1.5 of 37\)/],
    [Array<number>(25).fill(3), 1, plain, /^prompt 2 has 25 tokens, more than the model has positions \(24\); shorten it to 24$/],
    [Array<number>(21).fill(3), 1, prefix, /more than the model has positions \(24, 4 of them taken by virtual tokens\); shorten it to 20$/],
    [[3, 4, 5, 6], 22, plain, /^prompt 2 has 4 tokens, and 22 new ones do not fit into the model's positions \(24\); ask for 21 at most$/],
  ])('refuses %j with %i new tokens', (ids, most, trained, sentence) => {
    expect(() => of(ids, most, true, trained)).toThrow(sentence);
  });

  it('writes up to the last position, one token beyond it, and no further where nobody asked', () => {
    expect(of([3, 4, 5, 6], 21).most).toBe(21);
    expect(of([3, 4, 5, 6], 64, false).most).toBe(21);
    expect(of(Array<number>(24).fill(3), 64, false).most).toBe(1);
    expect(of([3, 4, 5, 6], 64, false, prefix).most).toBe(17);
  });
});
