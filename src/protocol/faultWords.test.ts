import { describe, expect, it } from 'vitest';
import type { Fault } from './faults';
import { FAULT_WORDS, SOFTWARE_COMMAND, wordsFor } from './faultWords';

const EVERY: Fault[] = [
  { code: 'no_webgpu' }, { code: 'insecure_context' }, { code: 'no_adapter' },
  { code: 'limit_too_small', limit: 'maxStorageBuffersPerShaderStage', needed: 8, offered: 4 },
  { code: 'self_test_failed', detail: 'matmul' }, { code: 'compiler_refused', kernel: 'matmul tiles', words: '12:3 no such type\nlet x: f23;' },
  { code: 'out_of_memory', predicted: true, neededBytes: 1.4 * 2 ** 30, budgetBytes: 2 ** 30, largest: [{ label: 'attention', bytes: 2 ** 20 }], lower: ['optimizer.batchSize'] },
  { code: 'out_of_memory', predicted: false, neededBytes: 2, budgetBytes: 1, largest: [], lower: [] },
  { code: 'device_lost', reason: 'unknown' },
  { code: 'diverged', step: 74, loss: Number.POSITIVE_INFINITY, learningRate: 0.3 },
  { code: 'bad_config', problems: ['seed: −1'] }, { code: 'load_failed', file: 'model.safetensors', detail: '404' },
  { code: 'internal', detail: 'softmax' }, { code: 'worker_crashed', detail: 'boom' },
];

describe('words of the states', () => {
  it('exist for every fault, short, with an action that has a name', () => {
    expect(new Set(EVERY.map(({ code }) => code)).size).toBe(Object.keys(FAULT_WORDS).length);
    for (const fault of EVERY) {
      const { title, text, action, actionLabel } = wordsFor(fault, 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0');
      expect(`${title} ${text}`.split(/\s+/).length, fault.code).toBeLessThanOrEqual(55);
      expect(action === 'none' || actionLabel !== '', fault.code).toBe(true);
      expect(`${title}${text}`).not.toMatch(/undefined|NaN|!/);
    }
  });
  it('name the control to lower and the numbers', () => {
    const words = wordsFor(EVERY.find(({ code }) => code === 'out_of_memory')!, '');
    expect(words.title).toBe('This would need 1.4 GiB of 1 GiB');
    expect(words.text).toContain('Lower the batch.');
  });
  it('show the command for the software adapter', () => {
    expect(wordsFor({ code: 'no_adapter' }, '').command).toBe(SOFTWARE_COMMAND);
  });
  it('offer a tenth of the rate after a divergence', () => {
    expect(wordsFor(EVERY.find(({ code }) => code === 'diverged')!, '').actionLabel).toBe('Start again with rate 0.03');
  });
  it('say of a refused compilation which browser, which kernel, and what its compiler said', () => {
    const safari = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15';
    const { title, text, quote } = wordsFor({ code: 'compiler_refused', kernel: 'matmul tiles', words: '12:3 no such type\nlet x: f23;' }, safari);
    expect(`${title}. ${text}`).toMatch(/^This browser’s shader compiler refused a kernel. Safari 26 does not compile matmul tiles./);
    expect(`${title} ${text}`).not.toMatch(/wrong numbers/);
    expect(quote).toBe('12:3 no such type\nlet x: f23;');
  });
});
