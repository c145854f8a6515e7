/** The four generated tasks of two classes that judge sentences and pairs: what all of them promise, and what each label means. */
import { describe, expect, it } from 'vitest';
import { drawAcceptability } from './acceptability';
import { drawAnswering } from './answering';
import { CIRCUMSTANCES } from './answering/lexicon';
import { Draws } from './draws';
import { drawEntailment } from './entailment';
import { KINDS } from './entailment/lexicon';
import { TASKS } from './index';
import { OPENINGS, openingsFor } from './openings';
import { drawParaphrase } from './paraphrase';
import { TRANSFERS } from './paraphrase/lexicon';
import type { Split } from './splits';

const SPLITS: Split[] = ['pretraining', 'train', 'validation', 'test'];
const DRAWN = { entailment: drawEntailment, paraphrase: drawParaphrase, acceptability: drawAcceptability, answering: drawAnswering };

describe.each(Object.entries(DRAWN))('%s', (name, draw) => {
  const rowsOf = (split: Split) => Array.from({ length: 1500 }, (_, row) => draw(new Draws(3, 7, row), split));

  it('shares no sentence between splits', () => {
    const owners = new Map<string, Split>();
    for (const split of SPLITS)
      for (const { text, pair } of rowsOf(split))
        for (const sentence of [text, pair]) {
          if (sentence === undefined) continue;
          expect(owners.get(sentence) ?? split, sentence).toBe(split);
          owners.set(sentence, split);
        }
  });

  it('is as balanced as the set that it mirrors', () => {
    const positive = { entailment: 0.5, paraphrase: 0.68, acceptability: 0.7, answering: 0.5 }[name]!;
    const { train, test } = TASKS[name as keyof typeof DRAWN].generate({ seed: 1, trainRows: 2000, labelNoise: 0 });
    for (const rows of [train, test]) expect(Math.abs(rows.filter(({ label }) => label === 1).length / 2000 - positive)).toBeLessThan(0.05);
  });

  it('fills every slot', () => {
    for (const { text, pair = '' } of rowsOf('train')) expect(`${text} ${pair}`).not.toMatch(/[{}]|undefined| {2}/);
  });
});

it('every split has every pattern, and no opening before it is in two', () => {
  for (let column = 0; column < 24; column++) {
    const owned = SPLITS.flatMap((split) => openingsFor(split, column));
    expect([...owned].sort()).toEqual([...OPENINGS].sort());
    for (const split of SPLITS) expect(openingsFor(split, column).length).toBeGreaterThan(0);
  }
});

const many = (draw: (draws: Draws) => { text: string; pair?: string; label: number }) => Array.from({ length: 1000 }, (_, row) => draw(new Draws(5, 9, row)));

it('a sentence about a thing entails that about its kind where it affirms, and the other way round where it denies', () => {
  const kinds = Object.keys(KINDS);
  for (const { text, pair = '', label } of many((draws) => drawEntailment(draws, 'train', 3))) {
    const widens = kinds.some((kind) => new RegExp(` ${kind}\\b`).test(pair));
    const denies = / not | never | no time /.test(text);
    expect(label, `${text} ${pair}`).toBe(Number(widens === denies));
  }
});

it('a transfer is the same from both sides, and another one with its people exchanged', () => {
  const giver = (sentence: string) => {
    const gave = TRANSFERS.map(({ gave: word }) => word).join('|');
    const found = new RegExp(`the (\\w+) (?:who )?(?:${gave}) the|(?:${gave}) to the \\w+ by the (\\w+)|from the (\\w+)`).exec(sentence)!;
    return found[1] ?? found[2] ?? found[3];
  };
  const rows = many((draws) => drawParaphrase(draws, 'train', 1)).filter(({ text, pair = '' }) => / the (\w+) .* the (\w+) .* the /.test(`${text} ${pair}`));
  for (const { text, pair = '', label } of rows) if (label === 1) expect(giver(text), `${text} ${pair}`).toBe(giver(pair));
  const exchanged = rows.filter(({ text, pair = '', label }) => label === 0 && giver(text) !== giver(pair));
  expect(exchanged.length / rows.filter(({ label }) => label === 0).length).toBeGreaterThan(0.75);
});

it('a question is answered by a sentence that tells of its person what it asks for', () => {
  for (const { text, pair = '', label } of many((draws) => drawAnswering(draws, 'train', 0))) {
    const asks = Object.keys(CIRCUMSTANCES).find((word) => new RegExp(`\\b${word}\\b`).test(text))!;
    expect(label, `${text} ${pair}`).toBe(Number(!CIRCUMSTANCES[asks].some((circumstance) => pair.includes(circumstance))));
  }
});

it('a subject and its verb agree in acceptable sentences alone', () => {
  for (const { text, label } of many((draws) => drawAcceptability(draws, 'train', 2))) {
    const subject = /the (?:(?:old|tall|young|small|famous|quiet|strong|kind|tired|clever) )?(\w+?)(s?) (?:near|behind|beside|with|that|is|are|seem|seems|look|looks|remain|remains)\b/.exec(text)!;
    const verb = [...text.matchAll(/\b(is|are|seems?|looks?|remains?)\b/g)].at(-1)![1];
    const plural = ['are', 'seem', 'look', 'remain'].includes(verb);
    expect(label, text).toBe(Number((subject[2] === 's') === plural));
  }
});
