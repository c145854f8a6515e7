import { DETERMINERS } from './lexicon';
import { ownerOfCell, type Split } from '../splits';

/** A clause about one aspect: {n} is the aspect, {a} the adjective. `sign` -1: it says the opposite of its adjective. */
export interface Clause {
  text: string;
  sign: 1 | -1;
}

/** {d} is the determiner. Order matters: with the determiner it decides which split owns a clause. */
const AFFIRMING = [
  '{d} {n} is {a}', '{d} {n} was {a}', '{d} {n} seems {a}', '{d} {n} felt {a}', '{d} {n} remains {a}', '{d} {n} looked {a}',
  '{d} {n} turned out to be {a}', '{d} {n} proved to be {a}', '{d} {n} manages to be {a}', 'i found {d} {n} {a}',
  'we found {d} {n} {a}', 'i would call {d} {n} {a}', 'many would call {d} {n} {a}', 'there is something {a} about {d} {n}',
  'there was plenty {a} about {d} {n}', 'i consider {d} {n} {a}',
];

const DENYING = [
  '{d} {n} is not {a}', '{d} {n} was not {a}', '{d} {n} does not seem {a}', '{d} {n} never felt {a}', '{d} {n} is hardly {a}',
  '{d} {n} was far from {a}', '{d} {n} is anything but {a}', '{d} {n} was by no means {a}', '{d} {n} fails to be {a}',
  '{d} {n} is no longer {a}', '{d} {n} never proved to be {a}', 'i never found {d} {n} {a}', 'i would not call {d} {n} {a}',
  'nobody would call {d} {n} {a}', 'there is nothing {a} about {d} {n}', 'there was little {a} about {d} {n}',
];

/** The training split goes without every third predicate; the base model has met them all. */
function ownerOfClause(determiner: number, predicate: number): Split {
  const owner = ownerOfCell(determiner, predicate);
  return owner === 'train' && predicate % 3 === 2 ? 'pretraining' : owner;
}

function clausesOf(split: Split): Clause[] {
  const clauses: Clause[] = [];
  for (const [sign, predicates] of [[1, AFFIRMING], [-1, DENYING]] as const)
    predicates.forEach((predicate, column) =>
      DETERMINERS.forEach((determiner, row) => {
        if (ownerOfClause(row, column) === split) clauses.push({ text: predicate.replace('{d}', determiner), sign });
      }),
    );
  return clauses;
}

export const CLAUSES: Record<Split, Clause[]> = {
  pretraining: clausesOf('pretraining'),
  train: clausesOf('train'),
  validation: clausesOf('validation'),
  test: clausesOf('test'),
};

/**
 * How clauses make a sentence. {c} decides the label; {x} says the opposite; {y} is a reported clause whose polarity times
 * `sign` is the label; {f} is beside the point; {p} is a person.
 */
export interface Frame {
  text: string;
  sign: 1 | -1;
}

const agree = (text: string): Frame => ({ text, sign: 1 });
const disagree = (text: string): Frame => ({ text, sign: -1 });
const plain = agree;

/** The four kinds of sentence and how often each is drawn. */
export const FAMILY_WEIGHTS = [0.25, 0.4, 0.2, 0.15] as const;
export type Families = readonly [single: Frame[], contrast: Frame[], opinion: Frame[], distractor: Frame[]];

export const FRAMES: Record<Split, Families> = {
  pretraining: [
    ['{c}', 'overall, {c}', 'in the end {c}', 'on the whole {c}', 'on balance {c}', 'in short, {c}', 'by the way, {c}', 'to be honest, {c}', 'anyway, {c}', 'honestly {c}', 'to be fair {c}', 'we must say that {c}', 'you can say that {c}'].map(plain),
    [
      'although {x}, {c}', 'even though {x}, {c}', 'while {x}, {c}', 'though {x}, {c}', '{x}, but {c}', '{x}, yet {c}', '{x}; still, {c}',
      '{x}; however, {c}', '{c}, although {x}', '{c}, even though {x}', '{c}, though {x}', 'i expected that {x}, but in fact {c}',
      'at first {x}, but later {c}', 'we thought that {x}, but in truth {c}', 'perhaps {x}, but {c}', 'maybe {x}, but {c}',
    ].map(plain),
    [
      agree('{p} said that {y}, and i agree'), disagree('{p} said that {y}, but i disagree'), agree('{p} said that {y}, and that is true'),
      disagree('{p} said that {y}, but that is false'), agree('{p} says that {y} and is right'), disagree('{p} says that {y} but is wrong'),
      agree('{p} thinks that {y} and is right'), disagree('{p} thinks that {y} but is wrong'), agree('according to {p} {y}, and i agree'),
      disagree('according to {p} {y}, but i disagree'), agree('{p} claims that {y}, and i agree'), disagree('{p} claims that {y}, but i disagree'),
      agree('{p} wrote that {y}, and that is true'), disagree('{p} wrote that {y}, but that is false'),
    ],
    ['{f}, and {c}', '{f}; {c}', '{f}, but {c}', 'since {f}, {c}', '{c}, and {f}'].map(plain),
  ],
  train: [
    ['overall {c}, i think', 'in the end, {c}', 'i must say that {c}', 'to be fair, {c}'].map(plain),
    [
      'although {x}, in the end {c}', '{x}, but overall {c}', 'even though {x}, overall {c}', '{x}; however, in the end {c}', 'overall {c}, although {x}',
      'in the end {c}, though {x}', 'i expected that {x}, but overall {c}', 'maybe {x}, but in the end {c}',
    ].map(plain),
    [
      agree('{p} thinks that {y}, and i agree'), disagree('{p} thinks that {y}, but i disagree'), agree('according to {p} {y}, and that is true'),
      disagree('according to {p} {y}, but that is false'),
    ],
    ['{f}, and overall {c}', '{f}. anyway, {c}', 'overall {c}, and {f}'].map(plain),
  ],
  validation: [
    ['in short {c}', 'honestly, {c}', 'we can say that {c}'].map(plain),
    ['while {x}, in short {c}', '{x}, but in short {c}', '{x}; still, in short {c}', 'in short {c}, even though {x}', 'at first {x}, but in short {c}'].map(plain),
    [agree('{p} wrote that {y}, and i agree'), disagree('{p} wrote that {y}, but i disagree'), agree('{p} wrote that {y} and is right'), disagree('{p} wrote that {y} but is wrong')],
    ['{f}, and in short {c}', 'in short {c}, and {f}'].map(plain),
  ],
  test: [
    ['on the whole, {c}', 'on balance, {c}', 'by the way {c}', 'i would say that {c}'].map(plain),
    [
      'although {x}, on the whole {c}', 'even though {x}, on balance {c}', '{x}, but on balance {c}', '{x}, yet on the whole {c}', '{x}; still, on balance {c}',
      'on balance {c}, although {x}', 'on the whole {c}, though {x}', 'we thought that {x}, but on the whole {c}', 'perhaps {x}, but on balance {c}',
    ].map(plain),
    [
      agree('{p} claims that {y}, and that is true'), disagree('{p} claims that {y}, but that is false'), agree('{p} claims that {y} and is right'),
      disagree('{p} claims that {y} but is wrong'),
    ],
    ['{f}, and on the whole {c}', '{f}; on balance {c}', 'on balance {c}, and {f}'].map(plain),
  ],
};
