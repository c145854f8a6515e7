/**
 * METEOR (Banerjee and Lavie 2005) with exact and stem matches, as NLTK computes it without WordNet: no synonyms, no paraphrases, α 0.9, β 3,
 * γ 0.5. Published figures of METEOR 1.5 come from a trained version with both, and are other numbers.
 */
import { checkSegments, type Segment } from './ngrams';
import { porterStem } from './porter';

const ALPHA = 0.9;
const BETA = 3;
const GAMMA = 0.5;

type Word = [place: number, word: string];

/** Pairs of places whose words are equal, from the end of the text on; what has found a partner leaves both lists. */
function pair(hypothesis: Word[], reference: Word[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = hypothesis.length - 1; i >= 0; i--) {
    const j = reference.findLastIndex(([, word]) => word === hypothesis[i][1]);
    if (j < 0) continue;
    pairs.push([hypothesis[i][0], reference[j][0]]);
    hypothesis.splice(i, 1);
    reference.splice(j, 1);
  }
  return pairs;
}

const stems = (words: Word[]): Word[] => words.map(([place, word]) => [place, porterStem(word)]);

function meteorTo(hypothesis: readonly string[], reference: readonly string[]): number {
  const written: Word[] = hypothesis.map((word, place) => [place, word.toLowerCase()]);
  const wanted: Word[] = reference.map((word, place) => [place, word.toLowerCase()]);
  const exact = pair(written, wanted);
  const matches = [...exact, ...pair(stems(written), stems(wanted))].sort((a, b) => a[0] - b[0]);
  if (matches.length === 0) return 0;
  const [precision, recall] = [matches.length / hypothesis.length, matches.length / reference.length];
  const mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall);
  const chunks = matches.filter(([place, there], index) => index === 0 || place !== matches[index - 1][0] + 1 || there !== matches[index - 1][1] + 1).length;
  return mean * (1 - GAMMA * (chunks / matches.length) ** BETA);
}

/** 0…1 of one segment: the best of its references. */
export const meteorOf = ({ hypothesis, references }: Segment): number => Math.max(...references.map((reference) => meteorTo(hypothesis, reference)));

/** Mean over segments. @throws RangeError where there is no segment, or one without a reference */
export function meteor(segments: readonly Segment[]): number {
  checkSegments(segments);
  return segments.reduce((sum, segment) => sum + meteorOf(segment), 0) / segments.length;
}
