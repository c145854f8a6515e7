/** A stretch of text on its way through normaliser and pre-tokeniser, and how such stretches are cut apart. */

export interface Piece {
  text: string;
  /** Whether its first character came from the first of the whole text: Metaspace's scheme "first" asks. Cutting off or dropping what stood in front ends it. */
  first: boolean;
}

/** From, to (UTF-16 positions), and whether the stretch is what was looked for or what lies between. */
export type Stretch = [from: number, to: number, matched: boolean];

export type Behavior = 'removed' | 'isolated' | 'mergedwithprevious' | 'mergedwithnext' | 'contiguous';
const BEHAVIORS: readonly Behavior[] = ['removed', 'isolated', 'mergedwithprevious', 'mergedwithnext', 'contiguous'];

/** @throws with the value where it is none */
export function behaviorOf(value: unknown): Behavior {
  const found = BEHAVIORS.find((behavior) => typeof value === 'string' && behavior === value.toLowerCase().replaceAll('_', ''));
  if (!found) throw new Error(`tokenizer.json: the behavior of a pre-tokenizer is not known (${String(value)}); one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous is.`);
  return found;
}

/** Each character that passes the test as a stretch of its own, and what lies between. */
export function stretchesOf(text: string, test: (character: string) => boolean): Stretch[] {
  const stretches: Stretch[] = [];
  let [from, at] = [0, 0];
  for (const character of text) {
    const next = at + character.length;
    if (test(character)) {
      if (from < at) stretches.push([from, at, false]);
      stretches.push([at, next, true]);
      from = next;
    }
    at = next;
  }
  if (from < at) stretches.push([from, at, false]);
  return stretches;
}

/**
 * Each match of a pattern with the flag g, and what lies between. As the library does it: an empty match counts, except directly behind the
 * match before it.
 */
export function matchesOf(text: string, pattern: RegExp): Stretch[] {
  const stretches: Stretch[] = [];
  let last: number | undefined;
  let from = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (start === end) {
      pattern.lastIndex = nextPosition(text, end);
      if (last === end) continue;
    }
    if (from < start) stretches.push([from, start, false]);
    stretches.push([start, end, true]);
    from = last = end;
  }
  if (from < text.length) stretches.push([from, text.length, false]);
  return stretches;
}

const nextPosition = (text: string, at: number): number => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** What is looked for and what lies between change places. */
export const inverted = (stretches: Stretch[]): Stretch[] => stretches.map(([from, to, matched]) => [from, to, !matched]);

/** Joins a stretch to the one before it where `joins` says so. */
function fold(stretches: Stretch[], joins: (matched: boolean, before: boolean) => boolean): Stretch[] {
  const folded: Stretch[] = [];
  let before = false;
  for (const [from, to, matched] of stretches) {
    const last = folded.at(-1);
    if (last && joins(matched, before)) folded[folded.length - 1] = [Math.min(last[0], from), Math.max(last[1], to), false];
    else folded.push([from, to, false]);
    before = matched;
  }
  return folded;
}

/** The pieces that a behaviour makes of stretches. */
export function cut({ text, first }: Piece, stretches: Stretch[], behavior: Behavior): Piece[] {
  let kept: Stretch[];
  if (behavior === 'removed') kept = stretches.filter(([, , matched]) => !matched);
  else if (behavior === 'contiguous') kept = fold(stretches, (matched, before) => matched === before);
  else if (behavior === 'mergedwithprevious') kept = fold(stretches, (matched, before) => matched && !before);
  else if (behavior === 'mergedwithnext') kept = fold([...stretches].reverse(), (matched, before) => matched && !before).reverse();
  else kept = stretches;
  return kept.filter(([from, to]) => from < to).map(([from, to]) => ({ text: text.slice(from, to), first: first && from === 0 }));
}
