/**
 * The vocabulary of the described scenes. An inner list holds words that mean the same; inner lists of one group are of the
 * same kind, hence related; different groups have nothing in common.
 */
export type Group = readonly (readonly string[])[];

export const PERSONS: Group = [['man', 'guy'], ['woman', 'lady'], ['boy', 'lad'], ['girl'], ['child', 'kid'], ['doctor', 'physician'], ['teacher'], ['cook', 'chef'], ['soldier'], ['nurse']];
export const ANIMALS: Group = [['dog', 'hound'], ['cat'], ['horse'], ['rabbit', 'bunny'], ['monkey', 'ape'], ['bear']];
export const SUBJECTS: readonly Group[] = [PERSONS, ANIMALS];

export interface Verb {
  /** Words that mean the same, each as present participle and as past participle. */
  forms: readonly (readonly [continuous: string, past: string])[];
}
export interface Scene {
  verbs: readonly Verb[];
  objects: Group;
}

const verb = (...forms: [string, string][]): Verb => ({ forms });
const WASH = verb(['washing', 'washed'], ['cleaning', 'cleaned']);
const FIX = verb(['fixing', 'fixed'], ['repairing', 'repaired']);
const BUY = verb(['buying', 'bought'], ['purchasing', 'purchased']);
const LIFT = verb(['lifting', 'lifted'], ['raising', 'raised']);
const PUSH = verb(['pushing', 'pushed'], ['shoving', 'shoved']);
const PAINT = verb(['painting', 'painted']);
const DRAW = verb(['drawing', 'drawn'], ['sketching', 'sketched']);

/** Verbs of one scene are related, verbs of two scenes only where both have them. */
export const SCENES: readonly Scene[] = [
  {
    verbs: [verb(['slicing', 'sliced'], ['cutting', 'cut']), verb(['cooking', 'cooked'], ['preparing', 'prepared']), verb(['eating', 'eaten']), WASH, BUY],
    objects: [['onion'], ['potato'], ['carrot'], ['tomato'], ['cake'], ['fish'], ['egg'], ['pizza']],
  },
  {
    verbs: [verb(['playing', 'played']), verb(['tuning', 'tuned']), FIX, BUY, LIFT],
    objects: [['guitar'], ['piano'], ['violin', 'fiddle'], ['flute'], ['drum'], ['trumpet']],
  },
  {
    verbs: [verb(['driving', 'driven'], ['steering', 'steered']), verb(['parking', 'parked']), FIX, PUSH, WASH],
    objects: [['car', 'automobile'], ['truck', 'lorry'], ['bicycle', 'bike'], ['bus'], ['boat', 'ship'], ['tractor']],
  },
  {
    verbs: [verb(['reading', 'read']), verb(['writing', 'written']), verb(['opening', 'opened']), DRAW, verb(['folding', 'folded'])],
    objects: [['book', 'novel'], ['letter'], ['newspaper', 'paper'], ['map'], ['poem'], ['card']],
  },
  {
    verbs: [verb(['building', 'built'], ['constructing', 'constructed']), PAINT, DRAW, verb(['watching', 'watched'], ['observing', 'observed']), verb(['leaving', 'left'])],
    objects: [['house', 'home'], ['bridge'], ['wall'], ['tower'], ['fence'], ['church']],
  },
  {
    verbs: [verb(['throwing', 'thrown'], ['tossing', 'tossed']), verb(['catching', 'caught']), verb(['kicking', 'kicked']), LIFT, PUSH],
    objects: [['ball'], ['stone', 'rock'], ['stick'], ['box', 'crate'], ['chair'], ['bag', 'sack']],
  },
];

export const PLACES: readonly string[] = ['in the park', 'in the kitchen', 'on the street', 'near the river', 'at the station', 'in the yard'];
