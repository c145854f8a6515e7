/** NIST (Doddington 2002): rare runs of words count more. Arithmetic of mteval-v13a.pl, which the literature on E2E and WebNLG reports. */
import { checkSegments, greatestCounts, ngramCounts, type Segment, withoutLast } from './ngrams';

const ORDER = 5;
/** β of the length penalty: half the score at two thirds of the references' length. */
const BETA = -Math.log(0.5) / Math.log(1.5) ** 2;

export interface NistOptions {
  order?: number;
  /**
   * How long the references are where their number varies: `all` takes the mean length of all references (the Perl script), `segments`
   * each segment's own mean (its ports, NLTK).
   */
  length?: 'all' | 'segments';
}

/** The information of every run in the references, in bits: log2 of how often it goes on as it does. */
function information(segments: readonly Segment[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  let words = 0;
  for (const { references } of segments) {
    for (const reference of references) {
      words += reference.length;
      for (let n = 1; n <= order; n++) for (const [run, count] of ngramCounts(reference, n)) counts.set(run, (counts.get(run) ?? 0) + count);
    }
  }
  const bits = new Map<string, number>();
  for (const [run, count] of counts) {
    const before = withoutLast(run);
    bits.set(run, Math.log2((before === '' ? words : counts.get(before)!) / count));
  }
  return bits;
}

/** 0 and up. @throws RangeError where there is no segment, or one without a reference */
export function nist(segments: readonly Segment[], { order = ORDER, length = 'all' }: NistOptions = {}): number {
  checkSegments(segments);
  const bits = information(segments, order);
  const gained = new Array<number>(order).fill(0);
  const totals = new Array<number>(order).fill(0);
  let [written, means, all, texts] = [0, 0, 0, 0];
  for (const { hypothesis, references } of segments) {
    written += hypothesis.length;
    const words = references.reduce((sum, reference) => sum + reference.length, 0);
    all += words;
    means += words / references.length;
    texts += references.length;
    for (let n = 1; n <= order; n++) {
      const greatest = greatestCounts(references, n);
      for (const [run, count] of ngramCounts(hypothesis, n)) {
        totals[n - 1] += count;
        gained[n - 1] += Math.min(count, greatest.get(run) ?? 0) * (bits.get(run) ?? 0);
      }
    }
  }
  const score = gained.reduce((sum, one, n) => sum + (totals[n] === 0 ? 0 : one / totals[n]), 0);
  const ratio = Math.min(1, written / (length === 'all' ? (all / texts) * segments.length : means));
  return ratio > 0 ? score * Math.exp(-BETA * Math.log(ratio) ** 2) : 0;
}
