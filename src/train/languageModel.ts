/** What the rows of a language model should predict. */
import { NOT_SCORED } from '../metrics/outputs';

/**
 * Label t is scored by the logits at t − 1: moves every label one row up. The last row predicts nothing; nor do the rows of virtual
 * tokens, so that with them the label of the first real token is never scored (masks.md).
 * @param labels [B][T], −100 where a token is not scored
 * @param virtualRows rows in front of the tokens of each sample
 */
export function shiftLabels(labels: ArrayLike<number>[], virtualRows: number): Float32Array {
  const tokens = labels[0].length;
  const stride = virtualRows + tokens;
  const shifted = new Float32Array(labels.length * stride).fill(NOT_SCORED);
  labels.forEach((row, sample) => {
    for (let token = 1; token < tokens; token++) shifted[sample * stride + virtualRows + token - 1] = row[token];
  });
  return shifted;
}

/**
 * Labels of rows that are prompts with completions: their own tokens from `scoredFrom` to the end, nothing before it and no padding.
 * @param batch ids (B·T) and real lengths (B)
 * @param unscored ranges of tokens of each row, behind its first scored one, that are not scored either
 */
export function tokenLabels(batch: { ids: Uint32Array; lengths: Uint32Array }, scoredFrom: ArrayLike<number>, virtualRows: number, unscored: readonly (readonly [number, number][] | undefined)[] = []): Float32Array {
  const tokens = batch.ids.length / batch.lengths.length;
  const rows = Array.from(batch.lengths, (length, sample) => {
    const row = Float32Array.from(batch.ids.subarray(sample * tokens, (sample + 1) * tokens));
    const labels = row.map((id, token) => (token >= scoredFrom[sample] && token < length ? id : NOT_SCORED));
    for (const [from, to] of unscored[sample] ?? []) labels.fill(NOT_SCORED, from, to);
    return labels;
  });
  return shiftLabels(rows, virtualRows);
}
