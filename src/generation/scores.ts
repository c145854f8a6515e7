/** From the logits of one row to scores of its next token, by the rules of transformers' logits processors. All in float64. */
import type { GenerationSettings, Sampling } from './settings';

/** log softmax. @param logits (vocabulary) @throws where they are no numbers to go on with */
export function logProbabilities(logits: ArrayLike<number>): Float64Array {
  let highest = -Infinity;
  for (let i = 0; i < logits.length; i++) highest = Math.max(highest, logits[i]);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - highest);
  const log = highest + Math.log(sum);
  if (!Number.isFinite(log)) throw new Error(`the logits of the next token are no numbers (their greatest is ${highest}); look for such values in the weights`);
  return Float64Array.from(logits, (value) => value - log);
}

/** Penalties and bans for a text, in place: −Infinity for what may not come. @param ids the text so far, prompt included */
export function process(scores: Float64Array, ids: readonly number[], { repetitionPenalty, noRepeatNgram }: Pick<GenerationSettings, 'repetitionPenalty' | 'noRepeatNgram'>): void {
  if (repetitionPenalty !== 1) for (const id of new Set(ids)) scores[id] = scores[id] < 0 ? scores[id] * repetitionPenalty : scores[id] / repetitionPenalty;
  if (noRepeatNgram > 0) for (const id of repeated(ids, noRepeatNgram)) scores[id] = -Infinity;
}

/** Tokens that would make the last n tokens a run that is in the text already. */
function repeated(ids: readonly number[], n: number): number[] {
  const begin = ids.slice(ids.length - n + 1, ids.length);
  const found: number[] = [];
  for (let at = 0; at + n <= ids.length; at++) if (begin.every((id, i) => ids[at + i] === id)) found.push(ids[at + n - 1]);
  return found;
}

/** The index of the greatest score, the first of several. */
export function greatest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}

/** Indices of the k greatest scores, greatest first, of equal ones the earlier first. */
export function greatestOf(scores: ArrayLike<number>, k: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (found.length === k && !(scores[i] > scores[found[k - 1]])) continue;
    let at = found.length;
    while (at > 0 && scores[i] > scores[found[at - 1]]) at--;
    found.splice(at, 0, i);
    if (found.length > k) found.pop();
  }
  return found;
}

/**
 * The token that a random number draws: temperature, then the k most probable, then the most probable that make up p, then by probability in the
 * order of ids.
 * @param uniform in 0 … 1
 */
export function draw(scores: Float64Array, { temperature, topK, topP }: Omit<Sampling, 'seed'>, uniform: number): number {
  const left = logProbabilities(scores.map((score) => score / temperature)).map(Math.exp);
  if (topK > 0 && topK < left.length) {
    const least = left[greatestOf(left, topK)[topK - 1]];
    for (let i = 0; i < left.length; i++) if (left[i] < least) left[i] = 0;
  }
  if (topP < 1) {
    const whole = left.reduce((sum, value) => sum + value, 0);
    const ascending = Array.from(left.keys()).filter((id) => left[id] > 0).sort((one, other) => left[one] - left[other] || one - other);
    let sum = 0;
    // The most probable one stays, whatever p is.
    for (const id of ascending.slice(0, -1)) {
      sum += left[id] / whole;
      if (sum > 1 - topP) break;
      left[id] = 0;
    }
  }
  let remaining = uniform * left.reduce((sum, value) => sum + value, 0);
  let last = 0;
  for (let id = 0; id < left.length; id++) {
    if (left[id] === 0) continue;
    last = id;
    remaining -= left[id];
    if (remaining < 0) break;
  }
  return last;
}
