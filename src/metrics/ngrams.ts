/** Runs of n words and how often they occur: what BLEU, NIST and CIDEr count. */

/** A segment: what was written, and what could have been. Texts are lists of tokens. */
export interface Segment {
  hypothesis: readonly string[];
  /** At least one. */
  references: readonly (readonly string[])[];
}

/** Between the words of a run: no tokenizer leaves it inside a word. */
const GLUE = '\u0001';

/** How often each run of `n` words occurs. */
export function ngramCounts(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + n <= words.length; start++) {
    const run = words.slice(start, start + n).join(GLUE);
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}

/** The run without its last word; empty for a single word. */
export const withoutLast = (run: string): string => run.slice(0, Math.max(0, run.lastIndexOf(GLUE)));

/** For each run its greatest number in any of the texts: how often it may be matched. */
export function greatestCounts(texts: readonly (readonly string[])[], n: number): Map<string, number> {
  const greatest = new Map<string, number>();
  for (const text of texts) for (const [run, count] of ngramCounts(text, n)) greatest.set(run, Math.max(greatest.get(run) ?? 0, count));
  return greatest;
}

/** Throws RangeError where there is nothing to score. */
export function checkSegments(segments: readonly Segment[]): void {
  if (segments.length === 0) throw new RangeError('metric: no segment; give one text at least');
  const bare = segments.findIndex(({ references }) => references.length === 0);
  if (bare >= 0) throw new RangeError(`metric: segment ${bare + 1} has no reference; give one at least`);
}
