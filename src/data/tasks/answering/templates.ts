/** The column, the place in its list, decides with the opening (of a question: with the word that asks) which split owns a form. */
export interface Form {
  text: string;
  column: number;
}
const forms = (...texts: string[]): Form[] => texts.map((text, column) => ({ text, column }));

/** {1} does {a} with the circumstance {x}, {2} does {b} with {y}. */
export const SINGLE = forms('the {1} {a} {x}', '{x} the {1} {a}', 'it was {x} that the {1} {a}');
export const DOUBLE = forms(
  'the {1} {a} {x}, and the {2} {b} {y}', 'while the {1} {a} {x}, the {2} {b} {y}', 'the {1} {a} {x}, but the {2} {b} {y}',
  '{x} the {1} {a}, and {y} the {2} {b}', 'the {2} {b} {y} after the {1} {a} {x}',
);

/** {w} is the word that asks, {p} who is asked about, {v} what is asked about ({d} in the past). */
export const QUESTIONS = forms(
  '{w} did the {p} {v}?', 'tell us {w} the {p} {d}.', 'do you know {w} the {p} {d}?', '{w} was it that the {p} {d}?',
  'who can say {w} the {p} {d}?', 'it is asked {w} the {p} {d}.', 'i wonder {w} the {p} {d}.', 'please find out {w} the {p} {d}.',
);
