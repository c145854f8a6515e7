/**
 * {s} and {t} are people, {o} a thing with its article, {n} without one, {v} a verb in the past (and its participle), {b} its base. The column
 * of a pattern, its place in all lists together, decides with the opening which split owns it.
 */
export interface Pattern {
  text: string;
  column: number;
}

let columns = 0;
const patterns = (...texts: string[]): Pattern[] => texts.map((text) => ({ text, column: columns++ }));

/** Sentences that speak of some thing: from a thing to its kind they stay true. */
export const AFFIRMING = patterns('the {s} {v} {o}', 'the {s} has {v} {o}', '{o} was {v} by the {s}', 'it was {o} that the {s} {v}');
/** Sentences that speak of no thing: from a kind to its things they stay true. */
export const DENYING = patterns('the {s} did not {b} {o}', 'the {s} never {v} {o}', 'the {s} has not {v} {o}', 'at no time did the {s} {b} {o}');

/** Whether the clause {c} is true (1) or not (−1). */
export const REPORTS: readonly (Pattern & { sign: 1 | -1 })[] = [
  ...patterns('it is true that {c}', 'it turned out that {c}', 'it is right that {c}', 'we learned that {c}').map((one) => ({ ...one, sign: 1 as const })),
  ...patterns('it is false that {c}', 'it is a lie that {c}', 'it is wrong that {c}', 'it is a myth that {c}').map((one) => ({ ...one, sign: -1 as const })),
];

/** Both people did it (1), or neither (−1). */
export const TOGETHER: readonly (Pattern & { sign: 1 | -1 })[] = [
  ...patterns('both the {s} and the {t} {v} {o}', 'both the {s} and the {t} have {v} {o}').map((one) => ({ ...one, sign: 1 as const })),
  ...patterns('neither the {s} nor the {t} {v} {o}', 'neither the {s} nor the {t} has {v} {o}').map((one) => ({ ...one, sign: -1 as const })),
];

/** {s} does it to {t}. */
export const DEALING = patterns('the {s} {v} the {t}', 'the {t} was {v} by the {s}', 'it was the {s} who {v} the {t}', 'it was the {t} whom the {s} {v}');
