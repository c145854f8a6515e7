/** CIDEr-D (Vedantam et al. 2015, arXiv 1411.5726) as the scorers of COCO captions compute it, document frequencies from the references at hand. */
import { checkSegments, ngramCounts, type Segment } from './ngrams';

const ORDER = 4;
/** Spread of the penalty on another length. */
const SIGMA = 6;

interface Vector {
  /** Weight of each run, by its length − 1. */
  weights: Map<string, number>[];
  norms: number[];
  /** Pairs of words, which stand for the length. */
  pairs: number;
}

/** Scores of every segment; their mean is the corpus's. @throws RangeError where there is no segment, or one without a reference */
export function ciderOf(segments: readonly Segment[]): number[] {
  checkSegments(segments);
  const documents = new Map<string, number>();
  for (const { references } of segments) {
    const runs = new Set(references.flatMap((reference) => Array.from({ length: ORDER }, (_, n) => [...ngramCounts(reference, n + 1).keys()]).flat()));
    for (const run of runs) documents.set(run, (documents.get(run) ?? 0) + 1);
  }
  const all = Math.log(segments.length);
  const vectorOf = (words: readonly string[]): Vector => {
    const weights = Array.from({ length: ORDER }, (_, n) => {
      const counts = ngramCounts(words, n + 1);
      return new Map([...counts].map(([run, count]) => [run, count * (all - Math.log(Math.max(1, documents.get(run) ?? 0)))]));
    });
    return { weights, norms: weights.map((one) => Math.sqrt([...one.values()].reduce((sum, weight) => sum + weight * weight, 0))), pairs: Math.max(0, words.length - 1) };
  };
  return segments.map(({ hypothesis, references }) => {
    const written = vectorOf(hypothesis);
    const sum = references.reduce((total, reference) => total + similarity(written, vectorOf(reference)), 0);
    return (10 * sum) / references.length;
  });
}

/** Mean over lengths of clipped cosines, less where the lengths differ. */
function similarity(written: Vector, reference: Vector): number {
  let sum = 0;
  for (let n = 0; n < ORDER; n++) {
    let product = 0;
    for (const [run, weight] of written.weights[n]) {
      const other = reference.weights[n].get(run) ?? 0;
      product += Math.min(weight, other) * other;
    }
    if (written.norms[n] !== 0 && reference.norms[n] !== 0) product /= written.norms[n] * reference.norms[n];
    sum += product;
  }
  return (sum / ORDER) * Math.exp(-((written.pairs - reference.pairs) ** 2) / (2 * SIGMA ** 2));
}

/** 0…10. */
export function cider(segments: readonly Segment[]): number {
  const scores = ciderOf(segments);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
