import { type Draws, shuffled } from '../draws';
import { COMBINATIONS, ownerOfCombination, type Split } from '../splits';
import { ABOUT_OBJECTS, CATEGORIES, type Category, FAMILY_NAMES, FIRST_WORDS, GIVEN_NAMES, NUMBERS, type ObjectKind, type Predicate, WORDS } from './lexicon';
import { openings, SUBJECTS } from './templates';

/** How often one, two or three triples are told. */
const TRIPLE_WEIGHTS = [0.25, 0.4, 0.35] as const;
/** How often the last of several triples is about an object of the others, where it can be. */
const CHAIN_SHARE = 0.5;

export interface Triple {
  subject: string;
  predicate: Predicate;
  object: string;
}

/** What a row tells: triples about a thing, and at most one about an object of theirs. */
export interface Graph {
  category: Category;
  name: string;
  /** About the thing, in the order of its category's predicates. */
  told: Triple[];
  /** About the object of one of them. */
  further?: Triple;
}

function drawPair(draws: Draws, split: Split, kind: number, firsts: readonly string[], seconds: readonly string[]): string {
  for (;;) {
    const [first, second] = [draws.below(firsts.length), draws.below(seconds.length)];
    if (ownerOfCombination(kind, first, second) === split) return `${firsts[first]} ${seconds[second]}`;
  }
}

function drawObject(draws: Draws, split: Split, kind: ObjectKind): string {
  if (kind === 'person') return drawPair(draws, split, COMBINATIONS.persons, GIVEN_NAMES, FAMILY_NAMES);
  const numbers = NUMBERS[kind];
  return numbers ? String(numbers[0] + draws.below(numbers[1]) * numbers[2]) : draws.pick(WORDS[kind]!);
}

/** The triple about an object, where anything can be told about it. */
function drawFurther(draws: Draws, split: Split, told: readonly Triple[]): Triple | undefined {
  const known = told.filter(({ predicate }) => ABOUT_OBJECTS[predicate.object]);
  if (known.length === 0) return undefined;
  const { object: subject, predicate: { object: kind } } = draws.pick(known);
  const predicate = draws.pick(ABOUT_OBJECTS[kind]!.predicates);
  return { subject, predicate, object: drawObject(draws, split, predicate.object) };
}

export function drawGraph(draws: Draws, split: Split, categories: readonly Category[]): Graph {
  const category = draws.pick(categories);
  const name = drawPair(draws, split, COMBINATIONS.thingNames + CATEGORIES.indexOf(category), FIRST_WORDS, category.names);
  const count = 1 + draws.weighted(TRIPLE_WEIGHTS);
  const chained = count > 1 && draws.chance(CHAIN_SHARE);
  const chosen = shuffled(draws, category.predicates).slice(0, count);
  const told = category.predicates.filter((predicate) => chosen.includes(predicate)).map((predicate) => ({ subject: name, predicate, object: drawObject(draws, split, predicate.object) }));
  const further = chained ? drawFurther(draws, split, told.slice(0, -1)) : undefined;
  return further ? { category, name, told: told.slice(0, -1), further } : { category, name, told };
}

/** The same graph with one object that is not so. */
export function drawMistake(draws: Draws, split: Split, graph: Graph): Graph {
  const all = [...graph.told, ...(graph.further ? [graph.further] : [])];
  const wrong = draws.pick(all);
  for (;;) {
    const object = drawObject(draws, split, wrong.predicate.object);
    if (object === wrong.object) continue;
    const put = (triple: Triple): Triple => (triple === wrong ? { ...triple, object } : triple);
    const told = graph.told.map(put);
    // What is told of a person or a town stays true of whoever stands there now.
    const further = graph.further && { ...put(graph.further), ...(graph.further.subject === wrong.object && { subject: object }) };
    return { ...graph, told, ...(further && { further }) };
  }
}

/** Triples in the order of the prompt: each object that something is told about is followed by that. */
export const triplesOf = ({ told, further }: Graph): Triple[] => told.flatMap((triple) => (further && triple.object === further.subject ? [triple, further] : [triple]));

export const promptOf = (graph: Graph): string => `${triplesOf(graph).map(({ subject, predicate, object }) => `${subject} : ${predicate.name} : ${object}`).join(' | ')} ->`;

const asSentence = (text: string) => `${text[0].toUpperCase()}${text.slice(1)}.`;

/** One to three sentences that say exactly the graph, beginning with an opening of the split. */
export function drawWords(draws: Draws, split: Split, { category, name, told, further }: Graph): string {
  const clauseOf = ({ predicate, object }: Triple) => draws.pick(predicate.phrases).replace('{o}', object);
  const opening = draws.pick(openings(category, split).filter(({ predicate }) => told.some((triple) => triple.predicate === predicate)));
  const first = told.find(({ predicate }) => predicate === opening.predicate)!;
  const rest = told.filter((triple) => triple !== first);
  // What is known of an object stands behind it where it ends a sentence; of a name that begins a sentence otherwise.
  const joins = further !== undefined && draws.chance(0.6);
  const about = further && `, ${ABOUT_OBJECTS[told.find(({ object }) => object === further.subject)!.predicate.object]!.joint} ${clauseOf(further)}`;
  const isLast = (triple: Triple | undefined) => further !== undefined && triple?.object === further.subject;
  const ending = (triple: Triple | undefined, clear: boolean) => (joins && clear && isLast(triple) ? about! : '');
  const begun = opening.frame.replace('{n}', name).replaceAll('{k}', category.name).replace('{c}', () => clauseOf(first));
  const sentences = [asSentence(begun + ending(first, opening.frame.endsWith('{c}')))];
  if (rest.length > 0) {
    const clauses = rest.map(clauseOf);
    const listed = clauses.length === 1 ? clauses[0] : `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)!}`;
    sentences.push(asSentence(`${draws.pick(SUBJECTS).replace('{k}', category.name)} ${listed}${ending(rest.at(-1), true)}`));
  }
  if (further && !sentences.some((sentence) => sentence.includes(about!))) sentences.push(asSentence(`${further.subject} ${about!.replace(/^, \w+ /, '')}`));
  return sentences.join(' ');
}
