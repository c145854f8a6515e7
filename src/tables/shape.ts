/** What rows are like beside each other: repeated, contradicting, shared by two sets, and how long. */
import type { Example } from '../protocol/tableMessages';

/** What a model is given of a row; rows with the same are the same to it. */
export const inputOf = ({ text, text2, prompt_parts }: Example): string => (prompt_parts ? JSON.stringify(prompt_parts) : text2 === undefined ? (text ?? '') : JSON.stringify([text, text2]));

const answerOf = ({ label, target_text }: Example): string => String(label ?? target_text);

export interface Repeats {
  /** Rows that say the same as an earlier one: same input, same answer. */
  repeated: number;
  /** Inputs that stand with different labels, and where they first do. Several texts to one prompt are references and contradict nothing. */
  contradicting: number;
  /** The first rows of some that contradict: indices of pairs. */
  pairs: [number, number][];
}

const MOST_PAIRS = 10;

export function repeatsOf(examples: readonly Example[]): Repeats {
  const seen = new Map<string, { first: number; answers: Set<string>; counted: boolean }>();
  const repeats: Repeats = { repeated: 0, contradicting: 0, pairs: [] };
  examples.forEach((example, index) => {
    const [input, answer] = [inputOf(example), answerOf(example)];
    const earlier = seen.get(input);
    if (!earlier) seen.set(input, { first: index, answers: new Set([answer]), counted: false });
    else if (earlier.answers.has(answer)) repeats.repeated++;
    else {
      earlier.answers.add(answer);
      if (earlier.counted || example.target_text !== undefined) return;
      earlier.counted = true;
      repeats.contradicting++;
      if (repeats.pairs.length < MOST_PAIRS) repeats.pairs.push([earlier.first, index]);
    }
  });
  return repeats;
}

/** Indices of the rows of `heldOut` whose input is in `training` too: a score on them is no score on what is new. */
export function sharedRows(training: readonly Example[], heldOut: readonly Example[]): number[] {
  const inputs = new Set(training.map(inputOf));
  return heldOut.flatMap((example, index) => (inputs.has(inputOf(example)) ? [index] : []));
}

export interface Lengths {
  least: number;
  median: number;
  /** 95 of 100 rows are this long or shorter. */
  most95: number;
  greatest: number;
  /** Sum of all. */
  total: number;
  /** Rows that are longer than the limit, and how much of all tokens that cuts. */
  cutRows: number;
  cutTokens: number;
}

/**
 * @param counts tokens of each row
 * @param limit greatest length of a row
 * @throws RangeError without rows
 */
export function lengthsOf(counts: ArrayLike<number>, limit: number): Lengths {
  if (counts.length === 0) throw new RangeError('lengthsOf: there are no rows; give the tokens of at least one.');
  const sorted = Float64Array.from(counts).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  let [total, cutRows, cutTokens] = [0, 0, 0];
  for (const length of sorted) {
    total += length;
    if (length <= limit) continue;
    cutRows++;
    cutTokens += length - limit;
  }
  return { least: sorted[0], median: at(0.5), most95: at(0.95), greatest: sorted[sorted.length - 1], total, cutRows, cutTokens };
}
