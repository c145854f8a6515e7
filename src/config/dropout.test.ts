import { describe, expect, it } from 'vitest';
import { defaultCompensation, type DropoutRule, type DropoutRules, dropoutProblems, hasLayerRules, PATTERNS, type Position, POSITIONS, rateOf, secondPassOf, slotCount, slotOf } from './dropout';

const problemsOf = (position: Position, rule: Partial<Record<keyof DropoutRule, unknown>>, layers = 2) =>
  dropoutProblems({ [position]: { p: 0.1, pattern: 'element', ...rule } }, layers);

describe('what a rule does where it says nothing', () => {
  it('rescales elements and columns, leaves spans, and normalises weights', () => {
    expect(PATTERNS.map((pattern) => defaultCompensation('hidden', pattern))).toEqual(['rescale', 'rescale', 'none']);
    expect(PATTERNS.map((pattern) => defaultCompensation('weights', pattern))).toEqual(Array(3).fill('normalize_stopgrad'));
    expect(PATTERNS.map((pattern) => defaultCompensation('logits', pattern))).toEqual(Array(3).fill('none'));
  });

  it('gives js_paper a clean second pass, the others what they ask for', () => {
    expect(secondPassOf({ kind: 'js_paper', alpha: 1, second: 'dropped_grad' })).toBe('clean_stopgrad');
    expect(secondPassOf({ kind: 'jsd', alpha: 1, second: 'dropped_grad' })).toBe('dropped_grad');
  });
});

describe('dropout problems', () => {
  it('finds none in every position with every pattern that has a meaning there', () => {
    for (const position of POSITIONS) {
      for (const pattern of position === 'output' ? ['element' as const] : PATTERNS) {
        expect(problemsOf(position, { pattern })).toEqual([]);
        expect(problemsOf(position, { pattern, compensation: defaultCompensation(position, pattern) })).toEqual([]);
      }
    }
    expect(dropoutProblems({}, 2)).toEqual([]);
    expect(problemsOf('weights', { compensation: 'normalize' })).toEqual([]);
    expect(problemsOf('lora_rank', { fromLayer: 1 })).toEqual([]);
  });

  it.each<[Position, Partial<Record<keyof DropoutRule, unknown>>, string]>([
    ['hidden', { p: 1 }, 'dropout at hidden: rate 1 is outside 0 ≤ p < 1; choose a rate below 1'],
    ['hidden', { p: -0.1 }, 'dropout at hidden: rate -0.1 is outside 0 ≤ p < 1; choose a rate below 1'],
    ['hidden', { p: NaN }, 'dropout at hidden: rate NaN is outside 0 ≤ p < 1; choose a rate below 1'],
    ['logits', { pattern: 'rows' }, 'dropout at logits: unknown pattern "rows"; choose one of element, column, span'],
    ['output', { pattern: 'span' }, 'dropout at output: pattern "span" has no meaning for a single vector; choose element'],
    ['weights', { compensation: 'double' }, 'dropout at weights: unknown compensation "double"; choose one of normalize_stopgrad, normalize, rescale, none'],
    ['hidden', { compensation: 'normalize' }, 'dropout at hidden: compensation "normalize" belongs to the attention weights; choose rescale or none'],
    ['logits', { compensation: 'rescale' }, 'dropout at logits: compensation "rescale" has no place before a softmax, which re-normalises by itself; choose none'],
    ['logits', { fromLayer: 2 }, 'dropout at logits: from layer 2 of a model with layers 0 to 1; choose one of those'],
    ['logits', { fromLayer: -1 }, 'dropout at logits: from layer -1 of a model with layers 0 to 1; choose one of those'],
    ['logits', { fromLayer: 0.5 }, 'dropout at logits: from layer 0.5 of a model with layers 0 to 1; choose one of those'],
    ['embedding', { fromLayer: 1 }, 'dropout at embedding: takes no first layer, it sits outside the layers; leave it at 0'],
    ['output', { fromLayer: 1 }, 'dropout at output: takes no first layer, it sits outside the layers; leave it at 0'],
  ])('at %s %o', (position, rule, sentence) => {
    expect(problemsOf(position, rule)).toEqual([sentence]);
  });

  it('names every problem, in the order of the positions', () => {
    const problems = dropoutProblems({ output: { p: 2, pattern: 'column' }, logits: { p: 0.1, pattern: 'element', fromLayer: 7 } }, 2);
    expect(problems.map((one) => one.split(':')[0])).toEqual(['dropout at logits', 'dropout at output', 'dropout at output']);
  });
});

describe('slots', () => {
  const rule = { p: 0.1, pattern: 'element' } as const;
  const all: DropoutRules = Object.fromEntries(POSITIONS.map((position) => [position, rule]));

  it('are there for positions with a rule alone, one for each of their layers', () => {
    const layersOf = (position: Position) => (hasLayerRules(position) ? [0, 1, 2, 3, 4] : [0]);
    const slots = POSITIONS.flatMap((position) => layersOf(position).map((layer) => slotOf(all, position, layer, 5)));
    expect(slots).toEqual(Array.from({ length: 6 * 5 + 2 }, (_, slot) => slot));
    expect(slotCount(all, 5)).toBe(32);
    expect([slotOf({ hidden: rule, output: rule }, 'hidden', 3, 40), slotOf({ hidden: rule, output: rule }, 'output', 0, 40)]).toEqual([3, 40]);
  });

  it('suffice for deep models, unless nearly everything is dropped', () => {
    expect(dropoutProblems({}, 1000)).toEqual([]);
    expect(dropoutProblems({ logits: rule, hidden: rule, output: rule }, 126)).toEqual([]);
    expect(dropoutProblems(all, 42)).toEqual([]);
    expect(dropoutProblems(all, 43)).toEqual(['dropout: rules at 260 places of 43 layers, 256 are the most; drop at fewer positions']);
  });
});

describe('rates', () => {
  const rule = { p: 0.4, pattern: 'column' } as const;
  it('are the same everywhere unless a course is given', () => {
    expect(rateOf(rule, 3, 4, 9, 10)).toBe(0.4);
    expect(rateOf({ ...rule, depth: 'constant', time: 'constant' }, 0, 4, 0, 10)).toBe(0.4);
  });
  it('rise and fall linearly over the active layers', () => {
    const over = (depth: 'rising' | 'falling', fromLayer?: number) => [0, 1, 2, 3].map((layer) => rateOf({ ...rule, depth, fromLayer }, layer, 4, 0, 1));
    expect(over('rising')).toEqual([0.1, 0.2, expect.closeTo(0.3), 0.4]);
    expect(over('falling')).toEqual([0.4, expect.closeTo(0.3), 0.2, 0.1]);
    expect(over('rising', 2).slice(2)).toEqual([0.2, 0.4]);
  });
  it('rise and fall linearly over the steps, and stay at the end', () => {
    const over = (time: 'rising' | 'falling') => [0, 1, 3, 4, 99].map((step) => rateOf({ ...rule, time }, 0, 1, step, 4));
    expect(over('rising')).toEqual([0.1, 0.2, 0.4, 0.4, 0.4]);
    expect(over('falling')).toEqual([0.4, expect.closeTo(0.3), 0.1, 0.1, 0.1]);
  });
  it('multiply both courses', () => {
    expect(rateOf({ ...rule, depth: 'rising', time: 'rising' }, 0, 2, 0, 2)).toBe(0.1);
  });
});
