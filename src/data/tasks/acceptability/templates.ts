/**
 * A sentence as it should be and with one thing wrong: {n} a subject, {m} a noun beside it, {z} a preposition, {i} the verb that agrees with {n}, {j} the
 * one that does not, {q} a quality, {d} a doer ({e} a single one), {u} a verb without object, {t} one with, {h} one that needs a
 * place, {o} an object ({k} a single one), {l} a place. Its column, the place
 * in all lists together, decides with the opening which split owns it.
 */
export interface Contrast {
  right: string;
  wrong: string;
  column: number;
}

let columns = 0;
const contrasts = (...pairs: (readonly [right: string, wrong: string])[]): Contrast[] => pairs.map(([right, wrong]) => ({ right, wrong, column: columns++ }));

export const AGREEMENT = contrasts(
  ['the {n} {i} {q}', 'the {n} {j} {q}'],
  ['the {n} {z} the {m} {i} {q}', 'the {n} {z} the {m} {j} {q}'],
  ['the {q} {n} {z} the {m} {i} here', 'the {q} {n} {z} the {m} {j} here'],
  ['the {n} that the {d} {t} {i} {q}', 'the {n} that the {d} {t} {j} {q}'],
);

export const ARGUMENTS = contrasts(
  ['the {d} {u}', 'the {d} {u} the {o}'],
  ['the {d} {t} the {o}', 'the {d} {t}'],
  ['the {q} {d} {u} in the end', 'the {q} {d} {u} the {o} in the end'],
  ['the {q} {d} {t} the {o} in the end', 'the {q} {d} {t} in the end'],
  ['the {d} {h} the {o} {l}', 'the {d} {h} the {o}'],
  ['the {k} was {t} by the {d}', 'the {e} was {u} by the {k}'],
);

export const ORDER = contrasts(
  ['the {q} {d} {t} the {o}', 'the {d} {q} {t} the {o}'],
  ['the {d} {t} the {o} {l}', 'the {d} the {o} {t} {l}'],
  ['the {d} {t} the {q} {o}', 'the {d} {t} {q} the {o}'],
  ['the {d} {u} {l}', '{u} {l} the {d}'],
  ['the {d} {z} the {o} {u}', 'the {d} the {z} {o} {u}'],
  ['the {e} has {t} the {o}', 'the {e} {t} has the {o}'],
);
