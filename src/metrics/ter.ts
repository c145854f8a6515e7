/**
 * Translation edit rate (Snover et al. 2006): edits that turn a text into a reference, moving a run of words counted as one, per word of the
 * references. Search, limits and order of Tercom as sacreBLEU 2.6 has them; lower case, words between spaces.
 */
import { type Edits, edits } from './editDistance';
import { checkSegments, type Segment } from './ngrams';

/** Longest run that is moved, and how far from its place in the reference it may stand. */
const RUN = 10;
const DISTANCE = 50;
/** Moves that are tried for one text and reference. */
const TRIED = 1000;

/** Where each word of the reference stands in the text, and which words of either are in error. */
function alignment({ operations }: Edits) {
  const place: number[] = [];
  const wrong: boolean[] = [];
  const missed: boolean[] = [];
  let at = -1;
  for (const operation of operations) {
    if (operation !== 'insert') {
      at++;
      wrong.push(operation !== 'keep');
    }
    if (operation !== 'delete') {
      place.push(at);
      missed.push(operation !== 'keep');
    }
  }
  return { place, wrong, missed };
}

function moved(words: readonly string[], start: number, length: number, target: number): string[] {
  const run = words.slice(start, start + length);
  if (target < start) return [...words.slice(0, target), ...run, ...words.slice(target, start), ...words.slice(start + length)];
  if (target > start + length) return [...words.slice(0, start), ...words.slice(start + length, target), ...run, ...words.slice(target)];
  return [...words.slice(0, start), ...words.slice(start + length, length + target), ...run, ...words.slice(length + target)];
}

/** Runs of words that text and reference share: where they begin in each, and how long. */
function* sharedRuns(words: readonly string[], reference: readonly string[]): Generator<[number, number, number]> {
  for (let start = 0; start < words.length; start++) {
    for (let there = 0; there < reference.length; there++) {
      if (Math.abs(there - start) > DISTANCE) continue;
      for (let length = 1; length <= RUN && words[start + length - 1] === reference[there + length - 1]; length++) {
        yield [start, there, length];
        if (start + length === words.length || there + length === reference.length) break;
      }
    }
  }
}

interface Move {
  /** Edits saved. */
  gain: number;
  length: number;
  start: number;
  target: number;
  words: string[];
}

/** Most saved first; then the longest run, the earliest, the earliest target, and last the words themselves. */
function isBetter(one: Move, best: Move | undefined): boolean {
  if (!best) return true;
  if (one.gain !== best.gain) return one.gain > best.gain;
  if (one.length !== best.length) return one.length > best.length;
  if (one.start !== best.start) return one.start < best.start;
  if (one.target !== best.target) return one.target < best.target;
  const index = one.words.findIndex((word, place) => word !== best.words[place]);
  return index >= 0 && one.words[index] > best.words[index];
}

/** Edits from a text to one reference. */
function editsTo(hypothesis: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return hypothesis.length;
  const known = new Map<string, Edits>();
  const editsOf = (words: readonly string[]): Edits => {
    const key = words.join('\u0001');
    const found = known.get(key) ?? edits(words, reference);
    known.set(key, found);
    return found;
  };
  let words = hypothesis;
  let [moves, tried] = [0, 0];
  for (;;) {
    const before = editsOf(words);
    const { place, wrong, missed } = alignment(before);
    let best: Move | undefined;
    for (const [start, there, length] of sharedRuns(words, reference)) {
      if (!wrong.slice(start, start + length).includes(true) || !missed.slice(there, there + length).includes(true)) continue;
      if (place[there] >= start && place[there] < start + length) continue;
      let previous = -1;
      for (let offset = -1; offset < length; offset++) {
        const at = there + offset;
        if (at >= place.length) break;
        const target = at === -1 ? 0 : place[at] + 1;
        if (target === previous) continue;
        previous = target;
        const after = moved(words, start, length, target);
        const move = { gain: before.distance - editsOf(after).distance, length, start, target, words: after };
        tried++;
        if (isBetter(move, best)) best = move;
      }
      if (tried >= TRIED) break;
    }
    if (tried >= TRIED || !best || best.gain <= 0) break;
    moves++;
    words = best.words;
  }
  return moves + editsOf(words).distance;
}

/** Fewest edits to any reference, and the mean length of the references. */
function countsOf({ hypothesis, references }: Segment): { edits: number; length: number } {
  return {
    edits: Math.min(...references.map((reference) => editsTo(hypothesis, reference))),
    length: references.reduce((sum, reference) => sum + reference.length, 0) / references.length,
  };
}

/** Edits per hundred words of reference, over all segments; lower is better, and it may be above 100. @throws RangeError where there is no segment, or one without a reference */
export function ter(segments: readonly Segment[]): number {
  checkSegments(segments);
  const counts = segments.map(countsOf);
  const edited = counts.reduce((sum, one) => sum + one.edits, 0);
  const length = counts.reduce((sum, one) => sum + one.length, 0);
  return length > 0 ? (100 * edited) / length : edited > 0 ? 100 : 0;
}
