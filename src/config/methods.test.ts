import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { applyMethod, METHODS } from './methods';
import { PEFT_KINDS } from './peft';
import { configProblems } from './problems';

describe('methods', () => {
  it('can all run on the default task, and say why and where they come from', () => {
    for (const peft of PEFT_KINDS) {
      expect(configProblems(applyMethod(peft, DEFAULT_CONFIG)), peft).toEqual([]);
      expect(METHODS[peft].reason).toMatch(/\.$/);
      expect(METHODS[peft].source).toMatch(/arXiv/);
    }
  });
  it('give back the default when LoRA is chosen again', () => {
    for (const peft of PEFT_KINDS) expect(applyMethod('lora', applyMethod(peft, DEFAULT_CONFIG))).toEqual(DEFAULT_CONFIG);
  });
});
