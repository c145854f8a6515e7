import { NAME_FIRST, NAME_SECOND, phrasesOf, SLOTS, valenceOf, VALUES, type Facts, type Slot } from './lexicon';
import { OPENINGS, SUBJECTS } from './templates';
import { Draws, others, shuffled } from '../draws';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCombination, STREAMS, type Split } from '../splits';
import { checkOptions, TEST_ROWS, VALIDATION_ROWS, type Example, type Task } from '../task';

const STREAM = DRAW_STREAMS.description;
const NOISE_STREAM = STREAM + 0x80;
/** Words have a stream of their own: a row that states a wrong fact states the rest as it would have done anyway. */
const WORDING_STREAM = STREAM + 0x40;

/** Texts that each held-out row has: the first is the one whose tokens are scored. The others are drawn apart, so that it stays what it always was. */
const REFERENCES = 4;

/** How often two, three or four slots are told beside the name; more would not fit into two sentences. */
const SLOT_COUNTS = [2, 3, 4] as const;
const SLOT_COUNT_WEIGHTS = [0.3, 0.5, 0.2] as const;

/** What is told of which place. */
export interface Meaning {
  name: string;
  facts: Facts;
}

function drawName(draws: Draws, split: Split): string {
  for (;;) {
    const [first, second] = [draws.below(NAME_FIRST.length), draws.below(NAME_SECOND.length)];
    if (ownerOfCombination(COMBINATIONS.placeNames, first, second) === split) return `The ${NAME_FIRST[first]} ${NAME_SECOND[second]}`;
  }
}

/** A food and a place nearby may stand together in one split alone. */
function belongsTo(split: Split, { food, near }: Facts): boolean {
  return !food || !near || ownerOfCombination(COMBINATIONS.foodAndPlace, VALUES.food.indexOf(food), VALUES.near.indexOf(near)) === split;
}

export function drawMeaning(draws: Draws, split: Split): Meaning {
  const name = drawName(draws, split);
  for (;;) {
    const told = shuffled(draws, SLOTS).slice(0, SLOT_COUNTS[draws.weighted(SLOT_COUNT_WEIGHTS)]);
    const facts: Facts = Object.fromEntries(SLOTS.filter((slot) => told.includes(slot)).map((slot) => [slot, draws.pick(VALUES[slot])]));
    if (belongsTo(split, facts)) return { name, facts };
  }
}

/** The same place with one or two facts that are not so. */
export function drawMistake(draws: Draws, split: Split, { name, facts }: Meaning): Meaning {
  const told = Object.keys(facts) as Slot[];
  for (;;) {
    const changed = { ...facts };
    // Drawn again as well: with the place kept, this split may have no other food for it.
    for (const slot of shuffled(draws, told).slice(0, 1 + draws.below(2))) changed[slot] = draws.pick(VALUES[slot].filter((value) => value !== facts[slot]));
    if (belongsTo(split, changed)) return { name, facts: changed };
  }
}

export function promptOf({ name, facts }: Meaning): string {
  const told = SLOTS.filter((slot) => facts[slot] !== undefined).map((slot) => `${slot}: ${facts[slot]}`);
  return `${[`name: ${name}`, ...told].join(', ')} ->`;
}

const asSentence = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** Clauses as one list; the last is joined by "but" where it speaks against the one before it. */
function listed(slots: readonly Slot[], clauses: readonly string[], facts: Facts): string {
  if (clauses.length === 1) return clauses[0];
  const [before, last] = slots.slice(-2);
  const contrast = valenceOf(before, facts) * valenceOf(last, facts) < 0;
  return `${clauses.slice(0, -1).join(', ')} ${contrast ? 'but' : 'and'} ${clauses.at(-1)!}`;
}

/** Two sentences that say exactly `meaning`: the first by an opening of the split, the second tells what is left. */
export function drawWords(draws: Draws, split: Split, { name, facts }: Meaning): string {
  const told = SLOTS.filter((slot) => facts[slot] !== undefined);
  const opening = draws.pick(OPENINGS[split].filter(({ slot }) => told.includes(slot)));
  const rest = shuffled(draws, told.filter((slot) => slot !== opening.slot));
  const clauseOf = (slot: Slot) => draws.pick(phrasesOf(slot, facts));
  const first = opening.frame.replace('{n}', name).replace('{c}', () => clauseOf(opening.slot));
  if (rest.length === 0) return asSentence(first);
  const contrast = valenceOf(opening.slot, facts) * valenceOf(rest[0], facts) < 0;
  const subject = draws.pick(SUBJECTS[contrast ? 'contrasting' : 'agreeing']);
  return `${asSentence(first)} ${asSentence(`${subject} ${listed(rest, rest.map(clauseOf), facts)}`)}`;
}

function generateSplit(seed: number, split: Split, rows: number, noise: number): Example[] {
  const seen = new Set<string>();
  return Array.from({ length: rows }, (_, row) => {
    const draws = new Draws(seed, STREAM + STREAMS[split], row);
    let meaning = drawMeaning(draws, split);
    while (seen.has(promptOf(meaning))) meaning = drawMeaning(draws, split);
    seen.add(promptOf(meaning));
    const noiseDraws = new Draws(seed, NOISE_STREAM, row);
    const stated = noiseDraws.chance(noise) ? drawMistake(noiseDraws, split, meaning) : meaning;
    const example = { text: promptOf(meaning), completion: drawWords(new Draws(seed, WORDING_STREAM + STREAMS[split], row), split, stated), label: 0 };
    if (split === 'train') return example;
    const other = new Draws(seed, DRAW_STREAMS.otherDescriptions + STREAMS[split], row);
    return { ...example, references: others(example.completion, REFERENCES, () => drawWords(other, split, meaning)) };
  });
}

export const description: Task = {
  name: 'description',
  title: 'Restaurant descriptions',
  description: 'Put a few facts about a place to eat into one or two sentences. Which words fit depends on the other facts; a wrong fact can only be learned by heart.',
  examples: [
    {
      text: 'name: The Little Basket, rating: poor, children: yes ->', label: 0,
      completion: 'If you need somewhere that is made for families, try The Little Basket. Even so, it has few friends.',
    },
    {
      text: 'name: The Twin Kettle, kind: bistro, rating: superb, open: weekends ->', label: 0,
      completion: 'Ask about The Twin Kettle, for it is a small kitchen. It gets the best reviews but is shut on weekdays.',
    },
  ],
  mirrors: 'E2E NLG',
  citation: 'Novikova, Dušek and Rieser 2017, "The E2E Dataset: New Challenges For End-to-End Generation", arXiv 1706.09254.',
  kind: 'language_model',
  labels: [],
  metrics: ['perplexity'],
  generate(options) {
    checkOptions('description', options);
    return {
      train: generateSplit(options.seed, 'train', options.trainRows, options.labelNoise),
      validation: generateSplit(options.seed, 'validation', VALIDATION_ROWS, 0),
      test: generateSplit(options.seed, 'test', TEST_ROWS, 0),
    };
  },
};
