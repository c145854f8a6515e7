/** Kinds of things, each with some that belong to it: whoever buys a rose buys a flower. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  flower: ['rose', 'tulip', 'lily', 'daisy'],
  fruit: ['apple', 'pear', 'plum', 'cherry'],
  tool: ['hammer', 'saw', 'spade', 'drill'],
  instrument: ['violin', 'flute', 'harp', 'trumpet'],
  vehicle: ['car', 'truck', 'bus', 'tractor'],
  animal: ['dog', 'cat', 'goat', 'rabbit'],
  garment: ['coat', 'shirt', 'scarf', 'skirt'],
  seat: ['chair', 'bench', 'stool', 'sofa'],
};
export const THINGS: readonly { thing: string; kind: string }[] = Object.entries(KINDS).flatMap(([kind, things]) => things.map((thing) => ({ thing, kind })));

export interface Verb {
  past: string;
  base: string;
}
const verb = (past: string, base: string): Verb => ({ past, base });

/** What is done to things. The past is the participle as well. */
export const VERBS = [
  verb('bought', 'buy'), verb('sold', 'sell'), verb('found', 'find'), verb('lost', 'lose'), verb('wanted', 'want'), verb('moved', 'move'),
  verb('kept', 'keep'), verb('sent', 'send'), verb('described', 'describe'), verb('needed', 'need'), verb('missed', 'miss'), verb('ordered', 'order'),
] as const;

/** What people do to people. */
export const DEALINGS = ['followed', 'helped', 'greeted', 'blamed', 'praised', 'called', 'thanked', 'visited', 'invited', 'fooled'] as const;
