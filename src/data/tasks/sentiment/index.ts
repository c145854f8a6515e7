import type { Draws } from '../draws';
import { ADJECTIVES, ASPECTS, DAYS, DEGREES, FACTS, NEGATIVE, NUMBERS, PEOPLE, POSITIVE } from './lexicon';
import { CLAUSES, FAMILY_WEIGHTS, FRAMES } from './templates';
import { generateClasses } from '../rows';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCombination, type Split } from '../splits';
import type { Example, Task } from '../task';

/** Nearly half the clauses deny their adjective, so that the adjective alone says next to nothing. */
const DENYING_SHARE = 0.45;
const DEGREE_SHARE = 0.4;

/** An unused aspect and an adjective of the wanted polarity that this split alone may combine. */
function drawCombination(draws: Draws, split: Split, polarity: 1 | -1, used: readonly string[]): [string, string] {
  for (;;) {
    const aspect = draws.below(ASPECTS.length);
    const adjective = polarity === 1 ? draws.below(POSITIVE.length) : POSITIVE.length + draws.below(NEGATIVE.length);
    if (used.includes(ASPECTS[aspect])) continue;
    if (ownerOfCombination(COMBINATIONS.aspectAndAdjective, aspect, adjective) === split) return [ASPECTS[aspect], ADJECTIVES[adjective]];
  }
}

/** A clause that says something good (1) or bad (-1) about an aspect that is not in `used`, and then is. */
export function drawClause(draws: Draws, split: Split, polarity: 1 | -1, used: string[] = [], denying = DENYING_SHARE): string {
  const sign = draws.chance(denying) ? -1 : 1;
  const clause = draws.pick(CLAUSES[split].filter((candidate) => candidate.sign === sign));
  const [aspect, adjective] = drawCombination(draws, split, (polarity * sign) as 1 | -1, used);
  used.push(aspect);
  // "hardly rather fine" is no English, so a denied adjective stands alone.
  const degree = sign === 1 && draws.chance(DEGREE_SHARE) ? `${draws.pick(DEGREES)} ` : '';
  return clause.text.replace('{n}', aspect).replace('{a}', degree + adjective);
}

function drawFact(draws: Draws): string {
  return draws.pick(FACTS).replace('{t}', draws.pick(DAYS)).replace('{k}', draws.pick(NUMBERS)).replace('{a}', draws.pick(ADJECTIVES));
}

/** One sentence, without its full stop, that is good (1) or bad (-1) as a whole. */
export function drawSentence(draws: Draws, split: Split, polarity: 1 | -1): string {
  const used: string[] = [];
  const frame = draws.pick(FRAMES[split][draws.weighted(FAMILY_WEIGHTS)]);
  return frame.text
    .replace('{c}', () => drawClause(draws, split, polarity, used))
    .replace('{x}', () => drawClause(draws, split, -polarity as 1 | -1, used))
    .replace('{y}', () => drawClause(draws, split, (polarity * frame.sign) as 1 | -1, used))
    .replace('{f}', () => drawFact(draws))
    .replace('{p}', () => draws.pick(PEOPLE));
}

function drawReview(draws: Draws, split: Split): Example {
  const label = draws.below(2);
  return { text: `${drawSentence(draws, split, label === 1 ? 1 : -1)}.`, label };
}

export const sentiment: Task = {
  name: 'sentiment',
  title: 'Sentiment',
  description: 'Is a short review good or bad? Negation, contrast, reported opinions and beside-the-point remarks: counting words does not solve it.',
  examples: [
    { text: 'in short i found that design dismal, even though his screen is not bland.', label: 0 },
    { text: 'my teacher wrote that that level is no longer lousy, and i agree.', label: 1 },
  ],
  mirrors: 'SST-2',
  citation: 'Socher et al. 2013, "Recursive Deep Models for Semantic Compositionality Over a Sentiment Treebank"; Wang et al. 2019, "GLUE".',
  kind: 'classification',
  labels: ['negative', 'positive'],
  metrics: ['accuracy'],
  generate: (options) => generateClasses('sentiment', DRAW_STREAMS.sentiment, options, drawReview),
};
