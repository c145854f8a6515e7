import { SLOTS, type Slot } from './lexicon';
import { ownerOfCell, type Split } from '../splits';

/** {n} is the name, {c} the first thing that is told. No frame occurs inside another, so that a template can be looked for in a text. */
const FRAMES = [
  '{n} {c}', 'there is {n}, which {c}', '{n} is a place that {c}', 'you may like {n}, which {c}', 'a place that {c} is {n}',
  'guests say of {n} that it {c}', 'if you need somewhere that {c}, try {n}', 'as for {n}, it {c}', 'do try {n}, as it {c}',
  'go to {n}, since it {c}', '{n}, known to many, {c}', 'for a spot that {c}, visit {n}', '{n} is somewhere that {c}',
  'ask about {n}, for it {c}', 'think of {n} as a house that {c}', 'one corner that {c} has the name {n}',
] as const;

/** How a description begins: a frame and the slot that is told in it. Each pair belongs to one split; every split has all frames and all slots. */
export interface Opening {
  frame: string;
  slot: Slot;
}

function openingsOf(split: Split): Opening[] {
  return FRAMES.flatMap((frame, row) => SLOTS.flatMap((slot, column) => (ownerOfCell(row, column) === split ? [{ frame, slot }] : [])));
}

export const OPENINGS: Record<Split, Opening[]> = {
  pretraining: openingsOf('pretraining'),
  train: openingsOf('train'),
  validation: openingsOf('validation'),
  test: openingsOf('test'),
};

/** What the second sentence calls the place, in agreement with the first one or in contrast to it. */
export const SUBJECTS = { agreeing: ['it', 'the place', 'it also'], contrasting: ['still, it', 'however, it', 'even so, it'] } as const;
