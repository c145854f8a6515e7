import { ownerOfCell, type Split } from '../splits';
import { CATEGORIES, type Category, type Predicate } from './lexicon';

/** {n} is the name, {k} the kind of thing, {c} the first thing that is told. No frame occurs inside another, so that a template can be looked for in a text. */
const FRAMES = [
  '{n} {c}', '{n} is a {k} that {c}', '{n}, a {k}, {c}', 'there is a {k}, {n}, that {c}', 'a {k} that {c} is {n}', 'of the {k} {n} we read that it {c}',
  'here is {n}, which {c}', 'known to us as {n}, the {k} {c}', 'the {k} with the name {n} is one that {c}', 'what we call {n} is a {k} and {c}',
  'one {k} has the name {n} and {c}', 'as for the {k} {n}, it {c}', 'everyone knows {n}, for it {c}', 'let us turn to {n}: it {c}',
  'the {k} that {c} has been called {n}', 'think of {n}: the {k} {c}',
] as const;

/** How a text begins: a frame and the predicate that is told in it. Each pair belongs to one split; every split has all frames and all predicates. */
export interface Opening {
  frame: string;
  predicate: Predicate;
}

const openingsOf = (category: Category, split: Split): Opening[] =>
  FRAMES.flatMap((frame, row) => category.predicates.flatMap((predicate, place) => {
    // Categories begin at other columns, so that one does not have the frames of another.
    const column = CATEGORIES.indexOf(category) * category.predicates.length + place;
    return ownerOfCell(row, column) === split ? [{ frame, predicate }] : [];
  }));

const SPLITS: readonly Split[] = ['pretraining', 'train', 'validation', 'test'];
const OPENINGS = new Map(CATEGORIES.map((category) => [category, new Map(SPLITS.map((split) => [split, openingsOf(category, split)]))]));

/** The openings that a split has for a category. */
export const openings = (category: Category, split: Split): readonly Opening[] => OPENINGS.get(category)!.get(split)!;

/** What the second sentence calls the thing. */
export const SUBJECTS = ['it', 'it also', 'the {k}', 'moreover, it'] as const;
