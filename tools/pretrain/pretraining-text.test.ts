import { describe, expect, it } from 'vitest';
import { TASKS } from '../../src/data/tasks';
import { NAME_FIRST, NAME_SECOND, phrasesOf, VALUES, type Slot } from '../../src/data/tasks/description/lexicon';
import { OPENINGS, type Opening } from '../../src/data/tasks/description/templates';
import { ADJECTIVES, ASPECTS, DEGREES } from '../../src/data/tasks/sentiment/lexicon';
import { CLAUSES } from '../../src/data/tasks/sentiment/templates';
import { SCENE_TEMPLATES } from '../../src/data/tasks/similarity/templates';
import { CATEGORIES, type Category, FIRST_WORDS } from '../../src/data/tasks/triples/lexicon';
import { type Opening as TripleOpening, openings as tripleOpenings } from '../../src/data/tasks/triples/templates';
import { decoderDocument } from './decoder-text';
import { microDecoderDocument } from './micro-decoder-text';
import { carriers, microEncoderDocument } from './micro-encoder-text';
import { pretrainingDocument } from './pretraining-text';

const DOCUMENTS = 40_000;
const textOf = (document: (seed: number, row: number) => { text: string; pair?: string }) =>
  Array.from({ length: DOCUMENTS }, (_, row) => document(1, row)).map(({ text, pair = '' }) => `${text}\n${pair}`).join('\n');
const [encoderText, decoderText] = [textOf(pretrainingDocument), textOf(decoderDocument)];
const [microEncoderText, microDecoderText] = [textOf(microEncoderDocument), textOf(microDecoderDocument)];
const dataOf = (seed: number, trainRows: number) => Object.values(TASKS).map((task) => task.generate({ seed, trainRows, labelNoise: 0 }));
const trainText = dataOf(1, 4096)
  .flatMap(({ train }) => train.flatMap(({ text, pair = '', completion = '' }) => [text, pair, completion]))
  .join('\n');
const seenTexts = [encoderText, decoderText, microEncoderText, microDecoderText, trainText];

/** A template with its slots open, as a pattern that also finds it inside a longer sentence. */
function patternOf(template: string): RegExp {
  const slots: Record<string, string> = { n: `(?:${ASPECTS.join('|')})`, a: `(?:(?:${DEGREES.join('|')}) )?(?:${ADJECTIVES.join('|')})`, l: '' };
  const escaped = template.replace(/\{(\w)\}/g, (_, slot: string) => slots[slot] ?? '[a-z]+').replace(/^an? /, 'an? ').replace(/ a /g, ' an? ');
  return new RegExp(`(?:^|[\\s:,.])${escaped}(?=[\\s,.;])`, 'm');
}

/** Every phrase of a slot, whatever else is told. */
function allPhrases(slot: Slot): string[] {
  const others = { kind: [undefined, ...VALUES.kind], rating: [undefined, ...VALUES.rating], seats: [undefined, ...VALUES.seats] };
  return VALUES[slot].flatMap((value) =>
    others.kind.flatMap((kind) => others.rating.flatMap((rating) => others.seats.flatMap((seats) => phrasesOf(slot, { kind, rating, seats, [slot]: value })))),
  );
}

/** An opening with any name and any value. */
function openingPattern({ frame, slot }: Opening): RegExp {
  const name = `The (?:${NAME_FIRST.join('|')}) (?:${NAME_SECOND.join('|')})`;
  const pattern = frame.replace('{n}', name).replace('{c}', `(?:${[...new Set(allPhrases(slot))].join('|')})`);
  return new RegExp(`(?:^|[\\s.])[${pattern[0].toUpperCase()}${pattern[0]}]${pattern.slice(1)}(?=[ .])`, 'm');
}

/** A beginning of a text about triples with any name of its kind and any object. */
function tripleOpeningPattern({ name: kind, names }: Category, { frame, predicate }: TripleOpening): RegExp {
  const name = `(?:${FIRST_WORDS.join('|')}) (?:${names.join('|')})`;
  const told = `(?:${predicate.phrases.map((phrase) => phrase.replace('{o}', '[A-Z0-9a-z]+(?: [A-Z][a-z]+)?')).join('|')})`;
  const begun = frame.startsWith('{') ? frame : `[${frame[0].toUpperCase()}${frame[0]}]${frame.slice(1)}`;
  return new RegExp(`(?:^|[\\s.])${begun.replace('{n}', name).replaceAll('{k}', kind).replace('{c}', told)}(?=[ .,])`, 'm');
}

