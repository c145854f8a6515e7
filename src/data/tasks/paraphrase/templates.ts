/** A way to say something. Its column, the place in all lists together, decides with the opening which split owns it. */
export interface Form {
  text: string;
  column: number;
}

let columns = 0;
const forms = (...texts: string[]): Form[] => texts.map((text) => ({ text, column: columns++ }));

/** {1} gives the {o} away and {2} gets it: {g} is what the giver does, {r} what the receiver does, {t} its participle. */
export const TRANSFER_FORMS = forms(
  'the {1} {g} the {o} to the {2}', 'the {o} was {g} to the {2} by the {1}', 'the {2} {r} the {o} from the {1}', 'the {o} was {t} from the {1} by the {2}',
  'it was the {1} who {g} the {o} to the {2}', 'it was the {2} who {r} the {o} from the {1}',
);

/** {1} does {a} first, {2} does {b} later. */
export const ORDER_FORMS = forms(
  'the {1} {a} before the {2} {b}', 'the {2} {b} after the {1} {a}', 'after the {1} {a}, the {2} {b}', 'before the {2} {b}, the {1} {a}',
  'the {1} {a}, and then the {2} {b}', 'the {2} {b} later than the {1} {a}',
);

/** {1} has more of it: {m} says so, {l} says so of {2}. */
export const COMPARISON_FORMS = forms(
  'the {1} is {m} than the {2}', 'the {2} is {l} than the {1}', 'it is the {1} who is {m} than the {2}', 'it is the {2} who is {l} than the {1}',
  'the {1} seems {m} than the {2}', 'the {2} seems {l} than the {1}',
);
