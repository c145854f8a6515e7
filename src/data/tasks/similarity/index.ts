import { Draws } from '../draws';
import { PLACES, SCENES, SUBJECTS, type Group, type Verb } from './lexicon';
import { SCENE_TEMPLATES, withArticle } from './templates';
import { DRAW_STREAMS, ownerOfCell, STREAMS, type Split } from '../splits';
import { checkOptions, TEST_ROWS, VALIDATION_ROWS, type Example, type Task } from '../task';

const STREAM = DRAW_STREAMS.similarity;
const NOISE_STREAM = STREAM + 0x80;
const HIGHEST_SCORE = 5;

/** Who does what to what, and where: indices into the lexicon. `place` is -1 where none is named. */
interface Meaning {
  subjects: number;
  subject: number;
  scene: number;
  verb: number;
  object: number;
  place: number;
}

/** What each part of a scene counts; the parts add up to 1. */
const WEIGHTS = { subject: 0.25, verb: 0.35, object: 0.3, place: 0.1 };
/** What a related word is worth beside the same one: another person for a person, another fruit for a fruit. */
const RELATED = 0.4;
const PLACE_SHARE = 0.4;

/** How the second meaning is drawn from the first: chances that a part is kept, becomes related, or is drawn anew. */
const KINDS = [
  { weight: 0.1, kept: 1, related: 0 },
  { weight: 0.5, kept: 0.35, related: 0.5 },
  { weight: 0.4, kept: 0.05, related: 0.2 },
] as const;

/** Verb and object combinations belong to one split, whichever words stand for them. */
function belongsTo(split: Split, scene: number, verb: number, object: number): boolean {
  return ownerOfCell(verb, object + scene) === split;
}

function drawPlace(draws: Draws): number {
  return draws.chance(PLACE_SHARE) ? draws.below(PLACES.length) : -1;
}

function drawMeaning(draws: Draws, split: Split): Meaning {
  for (;;) {
    const scene = draws.below(SCENES.length);
    const verb = draws.below(SCENES[scene].verbs.length);
    const object = draws.below(SCENES[scene].objects.length);
    if (!belongsTo(split, scene, verb, object)) continue;
    const subjects = draws.weighted([0.8, 0.2]);
    return { subjects, subject: draws.below(SUBJECTS[subjects].length), scene, verb, object, place: drawPlace(draws) };
  }
}

/** A meaning near or far from `first`; verb and object are drawn again until this split may combine them. */
function drawSecond(draws: Draws, split: Split, first: Meaning): Meaning {
  const kind = KINDS[draws.weighted(KINDS.map(({ weight }) => weight))];
  for (;;) {
    const other = drawMeaning(draws, split);
    const part = () => draws.weighted([kind.kept, kind.related, 1 - kind.kept - kind.related]);
    const [subjectPart, verbPart, objectPart, placePart] = [part(), part(), part(), part()];
    const second = { ...other };
    if (subjectPart < 2) {
      second.subjects = first.subjects;
      second.subject = subjectPart === 0 ? first.subject : draws.below(SUBJECTS[first.subjects].length);
    }
    if (verbPart < 2 || objectPart < 2) {
      const { verbs, objects } = SCENES[first.scene];
      second.scene = first.scene;
      second.verb = verbPart === 0 ? first.verb : draws.below(verbs.length);
      second.object = objectPart === 0 ? first.object : draws.below(objects.length);
    }
    if (placePart < 2) second.place = first.place;
    if (belongsTo(split, second.scene, second.verb, second.object)) return second;
  }
}

/** 0…5 with one decimal. The same meaning in other words scores 5, two scenes without a common part 0. */
export function scoreOf(first: Meaning, second: Meaning): number {
  const verbOf = (meaning: Meaning): Verb => SCENES[meaning.scene].verbs[meaning.verb];
  const sameScene = first.scene === second.scene;
  const subject = first.subjects !== second.subjects ? 0 : first.subject === second.subject ? 1 : RELATED;
  const verb = verbOf(first) === verbOf(second) ? 1 : sameScene ? RELATED : 0;
  const object = !sameScene ? 0 : first.object === second.object ? 1 : RELATED;
  const place = first.place === second.place ? 1 : first.place < 0 || second.place < 0 ? RELATED : 0;
  // Where neither names a place, there is none to agree on: the other parts count in full.
  const placeWeight = first.place < 0 && second.place < 0 ? 0 : WEIGHTS.place;
  const sum = WEIGHTS.subject * subject + WEIGHTS.verb * verb + WEIGHTS.object * object + placeWeight * place;
  const share = sum / (1 - WEIGHTS.place + placeWeight);
  return Math.round(share * HIGHEST_SCORE * 10) / 10;
}

export function describe(draws: Draws, split: Split, meaning: Meaning): string {
  const wordOf = (group: Group, index: number) => draws.pick(group[index]);
  const [continuous, past] = draws.pick(SCENES[meaning.scene].verbs[meaning.verb].forms);
  const template = draws.pick(SCENE_TEMPLATES[split]);
  return withArticle(
    template
      .replace('{s}', wordOf(SUBJECTS[meaning.subjects], meaning.subject))
      .replace('{o}', wordOf(SCENES[meaning.scene].objects, meaning.object))
      .replace('{v}', continuous)
      .replace('{w}', past)
      .replace('{l}', meaning.place < 0 ? '' : ` ${PLACES[meaning.place]}`),
  );
}

/** Two scenes and how alike they are; also what the pretraining text is made of. */
export function drawPair(draws: Draws, split: Split): { text: string; pair: string; score: number } {
  const first = drawMeaning(draws, split);
  const second = drawSecond(draws, split, first);
  return { text: `${describe(draws, split, first)}.`, pair: `${describe(draws, split, second)}.`, score: scoreOf(first, second) };
}

function generateSplit(seed: number, split: Split, rows: number): Example[] {
  const seen = new Set<string>();
  const examples: Example[] = [];
  for (let row = 0; row < rows; row++) {
    const draws = new Draws(seed, STREAM + STREAMS[split], row);
    let drawn = drawPair(draws, split);
    while (seen.has(`${drawn.text}\n${drawn.pair}`) || drawn.text === drawn.pair) drawn = drawPair(draws, split);
    seen.add(`${drawn.text}\n${drawn.pair}`);
    examples.push({ text: drawn.text, pair: drawn.pair, label: drawn.score });
  }
  return examples;
}

export const similarity: Task = {
  name: 'similarity',
  title: 'Similarity',
  description: 'How alike are two described scenes, from 0 (nothing in common) to 5 (the same in other words)?',
  examples: [
    { text: 'the child was purchasing a trumpet.', pair: 'a kid keeps throwing the stick.', label: 1.4 },
    { text: 'the chef was sketching a map.', pair: 'the map is being sketched by that cook.', label: 5 },
  ],
  mirrors: 'STS-B',
  citation: 'Cer et al. 2017, "SemEval-2017 Task 1: Semantic Textual Similarity"; Wang et al. 2019, "GLUE".',
  kind: 'regression',
  labels: [],
  metrics: ['pearson', 'spearman'],
  generate(options) {
    checkOptions('similarity', options);
    const train = generateSplit(options.seed, 'train', options.trainRows).map((example, row) => {
      const draws = new Draws(options.seed, NOISE_STREAM, row);
      return draws.chance(options.labelNoise) ? { ...example, label: draws.below(HIGHEST_SCORE * 10 + 1) / 10 } : example;
    });
    return {
      train,
      validation: generateSplit(options.seed, 'validation', VALIDATION_ROWS),
      test: generateSplit(options.seed, 'test', TEST_ROWS),
    };
  },
};