describe('what the base models and the training rows have seen', { timeout: 120_000 }, () => {
  // All rows are looked up as whole sentences; a sample is also looked for inside longer ones, which takes longer.
  it('has no test sentence in it', () => {
    const lines = seenTexts.join('\n').split('\n').flatMap((line) => [line, line.replace(/^(?:\w+: )+/, ''), ...line.split(/(?<=\.|->) /)]);
    const sentences = new Set(lines);
    for (const seed of [1, 2, 3])
      for (const { test, validation } of dataOf(seed, 1))
        for (const { text, pair = text, completion = text, references = [completion] } of [...test, ...validation])
          expect([text, pair, completion, ...references].some((part) => sentences.has(part)), text).toBe(false);
    const some = TASKS.sentiment.generate({ seed: 1, trainRows: 1, labelNoise: 0 }).test.slice(0, 200);
    for (const { text } of some) for (const seen of seenTexts) expect(seen.includes(text.slice(0, -1)), text).toBe(false);
    const written = TASKS.description.generate({ seed: 1, trainRows: 1, labelNoise: 0 }).test.slice(0, 200);
    for (const { text, completion = '' } of written)
      for (const seen of seenTexts) for (const part of [text, completion, completion.split('. ')[0]]) expect(seen.includes(part), part).toBe(false);
  });

  it('has no test template in it, not even inside a longer sentence', () => {
    for (const { text } of CLAUSES.test)
      for (const seen of seenTexts) expect(patternOf(text).exec(seen)?.[0], text).toBeUndefined();
    for (const template of SCENE_TEMPLATES.test)
      for (const seen of seenTexts) expect(patternOf(template.replace('{l}', '')).exec(seen)?.[0], template).toBeUndefined();
    for (const opening of OPENINGS.test)
      for (const seen of [decoderText, microDecoderText, trainText]) expect(openingPattern(opening).exec(seen)?.[0], opening.frame).toBeUndefined();
    for (const category of CATEGORIES)
      for (const opening of tripleOpenings(category, 'test'))
        for (const seen of [microDecoderText, trainText]) expect(tripleOpeningPattern(category, opening).exec(seen)?.[0], `${category.name}: ${opening.frame}`).toBeUndefined();
  });

  it('would find a template that is there', () => {
    for (const seen of [encoderText, decoderText]) {
      for (const { text } of CLAUSES.pretraining.slice(0, 20)) expect(patternOf(text).test(seen), text).toBe(true);
      for (const template of SCENE_TEMPLATES.pretraining) expect(patternOf(template.replace('{l}', '')).test(seen), template).toBe(true);
    }
    for (const { text } of CLAUSES.train.slice(0, 20)) expect(patternOf(text).test(trainText), text).toBe(true);
    for (const opening of OPENINGS.pretraining) expect(openingPattern(opening).test(decoderText), `${opening.frame} ${opening.slot}`).toBe(true);
    for (const category of CATEGORIES) {
      for (const opening of tripleOpenings(category, 'pretraining').slice(0, 10)) expect(tripleOpeningPattern(category, opening).test(microDecoderText), `${category.name}: ${opening.frame}`).toBe(true);
      // What is seen in training is seen there, and no more.
      expect(tripleOpenings(category, 'train').some((opening) => tripleOpeningPattern(category, opening).test(trainText)), category.name).toBe(category.seen);
    }
    for (const opening of OPENINGS.train) expect(openingPattern(opening).test(trainText), `${opening.frame} ${opening.slot}`).toBe(true);
  });

  it('shows no name of a test row to the decoder', () => {
    const names = (text: string) => new Set(text.match(/The [A-Z]\w+ [A-Z]\w+/g));
    const seen = names(`${decoderText}\n${microDecoderText}\n${trainText}`);
    for (const { text } of TASKS.description.generate({ seed: 1, trainRows: 1, labelNoise: 0 }).test) expect([...names(text)].some((name) => seen.has(name)), text).toBe(false);
  });
});

describe('the text of the larger encoder', () => {
  const documents = Array.from({ length: 5000 }, (_, row) => microEncoderDocument(1, row));

  it('asks for a verdict of every task, and shows none', () => {
    for (const verdict of carriers.verdicts) expect(documents.some((document) => document.verdict === verdict), verdict).toBe(true);
    const shown = new RegExp(`\\b(?:${carriers.verdicts.filter((verdict) => !['good', 'bad'].includes(verdict)).join('|')})\\b`);
    for (const { text, pair = '' } of documents) expect(`${text} ${pair}`).not.toMatch(shown);
  });

  it('lets words be told from the other sentence only where both fit', () => {
    for (const { told, task, verdict } of documents) expect(told, task).toBe(['implied', 'same', 'known'].includes(verdict));
  });
});

describe('the text of the decoder', () => {
  it('puts verdicts behind what they judge', () => {
    const reviews = decoderText.split('\n').filter((line) => /\b(good|bad)\.$/.test(line));
    expect(reviews.length).toBeGreaterThan(1000);
    expect(reviews.every((line) => /[.:] (good|bad)\.$/.test(line))).toBe(true);
  });

  it('never has the form of the task of triples', () => {
    expect(microDecoderText).toMatch(/ : author : /);
    expect(microDecoderText).not.toMatch(/-> \S/);
  });

  it('never has the form of the description task', () => {
    expect(decoderText).toMatch(/^name: |\. name: /m);
    expect(decoderText).not.toMatch(/-> \S/);
  });
});
