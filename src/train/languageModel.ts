/** What the rows of a language model should predict. */

/** A row that is not scored, as transformers marks it. */
export const IGNORED = -100;

/**
 * Label t is scored by the logits at t − 1: moves every label one row up. The last row predicts nothing; nor do the rows of virtual
 * tokens, so that with them the label of the first real token is never scored (masks.md).
 * @param labels [B][T], −100 where a token is not scored
 * @param virtualRows rows in front of the tokens of each sample
 */
export function shiftLabels(labels: ArrayLike<number>[], virtualRows: number): { labels: Float32Array; countedRows: number } {
  const tokens = labels[0].length;
  const stride = virtualRows + tokens;
  const shifted = new Float32Array(labels.length * stride).fill(IGNORED);
  let countedRows = 0;
  labels.forEach((row, sample) => {
    for (let token = 1; token < tokens; token++) {
      if (row[token] === IGNORED) continue;
      shifted[sample * stride + virtualRows + token - 1] = row[token];
      countedRows++;
    }
  });
  return { labels: shifted, countedRows };
}
