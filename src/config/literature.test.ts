import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from './config';
import { COMPENSATIONS, type Consistency, CONSISTENCY_KINDS, type DropoutRules, PATTERNS, POSITIONS } from './dropout';
import { impliedRescale, literatureName } from './literature';

const none = DEFAULT_CONFIG.consistency;
const kl: Consistency = { kind: 'kl', alpha: 0.1, second: 'dropped_stopgrad' };
const title = (rules: DropoutRules, consistency = none) => literatureName(rules, consistency).title;

describe('names from the literature', () => {
  it.each<[string, DropoutRules, Consistency]>([
    ['Plain LoRA', {}, none],
    ['Plain LoRA', { hidden: { p: 0, pattern: 'element' } }, none],
    ['DropKey, column', { logits: { p: 0.1, pattern: 'column' } }, none],
    ['DropAttention, column', { weights: { p: 0.1, pattern: 'column' } }, none],
    ['DropAttention, column, fully differentiated', { weights: { p: 0.1, pattern: 'column', compensation: 'normalize' } }, none],
    ['Ordinary attention dropout', { weights: { p: 0.1, pattern: 'element', compensation: 'rescale' } }, none],
    ['HiddenCut, element', { hidden: { p: 0.1, pattern: 'element' } }, none],
    ['Cutoff (token)', { embedding: { p: 0.1, pattern: 'column' } }, none],
    ['lora_dropout', { lora_input: { p: 0.1, pattern: 'element' } }, none],
    ['DropLoRA-like', { lora_rank: { p: 0.5, pattern: 'element' } }, none],
    ['HiddenKey⁻', { logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.2, pattern: 'element' } }, none],
    ['HiddenKey', { logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.2, pattern: 'element' } }, kl],
    ['HiddenKey⁻ + KL, both passes trained', { logits: { p: 0.1, pattern: 'column' }, hidden: { p: 0.2, pattern: 'element' } }, { ...kl, second: 'dropped_grad' }],
    ['DropKey, element + HiddenCut, element + KL', { logits: { p: 0.1, pattern: 'element' }, hidden: { p: 0.2, pattern: 'element' } }, kl],
    ['Standard transformer dropout', { weights: { p: 0.1, pattern: 'element', compensation: 'rescale' }, hidden: { p: 0.1, pattern: 'element' } }, none],
    ['Plain LoRA + KL', {}, kl],
  ])('%s', (expected, rules, consistency) => expect(title(rules, consistency)).toBe(expected));

  it('has a title for every cell of position × pattern × compensation × consistency', () => {
    for (const position of POSITIONS) for (const pattern of PATTERNS) for (const compensation of [undefined, ...COMPENSATIONS]) for (const kind of CONSISTENCY_KINDS) {
      expect(title({ [position]: { p: 0.1, pattern, compensation } }, { ...kl, kind })).toMatch(/\w/);
    }
  });
  it('says that element HiddenCut is the ordinary FFN-output dropout, and which form counts as DropKey', () => {
    expect(literatureName({ hidden: { p: 0.1, pattern: 'element' } }, none).note).toContain('ordinary FFN-output dropout');
    expect(literatureName({ weights: { p: 0.1, pattern: 'column', compensation: 'normalize' } }, none).note).toContain('counts it as DropKey');
    expect(literatureName({ hidden: { p: 0.1, pattern: 'element' } }, { ...kl, kind: 'js_paper' }).note).toContain('not the Jensen–Shannon divergence');
  });
});

describe('other methods and changing rates', () => {
  it('a method is named where nothing else is', () => {
    expect(literatureName({}, none, 'dora').title).toBe('DoRA');
    expect(literatureName({}, kl, 'bitfit').title).toBe('BitFit + KL');
    expect(literatureName({ logits: { p: 0.1, pattern: 'column' } }, none, 'dora').title).toBe('DropKey, column');
  });
  it('courses of a rate are said in the note', () => {
    expect(literatureName({ logits: { p: 0.1, pattern: 'element', depth: 'falling' } }, none).note).toContain('first published');
    expect(literatureName({ hidden: { p: 0.1, pattern: 'element', time: 'rising' } }, none).note).toContain('curriculum');
    expect(literatureName({ hidden: { p: 0.1, pattern: 'element', depth: 'constant', time: 'constant' } }, none).note).not.toContain('rate that');
  });
});

describe('implied rescale', () => {
  it('shows the factor of the kept values', () => {
    expect(impliedRescale('hidden', { p: 0.1, pattern: 'element' })).toBe('kept values × 1.11');
    expect(impliedRescale('hidden', { p: 0.1, pattern: 'element', depth: 'rising' })).toBe('kept values × 1/(1 − rate)');
    expect(impliedRescale('hidden', { p: 0.1, pattern: 'span' })).toBe('kept values unchanged');
    expect(impliedRescale('logits', { p: 0.1, pattern: 'column' })).toBe('softmax re-normalises by itself');
    expect(impliedRescale('weights', { p: 0.1, pattern: 'column' })).toBe('weights re-normalised, sum not differentiated');
  });
});
