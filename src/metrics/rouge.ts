/** ROUGE-L (Lin 2004) as the scorers of COCO captions compute it: longest common subsequence, best precision and best recall of any reference. */
import { checkSegments, type Segment } from './ngrams';

/** Weight of recall against precision. */
const BETA = 1.2;

/** Length of the longest common subsequence. */
export function commonLength(one: readonly string[], other: readonly string[]): number {
  let row = new Array<number>(other.length + 1).fill(0);
  for (const word of one) {
    const next = [0];
    for (let j = 0; j < other.length; j++) next.push(word === other[j] ? row[j] + 1 : Math.max(row[j + 1], next[j]));
    row = next;
  }
  return row[other.length];
}

/** 0…1 of one segment; 0 where nothing is shared. */
export function rougeLOf({ hypothesis, references }: Segment): number {
  let [precision, recall] = [0, 0];
  for (const reference of references) {
    const common = commonLength(hypothesis, reference);
    if (hypothesis.length > 0) precision = Math.max(precision, common / hypothesis.length);
    if (reference.length > 0) recall = Math.max(recall, common / reference.length);
  }
  return precision === 0 || recall === 0 ? 0 : ((1 + BETA ** 2) * precision * recall) / (recall + BETA ** 2 * precision);
}

/** Mean over segments. @throws RangeError where there is no segment, or one without a reference */
export function rougeL(segments: readonly Segment[]): number {
  checkSegments(segments);
  return segments.reduce((sum, segment) => sum + rougeLOf(segment), 0) / segments.length;
}
