/**
 * The text the encoder is pretrained on. It is made of the templates and lexicon combinations of the split
 * `pretraining` alone, so that no sentence and no template of a task's own splits occurs in it (`pretraining-text.test.ts`).
 * Many documents carry a verdict: guessing it when it is masked takes what the tasks later ask for.
 */
import { Draws } from '../../src/data/tasks/draws';
import { ADJECTIVES } from '../../src/data/tasks/sentiment/lexicon';
import { drawClause, drawSentence } from '../../src/data/tasks/sentiment';
import { drawPair } from '../../src/data/tasks/similarity';
import { DRAW_STREAMS, STREAMS } from '../../src/data/tasks/splits';

export interface Document {
  text: string;
  pair?: string;
  /** How hard its verdict is to guess: 1 an affirming clause, 2 a denying one or a pair, 3 a whole review. */
  level: 1 | 2 | 3;
}

const STREAM = DRAW_STREAMS.encoderText + STREAMS.pretraining;
const REVIEW_SHARE = 0.65;

/** Verdicts by polarity: a noun that stands before or after the review, and what the writer did. */
export const VERDICTS = {
  noun: [['bad', 'negative', 'complaint', 'warning', 'failure'], ['good', 'positive', 'praise', 'recommended', 'success']],
  verb: [['disliked', 'hated', 'regretted', 'despised'], ['liked', 'loved', 'enjoyed', 'admired']],
} as const;
export const RATINGS = ['unrelated', 'barely', 'partly', 'close', 'similar', 'identical'] as const;

/**
 * {g} and {h} are clauses that affirm their adjective, {c} and {e} clauses that affirm or deny it, {s} is a whole review with
 * contrast and reported opinions. The base model reads the easy ones first: with all at once the verdict is a riddle of nested
 * signs that so small a model does not start to solve.
 */
const REVIEWS = [
  { weight: 2, text: '{w}: {g}.' },
  { weight: 1, text: '{g}, and {h}.' },
  { weight: 1, text: '{w}: {g}, and {h}.' },
  { weight: 1, text: '{g}. my verdict: {w}.' },
  { weight: 1, text: 'we {v} it because {g}.' },
  { weight: 2, text: '{w}: {c}.' },
  { weight: 1, text: 'verdict: {w}. {c}.' },
  { weight: 1, text: 'we {v} it because {c}.' },
  { weight: 1, text: '{w}: {c}, and {e}.' },
  { weight: 5, text: '{w}: {s}.' },
  { weight: 1, text: 'verdict: {w}. {s}.' },
  { weight: 1, text: 'i {v} it: {s}.' },
  { weight: 1, text: '{s}. so i {v} it.' },
  { weight: 1, text: '{s}. my verdict: {w}.' },
] as const;

const PAIRS = [
  { weight: 3, text: '{r}: {a}', pair: '{b}' },
  { weight: 1, text: '{a}', pair: '{b} {r}.' },
  { weight: 1, text: '{a}', pair: '{b}' },
] as const;

const weightOf = ({ weight }: { weight: number }) => weight;

function drawReview(draws: Draws): Document {
  const good = draws.below(2) as 0 | 1;
  const polarity = good === 1 ? 1 : -1;
  const used: string[] = [];
  const frame = REVIEWS[draws.weighted(REVIEWS.map(weightOf))].text;
  const text = frame
    .replace('{s}', () => drawSentence(draws, 'pretraining', polarity))
    .replace(/\{[gh]\}/g, () => drawClause(draws, 'pretraining', polarity, used, 0))
    .replace('{c}', () => drawClause(draws, 'pretraining', polarity, used))
    .replace('{e}', () => drawClause(draws, 'pretraining', polarity, used))
    .replace('{w}', () => draws.pick(VERDICTS.noun[good]))
    .replace('{v}', () => draws.pick(VERDICTS.verb[good]));
  return { text, level: frame.includes('{s}') ? 3 : frame.includes('{c}') ? 2 : 1 };
}

function drawScenes(draws: Draws): Document {
  const { text, pair, score } = drawPair(draws, 'pretraining');
  const frame = PAIRS[draws.weighted(PAIRS.map(weightOf))];
  const put = (template: string) => template.replace('{a}', text).replace('{b}', pair).replace('{r}', RATINGS[Math.round(score)]);
  return { text: put(frame.text), pair: put(frame.pair), level: 2 };
}

export function pretrainingDocument(seed: number, row: number): Document {
  const draws = new Draws(seed, STREAM, row);
  return draws.chance(REVIEW_SHARE) ? drawReview(draws) : drawScenes(draws);
}

/** Words that carry the meaning; the pretraining masks them more often than the rest. */
export const CARRIERS: { verdicts: readonly string[]; adjectives: readonly string[] } = {
  verdicts: [...VERDICTS.noun.flat(), ...VERDICTS.verb.flat(), ...RATINGS],
  adjectives: ADJECTIVES,
};
