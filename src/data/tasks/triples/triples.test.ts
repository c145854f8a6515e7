import { describe, expect, it } from 'vitest';
import type { Split } from '../splits';
import { Draws } from '../draws';
import { ABOUT_OBJECTS, CATEGORIES, type Predicate } from './lexicon';
import { openings } from './templates';
import { drawGraph, drawMistake, promptOf, triplesOf } from './triples';
import { triples } from '.';

const SPLITS: Split[] = ['pretraining', 'train', 'validation', 'test'];
const rowsOf = (labelNoise: number, trainRows = 600) => triples.generate({ seed: 3, trainRows, labelNoise });
const PREDICATES = [...CATEGORIES.flatMap(({ predicates }) => predicates), ...Object.values(ABOUT_OBJECTS).flatMap(({ predicates }) => predicates)];

/** Triples of a prompt that a text does not tell in any of their predicate's words. */
function untold(prompt: string, text: string): string[] {
  return prompt.replace(' ->', '').split(' | ').filter((triple) => {
    const [, name, object] = triple.split(' : ');
    const phrases = PREDICATES.filter((one) => one.name === name).flatMap((one: Predicate) => one.phrases);
    return !phrases.some((phrase) => new RegExp(`\\b${phrase.replace('{o}', object)}(?=[ ,.])`).test(text));
  });
}

describe('triples', () => {
  it('tells every triple of the prompt, in every reference', () => {
    const { train, validation, test } = rowsOf(0);
    for (const { text, completion = '', references = [completion] } of [...train, ...validation, ...test]) {
      for (const told of references) {
        expect(untold(text, told), `${text} ${told}`).toEqual([]);
        expect(told).toContain(text.split(' : ')[0]);
        expect(told).toMatch(/^[A-Z].*\.$/);
        expect(told).not.toMatch(/[{}]|undefined| {2}/);
      }
    }
  });

  it('has three different references in held-out rows, the scored text first', () => {
    const { train, test } = rowsOf(0);
    for (const { completion, references = [] } of test) expect([references[0], new Set(references).size]).toEqual([completion, 3]);
    expect(train[0].references).toBeUndefined();
  });

  it('keeps three kinds of things for the test rows', () => {
    const { train, validation, test } = rowsOf(0);
    const unseen = CATEGORIES.filter(({ seen }) => !seen);
    const namesUnseen = new RegExp(` (?:${unseen.flatMap(({ names }) => names).join('|')}) : `);
    expect([...train, ...validation].some(({ text }) => namesUnseen.test(text))).toBe(false);
    for (const { text, category } of test) expect(namesUnseen.test(text), text).toBe(category?.seen === false);
    const share = test.filter(({ category }) => category?.seen === false).length / test.length;
    expect(share).toBeGreaterThan(0.32);
    expect(share).toBeLessThan(0.43);
  });

  it('states one wrong object in noisy rows alone', () => {
    for (let row = 0; row < 2000; row++) {
      const draws = new Draws(1, 0, row);
      const graph = drawGraph(draws, 'train', CATEGORIES);
      const [right, wrong] = [graph, drawMistake(draws, 'train', graph)].map((one) => triplesOf(one).map(({ object }) => object));
      expect(wrong.filter((object, place) => object !== right[place])).toHaveLength(1);
    }
    const [clean, noisy] = [rowsOf(0).train, rowsOf(0.3).train];
    const changed = noisy.filter(({ completion }, row) => completion !== clean[row].completion);
    for (const { text, completion = '' } of changed) expect(untold(text, completion).length, `${text} ${completion}`).toBeGreaterThan(0);
  });

  it('shares no name, person or opening between splits, and shows every predicate in each', () => {
    const owners = new Map<string, Split>();
    for (const split of SPLITS) {
      for (let row = 0; row < 2000; row++) {
        const graph = drawGraph(new Draws(2, 7, row), split, CATEGORIES);
        const persons = triplesOf(graph).filter(({ predicate }) => predicate.object === 'person').map(({ object }) => object);
        for (const one of [`${graph.category.name} ${graph.name}`, ...persons]) {
          expect(owners.get(one) ?? split, one).toBe(split);
          owners.set(one, split);
        }
      }
      for (const category of CATEGORIES) expect(new Set(openings(category, split).map(({ predicate }) => predicate)).size).toBe(category.predicates.length);
    }
  });

  it('puts what is told of an object behind it', () => {
    const graph = Array.from({ length: 50 }, (_, row) => drawGraph(new Draws(5, 7, row), 'train', CATEGORIES)).find(({ further }) => further)!;
    const [first, second] = [graph.further!.subject, graph.further!.predicate.name];
    expect(promptOf(graph)).toMatch(new RegExp(`: ${first} \\| ${first} : ${second} :`));
  });
});
