import type { Draws } from '../draws';
import { openingsFor } from '../openings';
import { drawPeople } from '../people';
import { generateClasses } from '../rows';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCombination, type Split } from '../splits';
import type { Example, Task } from '../task';
import { DEEDS, GOODS, OPPOSITES, TRANSFERS } from './lexicon';
import { COMPARISON_FORMS, type Form, ORDER_FORMS, TRANSFER_FORMS } from './templates';

/** Two thirds are equivalent, as in MRPC. */
const EQUIVALENT_SHARE = 0.68;
/** Of the pairs that are not, how many speak of another thing or deed; in the rest all words are the same and their roles are not. */
const OTHER_WORD_SHARE = 0.15;

/** What a form speaks of: people by role, and words by slot. */
interface Content {
  forms: readonly Form[];
  people: readonly [string, string];
  words: Readonly<Record<string, string>>;
}

const filled = (text: string, { people, words }: Content) => text.replace(/\{(\w)\}/g, (_, slot: string) => people[Number(slot) - 1] ?? words[slot]);

function say(draws: Draws, split: Split, content: Content): string {
  const { text, column } = draws.pick(content.forms);
  return `${draws.pick(openingsFor(split, column))} ${filled(text, content)}.`;
}

/** Two indices that this split alone combines. */
function drawTwo(draws: Draws, split: Split, kind: number, first: number, second: number): [number, number] {
  for (;;) {
    const [one, other] = [draws.below(first), draws.below(second)];
    if (ownerOfCombination(kind, one, other) === split) return [one, other];
  }
}

function drawTransfer(draws: Draws, split: Split): Content {
  const [transfer, thing] = drawTwo(draws, split, COMBINATIONS.verbAndThing, TRANSFERS.length, GOODS.length);
  const { gave, got, taken } = TRANSFERS[transfer];
  return { forms: TRANSFER_FORMS, people: drawPeople(draws, split), words: { g: gave, r: got, t: taken, o: GOODS[thing] } };
}

function drawOrder(draws: Draws, split: Split): Content {
  const [first, second] = drawTwo(draws, split, COMBINATIONS.twoDeeds, DEEDS.length, DEEDS.length);
  return { forms: ORDER_FORMS, people: drawPeople(draws, split), words: { a: DEEDS[first], b: DEEDS[second] } };
}

function drawComparison(draws: Draws, split: Split): Content {
  const [more, less] = draws.pick(OPPOSITES);
  const turned = draws.chance(0.5);
  return { forms: COMPARISON_FORMS, people: drawPeople(draws, split), words: turned ? { m: less, l: more } : { m: more, l: less } };
}

/** From easy to hard; tools/pretrain reads them in this order. */
export const FAMILIES = [drawComparison, drawTransfer, drawOrder] as const;
const WEIGHTS = [0.3, 0.4, 0.3] as const;

/** The same words with the roles exchanged. In an order of events each keeps what it does, and the times are exchanged. */
function exchanged({ forms, people: [first, second], words }: Content): Content {
  const { a, b, ...rest } = words;
  return { forms, people: [second, first], words: a === undefined ? words : { ...rest, a: b, b: a } };
}

/** Two sentences about the same words, and 1 where they say the same. @param family which of FAMILIES; drawn where left out */
export function drawParaphrase(draws: Draws, split: Split, family = draws.weighted(WEIGHTS)): Example {
  for (;;) {
    const first = FAMILIES[family](draws, split);
    const label = Number(draws.chance(EQUIVALENT_SHARE));
    const other = label === 1 ? first : draws.chance(OTHER_WORD_SHARE) ? { ...FAMILIES[family](draws, split), people: first.people } : exchanged(first);
    const [text, pair] = [say(draws, split, first), say(draws, split, other)];
    if (text !== pair && (label === 1 || filled(first.forms[0].text, first) !== filled(other.forms[0].text, other))) return { text, pair, label };
  }
}

export const paraphrase: Task = {
  name: 'paraphrase',
  title: 'Paraphrase',
  description: 'Do two sentences say the same? Who gave and who got, what came first, who is older: the words are the same either way.',
  examples: [
    { text: 'surely the barber is sadder than the nurse.', pair: 'certainly the barber seems happier than the nurse.', label: 0 },
    { text: 'as we know, the kettle was sold to the judge by the tailor.', pair: 'as it happens, the kettle was bought from the tailor by the judge.', label: 1 },
  ],
  mirrors: 'MRPC',
  citation: 'Dolan and Brockett 2005, "Automatically Constructing a Corpus of Sentential Paraphrases"; Wang et al. 2019, "GLUE".',
  kind: 'classification',
  labels: ['different', 'equivalent'],
  metrics: ['accuracy', 'f1'],
  generate: (options) => generateClasses('paraphrase', DRAW_STREAMS.paraphrase, options, drawParaphrase),
};
