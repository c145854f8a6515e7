/**
 * The text micro-encoder is pretrained on: what the tasks ask about, each with a verdict that only he can guess who solves what the task asks. Of
 * the split `pretraining` alone, as the nano encoder's. A verdict is no word of the text: it is guessed in the place of <s>.
 */
import { drawAcceptability } from '../../src/data/tasks/acceptability';
import { drawAnswering } from '../../src/data/tasks/answering';
import { Draws } from '../../src/data/tasks/draws';
import { drawEntailment } from '../../src/data/tasks/entailment';
import { OPENINGS } from '../../src/data/tasks/openings';
import { drawParaphrase } from '../../src/data/tasks/paraphrase';
import { OPPOSITES, TRANSFERS } from '../../src/data/tasks/paraphrase/lexicon';
import { PEOPLE } from '../../src/data/tasks/people';
import { drawClause, drawSentence } from '../../src/data/tasks/sentiment';
import { DRAW_STREAMS, type Split, STREAMS } from '../../src/data/tasks/splits';
import type { Example } from '../../src/data/tasks/task';

export interface JudgedDocument {
  text: string;
  pair?: string;
  /** The task, and which of its families, from easy to hard. */
  task: string;
  family: number;
  verdict: string;
  /** Whether the two texts fit each other, so that words of the one can be told from the other. */
  told: boolean;
}

const STREAM = DRAW_STREAMS.microEncoderText + STREAMS.pretraining;

/** A review of a clause that affirms its adjective, of one that affirms or denies it, or a whole one. */
function drawReview(draws: Draws, split: Split, family: number, label: number): Example {
  const polarity = label === 1 ? 1 : -1;
  const text = family === 2 ? drawSentence(draws, split, polarity) : drawClause(draws, split, polarity, [], family === 0 ? 0 : undefined);
  return { text: `${text}.`, label };
}

interface Judged {
  task: string;
  families: number;
  draw: (draws: Draws, split: Split, family: number) => Example;
  /** A word for class 0 and one for class 1. Of two words a class, which of them it is would be noise in all that the text says. */
  verdicts: readonly [string, string];
  /** The class whose two texts fit each other. */
  fits?: 0 | 1;
}

/** Every task once in a row of draws, in this order. */
const JUDGED: readonly Judged[] = [
  { task: 'entailment', families: 4, draw: drawEntailment, verdicts: ['implied', 'doubtful'], fits: 0 },
  { task: 'paraphrase', families: 3, draw: drawParaphrase, verdicts: ['different', 'same'], fits: 1 },
  { task: 'acceptability', families: 3, draw: drawAcceptability, verdicts: ['faulty', 'correct'] },
  { task: 'answering', families: 2, draw: drawAnswering, verdicts: ['known', 'missing'], fits: 0 },
];
const REVIEWS = { task: 'sentiment', families: 3, verdicts: ['bad', 'good'] } as const;

function drawReviewDocument(draws: Draws): JudgedDocument {
  const label = draws.below(2);
  const family = draws.below(REVIEWS.families);
  return { text: drawReview(draws, 'pretraining', family, label).text, task: REVIEWS.task, family, verdict: REVIEWS.verdicts[label], told: false };
}

function drawJudged(draws: Draws, { task, families, draw, verdicts, fits }: Judged): JudgedDocument {
  const family = draws.below(families);
  const { text, pair, label } = draw(draws, 'pretraining', family);
  return { text, ...(pair === undefined ? {} : { pair }), task, family, verdict: verdicts[label as 0 | 1], told: label === fits };
}

const KINDS = [...JUDGED.map((judged) => (draws: Draws) => drawJudged(draws, judged)), drawReviewDocument];

/** Five rows in a sequence are of one row of draws, one of each task. */
export function microEncoderDocument(seed: number, row: number): JudgedDocument {
  const draws = new Draws(seed, STREAM, Math.floor(row / KINDS.length));
  const documents = KINDS.slice(0, (row % KINDS.length) + 1).map((draw) => draw(draws));
  return documents[documents.length - 1];
}

/** Words that are hidden to be told from the other text: people, what turns a meaning, what asks; and those that never are, since they say nothing. */
export const carriers = {
  verdicts: [...JUDGED.flatMap(({ verdicts }) => verdicts), ...REVIEWS.verdicts],
  people: PEOPLE,
  turning: [
    ...'both neither never not did has false lie wrong myth true right turned learned before after later then from by no at whom who'.split(' '),
    ...OPPOSITES.flat(), ...TRANSFERS.flatMap(({ gave, got, taken }) => [gave, got, taken]),
  ],
  asking: 'where when why how'.split(' '),
  openings: OPENINGS,
  stops: 'the a an . , ? : it was that of in to and by who whom as is has for on from at but fact course we know clearly happens certainly surely no doubt'.split(' '),
};
