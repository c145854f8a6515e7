import type { Draws } from '../draws';
import { openingsFor } from '../openings';
import { generateClasses } from '../rows';
import { COMBINATIONS, DRAW_STREAMS, ownerOfCombination, type Split } from '../splits';
import type { Example, Task } from '../task';
import { ALONE, BETWEEN, DOERS, PLACES, QUALITIES, STATES, THINGS, WITH_OBJECT, WITH_PLACE } from './lexicon';
import { AGREEMENT, ARGUMENTS, type Contrast, ORDER } from './templates';

/** As in CoLA, most sentences are acceptable. */
const ACCEPTABLE_SHARE = 0.7;

/** Words for every slot. Subject and quality, and doer and object, belong together in this split alone. */
function drawWords(draws: Draws, split: Split): Record<string, string> {
  for (;;) {
    const nouns = [...DOERS, ...THINGS];
    const [noun, quality, doer, thing] = [draws.below(nouns.length), draws.below(QUALITIES.length), draws.below(DOERS.length), draws.below(THINGS.length)];
    if (ownerOfCombination(COMBINATIONS.sentenceWords, noun, quality) !== split || ownerOfCombination(COMBINATIONS.sentenceWords, doer, thing) !== split) continue;
    const [many, manyBeside] = [draws.below(2), draws.below(2)];
    const state = draws.pick(STATES);
    return {
      n: nouns[noun][many], i: state[many], j: state[1 - many], m: draws.pick(THINGS.filter((_, other) => other !== noun - DOERS.length))[manyBeside],
      z: draws.pick(BETWEEN), q: QUALITIES[quality], d: DOERS[doer][draws.below(2)], e: DOERS[doer][0], o: THINGS[thing][draws.below(2)], k: THINGS[thing][0],
      u: draws.pick(ALONE), t: draws.pick(WITH_OBJECT), h: draws.pick(WITH_PLACE), l: draws.pick(PLACES),
    };
  }
}

/** From easy to hard; tools/pretrain reads them in this order. */
export const FAMILIES: readonly (readonly Contrast[])[] = [ORDER, ARGUMENTS, AGREEMENT];
const WEIGHTS = [0.3, 0.3, 0.4] as const;

/** A sentence, and 1 where it is acceptable. @param family which of FAMILIES; drawn where left out */
export function drawAcceptability(draws: Draws, split: Split, family = draws.weighted(WEIGHTS)): Example {
  const contrast = draws.pick(FAMILIES[family]);
  const label = Number(draws.chance(ACCEPTABLE_SHARE));
  const words = drawWords(draws, split);
  const sentence = contrast[label === 1 ? 'right' : 'wrong'].replace(/\{(\w)\}/g, (_, slot: string) => words[slot]);
  return { text: `${draws.pick(openingsFor(split, contrast.column))} ${sentence}.`, label };
}

export const acceptability: Task = {
  name: 'acceptability',
  title: 'Acceptability',
  description: 'Is a sentence acceptable English? Subjects and verbs have to agree across what stands between them, verbs need their objects, and words their order.',
  examples: [
    { text: 'no doubt the tired baskets near the picture remains here.', label: 0 },
    { text: 'of course the bakers discovered the young lamp.', label: 1 },
  ],
  mirrors: 'CoLA',
  citation: 'Warstadt, Singh and Bowman 2019, "Neural Network Acceptability Judgments"; Wang et al. 2019, "GLUE".',
  kind: 'classification',
  labels: ['unacceptable', 'acceptable'],
  metrics: ['matthews'],
  generate: (options) => generateClasses('acceptability', DRAW_STREAMS.acceptability, options, drawAcceptability),
};
