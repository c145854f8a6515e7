import type { Draws } from '../draws';
import { openingsFor } from '../openings';
import { drawPeople, PEOPLE } from '../people';
import { generateClasses } from '../rows';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCombination, type Split } from '../splits';
import type { Example, Task } from '../task';
import { DEALINGS, THINGS, VERBS, type Verb } from './lexicon';
import { AFFIRMING, DEALING, DENYING, type Pattern, REPORTS, TOGETHER } from './templates';

const withArticle = (noun: string) => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What is said: who does what to which thing, or to whom. */
interface Words {
  s: string;
  t?: string;
  o?: string;
  verb: Verb;
  /** A clause that is spoken about. */
  c?: string;
}

const filled = (pattern: string, { s, t = '', o = '', verb, c = '' }: Words) =>
  pattern.replace('{c}', c).replace('{s}', s).replace('{t}', t).replace('{o}', o).replace('{v}', verb.past).replace('{b}', verb.base);

/** A sentence of one of these patterns, with an opening that the split may put before it. */
function say(draws: Draws, split: Split, patterns: readonly Pattern[], words: Words): string {
  const { text, column } = draws.pick(patterns);
  return `${draws.pick(openingsFor(split, column))} ${filled(text, words)}.`;
}

/** Somebody, a verb and a thing; verb and thing belong together in this split alone. */
function drawDeed(draws: Draws, split: Split): { s: string; verb: Verb; thing: string; kind: string } {
  for (;;) {
    const [verb, thing] = [draws.below(VERBS.length), draws.below(THINGS.length)];
    if (ownerOfCombination(COMBINATIONS.verbAndThing, verb, thing) === split) return { s: draws.pick(PEOPLE), verb: VERBS[verb], ...THINGS[thing] };
  }
}

const drawSign = (draws: Draws): 1 | -1 => (draws.chance(0.5) ? 1 : -1);
const bySign = (sign: 1 | -1) => (sign === 1 ? AFFIRMING : DENYING);

/** From a thing to its kind or back, affirmed or denied: true from narrow to wide where it is affirmed, from wide to narrow where it is denied. */
function drawKinds(draws: Draws, split: Split): Example {
  const { s, verb, thing, kind } = drawDeed(draws, split);
  const [sign, widens] = [drawSign(draws), drawSign(draws)];
  const sides = [thing, kind].map((noun) => say(draws, split, bySign(sign), { s, verb, o: withArticle(noun) }));
  const [text, pair] = widens === 1 ? sides : sides.reverse();
  return { text, pair, label: Number(sign !== widens) };
}

/** A clause that is said to be true or false. */
function drawReport(draws: Draws, split: Split): Example {
  const { s, verb, thing } = drawDeed(draws, split);
  const [inner, outer, affirmed] = [drawSign(draws), drawSign(draws), drawSign(draws)];
  const words = { s, verb, o: withArticle(thing) };
  const text = say(draws, split, REPORTS.filter(({ sign }) => sign === outer), { ...words, c: filled(draws.pick(bySign(inner)).text, words) });
  return { text, pair: say(draws, split, bySign(affirmed), words), label: Number(inner * outer !== affirmed) };
}

/** Two people of whom both or neither did it, and one of them. */
function drawTogether(draws: Draws, split: Split): Example {
  const { verb, thing } = drawDeed(draws, split);
  const [s, t] = drawPeople(draws, split);
  const [sign, affirmed] = [drawSign(draws), drawSign(draws)];
  const words = { s, t, verb, o: withArticle(thing) };
  const text = say(draws, split, TOGETHER.filter((one) => one.sign === sign), words);
  return { text, pair: say(draws, split, bySign(affirmed), { ...words, s: draws.pick([s, t]) }), label: Number(sign !== affirmed) };
}

/** Who did it to whom, in another order of words. */
function drawDealing(draws: Draws, split: Split): Example {
  const [s, t] = drawPeople(draws, split);
  const past = draws.pick(DEALINGS);
  const words = { s, t, verb: { past, base: '' } };
  const swapped = draws.below(2);
  return { text: say(draws, split, DEALING, words), pair: say(draws, split, DEALING, swapped ? { ...words, s: t, t: s } : words), label: swapped };
}

/** From easy to hard; tools/pretrain reads them in this order. */
export const FAMILIES = [drawTogether, drawDealing, drawReport, drawKinds] as const;
const WEIGHTS = [0.25, 0.25, 0.25, 0.25] as const;

/** Two sentences, and 0 where the second follows from the first. @param family which of FAMILIES; drawn where left out */
export function drawEntailment(draws: Draws, split: Split, family = draws.weighted(WEIGHTS)): Example {
  for (;;) {
    const drawn = FAMILIES[family](draws, split);
    if (drawn.text !== drawn.pair) return drawn;
  }
}

export const entailment: Task = {
  name: 'entailment',
  title: 'Entailment',
  description: 'Does the second sentence follow from the first? Things and their kinds, denial, reports, who did it to whom: each turns the answer around.',
  examples: [
    { text: 'surely it is a lie that a skirt was kept by the student.', pair: 'in fact at no time did the student keep a skirt.', label: 0 },
    { text: 'surely the lawyer was called by the porter.', pair: 'clearly it was the lawyer who called the porter.', label: 1 },
  ],
  mirrors: 'RTE',
  citation: 'Dagan, Glickman and Magnini 2006, "The PASCAL Recognising Textual Entailment Challenge"; Wang et al. 2019, "GLUE".',
  kind: 'classification',
  labels: ['entailment', 'not entailment'],
  metrics: ['accuracy'],
  generate: (options) => generateClasses('entailment', DRAW_STREAMS.entailment, options, drawEntailment),
};
