import type { Draws } from '../draws';
import { openingsFor } from '../openings';
import { drawPeople, PEOPLE } from '../people';
import { generateClasses } from '../rows';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCell, ownerOfCombination, type Split } from '../splits';
import type { Example, Task } from '../task';
import { ASKING, CIRCUMSTANCES, DEEDS } from './lexicon';
import { DOUBLE, QUESTIONS, SINGLE } from './templates';

const filled = (text: string, words: Record<string, string>) => text.replace(/\{(\w)\}/g, (_, slot: string) => words[slot]);

/** Deeds that this split alone gives to a person; a few people have none, and are not spoken of. */
const deedsOf = (split: Split, person: string) => {
  const index = PEOPLE.findIndex((one) => one === person);
  return DEEDS.map((_, deed) => deed).filter((deed) => ownerOfCombination(COMBINATIONS.personAndDeed, index, deed) === split);
};

/** Two people and what each does. */
function drawScene(draws: Draws, split: Split): { people: [string, string]; deeds: number[] } {
  for (;;) {
    const people = drawPeople(draws, split);
    const possible = people.map((person) => deedsOf(split, person));
    if (possible.every((deeds) => deeds.length > 0)) return { people, deeds: possible.map((deeds) => draws.pick(deeds)) };
  }
}

function drawQuestion(draws: Draws, split: Split, asks: string, person: string, deed: number): string {
  const form = draws.pick(QUESTIONS.filter(({ column }) => ownerOfCell(ASKING.indexOf(asks), column) === split));
  return filled(form.text, { w: asks, p: person, v: DEEDS[deed][1], d: DEEDS[deed][0] });
}

/** From easy to hard; tools/pretrain reads them in this order: one person, or two. */
export const FAMILIES = [1, 2] as const;
const WEIGHTS = [0.3, 0.7] as const;

/** A question and a sentence, and 0 where the sentence answers it. @param family which of FAMILIES; drawn where left out */
export function drawAnswering(draws: Draws, split: Split, family = draws.weighted(WEIGHTS)): Example {
  const { people, deeds } = drawScene(draws, split);
  const told = draws.below(ASKING.length);
  const other = (told + 1 + draws.below(ASKING.length - 1)) % ASKING.length;
  const [x, y] = [told, other].map((one) => draws.pick(CIRCUMSTANCES[ASKING[one]]));
  const form = draws.pick(FAMILIES[family] === 1 ? SINGLE : DOUBLE);
  // Columns of both lists together.
  const column = form.column + (FAMILIES[family] === 1 ? 0 : SINGLE.length);
  const sentence = filled(form.text, { 1: people[0], 2: people[1], a: DEEDS[deeds[0]][0], b: DEEDS[deeds[1]][0], x, y });
  // Both circumstances are asked about equally often, of either person; only one of the two is told of each.
  const asked = FAMILIES[family] === 1 ? 0 : draws.below(2);
  const label = draws.below(2);
  const asks = ASKING[(label === 0) === (asked === 0) ? told : other];
  return { text: drawQuestion(draws, split, asks, people[asked], deeds[asked]), pair: `${draws.pick(openingsFor(split, column))} ${sentence}.`, label };
}

export const answering: Task = {
  name: 'answering',
  title: 'Question and answer',
  description: 'Does the sentence answer the question? Two people do something; what is asked about the one may be told of the other.',
  examples: [
    { text: 'please find out where the pilot shopped.', pair: 'clearly in the kitchen the pilot shopped, and badly the guard worked.', label: 0 },
    { text: 'please find out where the barber waited.', pair: 'clearly out of fear the barber waited, and in the kitchen the nurse slept.', label: 1 },
  ],
  mirrors: 'QNLI',
  citation: 'Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text"; Wang et al. 2019, "GLUE".',
  kind: 'classification',
  labels: ['answered', 'not answered'],
  metrics: ['accuracy'],
  generate: (options) => generateClasses('answering', DRAW_STREAMS.answering, options, drawAnswering),
};
