import { describe, expect, it } from 'vitest';
import { description, drawMeaning, drawMistake, drawWords, promptOf } from '.';
import { phrasesOf, SLOTS, VALUES, valenceOf, type Facts, type Slot } from './lexicon';
import { OPENINGS } from './templates';
import { Draws } from '../draws';
import type { Split } from '../splits';

const SPLITS: Split[] = ['pretraining', 'train', 'validation', 'test'];
const rowsOf = (labelNoise: number, trainRows = 1024) => description.generate({ seed: 3, trainRows, labelNoise });

/** The facts of a prompt, read back. */
function factsOf(prompt: string): { name: string; facts: Facts } {
  const [name, ...told] = prompt.replace(' ->', '').split(', ').map((part) => part.split(': ')[1] ? part.split(': ') : [part, '']);
  return { name: name[1], facts: Object.fromEntries(told) };
}

/** How many facts of the prompt the completion does not state in any of their phrases. */
function missing(prompt: string, completion: string): Slot[] {
  const { facts } = factsOf(prompt);
  return (Object.keys(facts) as Slot[]).filter((slot) => !phrasesOf(slot, facts).some((phrase) => new RegExp(`\\b${phrase}(?=[ ,.])`).test(completion)));
}

describe('description', () => {
  it('tells every fact of the prompt, and the name', () => {
    const { train, validation, test } = rowsOf(0);
    for (const { text, completion = '' } of [...train, ...validation, ...test]) {
      expect(missing(text, completion), `${text} ${completion}`).toEqual([]);
      expect(completion).toContain(factsOf(text).name);
      expect(completion).toMatch(/^[A-Z].*\.$/);
      expect(completion).not.toMatch(/[{}]|undefined| {2}/);
    }
  });

  it('tells nothing else', () => {
    for (const { text, completion = '' } of rowsOf(0).test) {
      const { facts } = factsOf(text);
      for (const slot of SLOTS.filter((one) => facts[one] === undefined && one !== 'near' && one !== 'food' && one !== 'price'))
        for (const value of VALUES[slot])
          for (const phrase of phrasesOf(slot, { [slot]: value })) expect(new RegExp(`\\b${phrase}(?=[ ,.])`).test(completion), `${text} ${completion}`).toBe(false);
    }
  });

  it('states wrong facts in noisy rows alone, and leaves name and wording otherwise as they are', () => {
    const [clean, noisy] = [rowsOf(0).train, rowsOf(0.3).train];
    const changed = noisy.filter(({ completion }, row) => completion !== clean[row].completion);
    expect(changed.length / noisy.length).toBeGreaterThan(0.25);
    expect(changed.length / noisy.length).toBeLessThan(0.35);
    for (const { text, completion = '' } of changed) {
      expect(missing(text, completion).length, `${text} ${completion}`).toBeGreaterThan(0);
      expect(completion).toContain(factsOf(text).name);
    }
  });

  it('makes one or two mistakes', () => {
    for (let row = 0; row < 8000; row++) {
      const draws = new Draws(1, 0, row);
      const meaning = drawMeaning(draws, 'train');
      const mistaken = drawMistake(draws, 'train', meaning);
      const wrong = (Object.keys(meaning.facts) as Slot[]).filter((slot) => meaning.facts[slot] !== mistaken.facts[slot]);
      expect([1, 2]).toContain(wrong.length);
      expect(mistaken.name).toBe(meaning.name);
    }
  });

  it('shares no opening, no name and no food beside a place between splits', () => {
    const openings = SPLITS.flatMap((split) => OPENINGS[split].map(({ frame, slot }) => frame.replace('{c}', slot)));
    expect(new Set(openings).size).toBe(openings.length);
    const owners = new Map<string, Split>();
    for (const split of SPLITS)
      for (let row = 0; row < 3000; row++) {
        const { name, facts } = drawMeaning(new Draws(2, 7, row), split);
        for (const combination of [name, facts.food && facts.near && `${facts.food} ${facts.near}`]) {
          if (!combination) continue;
          expect(owners.get(combination) ?? split, combination).toBe(split);
          owners.set(combination, split);
        }
      }
  });

  it('shows all slots and all values in every split', () => {
    for (const split of SPLITS) {
      expect(new Set(OPENINGS[split].map(({ slot }) => slot)).size).toBe(SLOTS.length);
      const told = Array.from({ length: 2000 }, (_, row) => drawMeaning(new Draws(4, 7, row), split).facts);
      for (const slot of SLOTS) expect(new Set(told.map((facts) => facts[slot]).filter(Boolean)), slot).toEqual(new Set(VALUES[slot]));
    }
  });

  it('chooses words by the whole meaning', () => {
    expect(phrasesOf('food', { food: 'soup', kind: 'pub' })[0]).toBe('cooks soup');
    expect(phrasesOf('food', { food: 'soup' })[0]).toBe('has soup');
    expect(phrasesOf('price', { price: 'cheap', rating: 'poor' })).toContain('is rightly cheap');
    expect(phrasesOf('near', { near: 'river', seats: 'terrace' })).toContain('overlooks the river');
    const joined = Array.from({ length: 200 }, (_, row) => drawWords(new Draws(5, 7, row), 'train', { name: 'The Old Cup', facts: { rating: 'poor', open: 'daily' } }));
    expect(joined.every((words) => /[Ss]till, it|However, it|Even so, it/.test(words))).toBe(true);
    expect(valenceOf('rating', { rating: 'fair' })).toBe(0);
  });

  it('refuses a value that no slot has', () => {
    expect(() => phrasesOf('price', { price: 'free' })).toThrow(/price has no value "free"; choose one of cheap, moderate, expensive/);
    expect(() => phrasesOf('seats', {})).toThrow(/seats has no value/);
  });

  it('writes prompts in one order', () => {
    expect(promptOf({ name: 'The Old Cup', facts: { food: 'Thai', price: 'cheap' } })).toBe('name: The Old Cup, food: Thai, price: cheap ->');
  });
});
