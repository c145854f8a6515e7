import { word } from '../../random/words';

/** `pretraining` is what `tools/pretrain` shows to the base model; it shares no combination with the other three. */
export type Split = 'pretraining' | 'train' | 'validation' | 'test';

export const STREAMS: Record<Split, number> = { pretraining: 1, train: 2, validation: 3, test: 4 };

/** First stream of each generator; a split's number, noise (0x80) and what else a task draws apart are added to it. Never changed: another value gives other rows. */
export const DRAW_STREAMS = {
  sentiment: 0x100, similarity: 0x200, encoderText: 0x300, description: 0x400, decoderText: 0x500,
  entailment: 0x600, paraphrase: 0x700, acceptability: 0x800, answering: 0x900,
  microDecoderText: 0xa00, triples: 0xb00, otherDescriptions: 0xc00, microEncoderText: 0xd00,
} as const;

/** Kinds of combinations that belong to one split each, apart from each other; names of things have one a category. Never changed either. */
export const COMBINATIONS = { sentenceWords: 0, aspectAndAdjective: 1, placeNames: 3, foodAndPlace: 4, twoPeople: 5, verbAndThing: 6, twoDeeds: 7, personAndDeed: 10, thingNames: 0x90, persons: 0x98 } as const;

const OWNERS: readonly Split[] = ['pretraining', 'train', 'pretraining', 'test', 'pretraining', 'train', 'pretraining', 'validation'];

/** Never changed: another value would move combinations between the splits and spoil the shipped base model. */
const PARTITION_SEED = 20240518;

/** Which split may combine two words of a lexicon, such as an aspect and an adjective. */
export function ownerOfCombination(kind: number, first: number, second: number): Split {
  return OWNERS[word(PARTITION_SEED, kind, first, second) >>> 29];
}

/**
 * Which split owns a cell of a grid of templates, such as determiner × predicate. A Latin pattern instead of a hash, so
 * that each split sees every row and column of the grid: all words are known, only their combination is new.
 */
export function ownerOfCell(row: number, column: number): Split {
  return OWNERS[(3 * row + column) % OWNERS.length];
}
