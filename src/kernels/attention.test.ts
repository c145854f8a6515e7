/** Attention in one agrees with logits, weights and mix by the simple kernels. */
import { it } from 'vitest';
import { type DropoutRules, SLOT_LIMIT, slotOf } from '../config/dropout';
import { siteOf } from '../random/masks';
import { packSpans } from '../train/stepUniform';
import { attention } from './attention';
import { recordAttentionWeights } from './attention_weights';
import { activation, checkFused, input } from './check';
import { recordAttentionLogits, recordAttentionMix } from './matmul';
import { NO_BRANCH, type Site } from './site';
import type { AttentionSetting } from './testing/attention';
import { normals } from './testing/numbers';
import type { Launch } from './testing/page';

interface Setting extends Omit<AttentionSetting, 'g'> {
  /** Key/value heads, and channels of a head. */
  G?: number;
  d?: number;
}

const LAYERS = 3;

function check(setting: Setting, launch: Launch = {}): Promise<void> {
  const { lengths, T, H, G = H, d = 5, logits, weights, causal = false, doubled, half, pass = { branch: 0, cleanBranch: NO_BRANCH }, virtualKeys = 0, virtualQueries = 0, read, uses } = setting;
  const B = lengths.length;
  const S = doubled ? 2 * B : B;
  const rules: DropoutRules = { logits, weights };
  const site = (position: 'logits' | 'weights'): Site | undefined => {
    const rule = setting[position];
    return rule && { slot: slotOf(rules, position, 1, LAYERS), site: siteOf(position, 1, 0), pattern: rule.pattern, compensation: position === 'weights' ? weights!.compensation : 'none' };
  };
  const queries = read ? [] : [T + virtualQueries];
  const keys = T + virtualKeys;
  const rows = queries[0] ?? 1;
  return checkFused({
    leaves: {
      q: activation([S, ...queries, H * d], normals(S * rows * H * d, 1, 1.5)), k: activation([S, keys, G * d], normals(S * keys * G * d, 2)), v: activation([S, keys, G * d], normals(S * keys * G * d, 3)),
      lengths: input([B], lengths, 'u32'), spans: input([SLOT_LIMIT, B], packSpans({ rules, layers: LAYERS, step: 0 }, Uint32Array.from(lengths)), 'u32'),
    },
    record: (tape, { q, k, v, lengths: real, spans }) => {
      const g = recordAttentionLogits(tape, 'logits', q, k, H);
      const w = recordAttentionWeights(tape, 'weights', g, { lengths: real, spans }, { pass: { samples: B, ...pass }, logits: site('logits'), weights: site('weights'), causal, virtualKeys, virtualQueries, read });
      return { o: recordAttentionMix(tape, 'mix', w, v, H, { keyValueHeads: G, single: read !== undefined }) };
    },
    has: [attention.name], lacks: ['attention_weights', 'matmul'],
    step: { seed: 123, maskStep: 9, rules, layers: LAYERS }, samples: S, gradientSamples: half ? B : S, uses,
    // Both sides round exponentials of differences up to 10, and sums over up to 33 keys in different orders.
    limit: 5e-6,
  }, launch);
}

it.each([
  { name: 'no mask, heads that share keys', T: 13, H: 4, G: 2, lengths: [13, 6], launch: { lanes: 1 } },
  { name: 'DropKey, columns, second pass a teacher', T: 9, H: 2, lengths: [9, 3, 0], doubled: true, half: true, pass: { branch: 0, cleanBranch: 1 }, logits: { pattern: 'column', p: 0.3 }, launch: { lanes: 4 } },
  { name: 'DropAttention, elements, normaliser stopped, gradients that add up', T: 7, H: 1, lengths: [7, 1], uses: 2, weights: { pattern: 'element', p: 0.4, compensation: 'normalize_stopgrad' }, launch: { lanes: 1 } },
  { name: 'both, spans and columns, rescaled, rows that lose all keys', T: 6, H: 3, lengths: [6, 2], logits: { pattern: 'span', p: 0.3 }, weights: { pattern: 'column', p: 0.9, compensation: 'rescale' }, launch: { lanes: 64 } },
  { name: 'both, causal, rows that lose all keys', T: 33, H: 1, lengths: [33, 20], causal: true, logits: { pattern: 'element', p: 0.9 }, weights: { pattern: 'span', p: 0.3, compensation: 'normalize' }, launch: { minimal: true } },
  { name: 'prompt, not compensated', T: 5, H: 2, lengths: [5, 4], virtualKeys: 3, virtualQueries: 3, causal: true, logits: { pattern: 'element', p: 0.3 }, weights: { pattern: 'element', p: 0.3, compensation: 'none' }, launch: {} },
  { name: 'the row that a decoder reads', T: 8, H: 2, lengths: [8, 5], read: 'last', causal: true, weights: { pattern: 'column', p: 0.3, compensation: 'normalize_stopgrad' }, launch: { lanes: 8 } },
] satisfies (Setting & { name: string; launch: Launch })[])('$name', ({ name: _name, launch, ...setting }) => check(setting, launch));
