/**
 * A sentence to show masks on before any engine has sent real attention. Its logits are made up, by a rule that one can read:
 * nearby tokens attract, and so do a negation and the word it turns around. The page labels them as an example.
 */
import type { AttentionView } from '../../protocol/inspectionMessages';

const TOKENS = ['<s>', 'the', 'plot', 'is', 'not', 'dull', 'and', 'the', 'cast', 'shines', '</s>'];
const PAIRS = [[4, 5, 2.2], [5, 4, 2.6], [2, 5, 1.4], [8, 9, 2], [9, 8, 1.6], [3, 2, 1.3], [10, 5, 1.2], [0, 9, 1.1], [0, 5, 1.3], [10, 9, 1]] as const;

function exampleLogits(): Float32Array {
  const n = TOKENS.length;
  const logits = new Float32Array(n * n);
  for (let query = 0; query < n; query++) {
    for (let key = 0; key < n; key++) logits[query * n + key] = 0.8 * Math.exp(-Math.abs(query - key) / 2) - 0.5 + 0.25 * Math.sin(query * 2.3 + key * 1.7);
  }
  for (const [query, key, strength] of PAIRS) logits[query * n + key] += strength;
  return logits;
}

export const EXAMPLE: AttentionView = {
  tokens: TOKENS,
  logits: exampleLogits(),
  mask: { seed: 42, sample: 0, heads: 4, width: TOKENS.length, tokens: TOKENS.length, hidden: 64, causal: false },
};
