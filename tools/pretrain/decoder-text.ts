/**
 * The text the decoder is pretrained on, of the split `pretraining` alone, like the encoder's. A decoder sees only what stands before a
 * token, so verdicts and ratings come after the text they judge, most often right behind its full stop: the state of the last token then
 * learns to sum the text up, which is what a classifier on top of it reads.
 */
import { drawMeaning, drawWords, promptOf } from '../../src/data/tasks/description';
import { Draws, shuffled } from '../../src/data/tasks/draws';
import { drawClause, drawSentence } from '../../src/data/tasks/sentiment';
import { drawPair } from '../../src/data/tasks/similarity';
import { DRAW_STREAMS, STREAMS } from '../../src/data/tasks/splits';
import { type Document, RATINGS, VERDICTS } from './pretraining-text';

const STREAM = DRAW_STREAMS.decoderText + STREAMS.pretraining;
const [REVIEW_SHARE, PAIR_SHARE] = [0.45, 0.2];

/** Slots as in the encoder's reviews, and levels for the same reason: {g} and {h} affirm, {c} and {e} affirm or deny, {s} is a whole review. */
const REVIEWS = [
  { weight: 3, text: '{g}. {w}.', level: 1 },
  { weight: 1, text: '{g}, and {h}. {w}.', level: 1 },
  { weight: 3, text: '{c}. {w}.', level: 2 },
  { weight: 1, text: '{c}, and {e}. {w}.', level: 2 },
  { weight: 1, text: '{c}. so i {v} it.', level: 2 },
  { weight: 8, text: '{s}. {w}.', level: 3 },
  { weight: 1, text: '{s}. my verdict: {w}.', level: 3 },
  { weight: 1, text: '{s}. so i {v} it.', level: 3 },
] as const;

/**
 * {d} is a description, {l} a list of its values in any order, {m} the facts as the task writes them. The task's own form, {m} {d}, does not
 * occur: from lists the model learns to look values up, and that a prompt is such a list is left for fine-tuning.
 */
const DESCRIPTIONS = [
  { weight: 2, text: '{d}' },
  { weight: 2, text: '{d} {m}' },
  { weight: 6, text: '{l}: {d}' },
] as const;

const weightOf = ({ weight }: { weight: number }) => weight;

export function drawReview(draws: Draws): Document {
  const good = draws.below(2) as 0 | 1;
  const polarity = good === 1 ? 1 : -1;
  const used: string[] = [];
  const { text, level } = REVIEWS[draws.weighted(REVIEWS.map(weightOf))];
  const review = text
    .replace('{s}', () => drawSentence(draws, 'pretraining', polarity))
    .replace(/\{[gh]\}/g, () => drawClause(draws, 'pretraining', polarity, used, 0))
    .replace(/\{[ce]\}/g, () => drawClause(draws, 'pretraining', polarity, used))
    .replace('{w}', () => draws.pick(VERDICTS.noun[good]))
    .replace('{v}', () => draws.pick(VERDICTS.verb[good]));
  return { text: review, level };
}

export function drawScenes(draws: Draws): Document {
  const { text, pair, score } = drawPair(draws, 'pretraining');
  return { text: `${text} ${pair} ${RATINGS[Math.round(score)]}.`, level: 2 };
}

export function drawRestaurant(draws: Draws): Document {
  const meaning = drawMeaning(draws, 'pretraining');
  const words = drawWords(draws, 'pretraining', meaning);
  const frame = DESCRIPTIONS[draws.weighted(DESCRIPTIONS.map(weightOf))].text;
  const values = shuffled(draws, [meaning.name, ...Object.values(meaning.facts)]);
  // From the first step on: looking values up takes long to be found, and is easy text otherwise.
  return { text: frame.replace('{d}', words).replace('{m}', promptOf(meaning)).replace('{l}', values.join(', ')), level: 1 };
}

export function decoderDocument(seed: number, row: number): Document {
  const draws = new Draws(seed, STREAM, row);
  return [drawReview, drawScenes, drawRestaurant][draws.weighted([REVIEW_SHARE, PAIR_SHARE, 1 - REVIEW_SHARE - PAIR_SHARE])](draws);
}
