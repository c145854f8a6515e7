/** Rules and shapes that no golden case has: the list the engine is run against end to end, with `referenceTrain` as the judge. */
import type { CaseOptions } from './makeCase';

const hiddenKey = { logits: { p: 0.2, pattern: 'column' }, hidden: { p: 0.15, pattern: 'element' } } as const;
const all = ['q', 'k', 'v', 'o', 'up', 'down'] as const;

export const EXTRA_CASES: (CaseOptions & { name: string })[] = [
  // Attention weights: every pattern with every compensation that is left.
  { name: 'weights-span-rescale', dropout: { weights: { p: 0.3, pattern: 'span', compensation: 'rescale' } } },
  { name: 'weights-span-normalize', dropout: { weights: { p: 0.4, pattern: 'span', compensation: 'normalize' } } },
  { name: 'weights-column-none', dropout: { weights: { p: 0.35, pattern: 'column', compensation: 'none' } } },
  { name: 'weights-element-normalize-heavy', dropout: { weights: { p: 0.9, pattern: 'element', compensation: 'normalize' } }, lengths: [5, 2, 1], width: 7 },
  { name: 'logits-span-and-weights-span', dropout: { logits: { p: 0.5, pattern: 'span' }, weights: { p: 0.5, pattern: 'span' } }, lengths: [8, 4, 2, 1] },
  { name: 'logits-element-and-weights-column-rescale', dropout: { logits: { p: 0.8, pattern: 'element' }, weights: { p: 0.6, pattern: 'column', compensation: 'rescale' } } },
  // Activations.
  { name: 'hidden-column-none', dropout: { hidden: { p: 0.3, pattern: 'column', compensation: 'none' } } },
  { name: 'hidden-element-none', dropout: { hidden: { p: 0.35, pattern: 'element', compensation: 'none' } } },
  { name: 'inner-span-rescale', dropout: { ffn_inner: { p: 0.3, pattern: 'span', compensation: 'rescale' } }, targets: ['up', 'down'] },
  { name: 'inner-span', dropout: { ffn_inner: { p: 0.4, pattern: 'span' } }, targets: ['down'] },
  { name: 'embedding-span', dropout: { embedding: { p: 0.4, pattern: 'span' } } },
  { name: 'embedding-span-rescale', architecture: 'roberta', dropout: { embedding: { p: 0.25, pattern: 'span', compensation: 'rescale' } } },
  { name: 'embedding-element-none', dropout: { embedding: { p: 0.25, pattern: 'element', compensation: 'none' } } },
  { name: 'output-none', dropout: { output: { p: 0.4, pattern: 'element', compensation: 'none' } } },
  // LoRA's own branch, at every target.
  { name: 'lora-rank-column', dropout: { lora_rank: { p: 0.3, pattern: 'column' } }, targets: [...all] },
  { name: 'lora-rank-span', dropout: { lora_rank: { p: 0.3, pattern: 'span' } }, targets: [...all] },
  { name: 'lora-rank-element-none', dropout: { lora_rank: { p: 0.3, pattern: 'element', compensation: 'none' } }, rank: 5 },
  { name: 'lora-input-span', dropout: { lora_input: { p: 0.3, pattern: 'span' } }, targets: [...all] },
  { name: 'lora-input-span-rescale', architecture: 'roberta', dropout: { lora_input: { p: 0.3, pattern: 'span', compensation: 'rescale' } }, targets: ['k', 'o'] },
  { name: 'lora-input-and-rank', dropout: { lora_input: { p: 0.2, pattern: 'element' }, lora_rank: { p: 0.2, pattern: 'element' } }, targets: [...all] },
  { name: 'every-position', architecture: 'roberta', targets: [...all], dropout: {
    logits: { p: 0.1, pattern: 'element' }, weights: { p: 0.1, pattern: 'column' }, hidden: { p: 0.1, pattern: 'column' }, ffn_inner: { p: 0.1, pattern: 'element' },
    embedding: { p: 0.1, pattern: 'column' }, output: { p: 0.1, pattern: 'element' }, lora_input: { p: 0.1, pattern: 'element' }, lora_rank: { p: 0.1, pattern: 'element' },
  }, consistency: { kind: 'kl', alpha: 0.3, second: 'dropped_grad' } },
  // Consistency.
  { name: 'js-paper-alpha', dropout: hiddenKey, consistency: { kind: 'js_paper', alpha: 2.5 } },
  { name: 'js-paper-named-grad', dropout: hiddenKey, consistency: { kind: 'js_paper', alpha: 0.7, second: 'dropped_grad' } },
  { name: 'jsd-grad', dropout: hiddenKey, consistency: { kind: 'jsd', alpha: 1.5, second: 'dropped_grad' } },
  { name: 'jsd-clean', dropout: hiddenKey, consistency: { kind: 'jsd', alpha: 1.5, second: 'clean_stopgrad' } },
  { name: 'mse-stopgrad', problem: 'regression', dropout: hiddenKey, consistency: { kind: 'mse', alpha: 0.8, second: 'dropped_stopgrad' } },
  { name: 'mse-clean', architecture: 'roberta', problem: 'regression', dropout: hiddenKey, consistency: { kind: 'mse', alpha: 0.8, second: 'clean_stopgrad' } },
  { name: 'mse-second-left-out', problem: 'regression', dropout: hiddenKey, consistency: { kind: 'mse', alpha: 0.8 } },
  { name: 'kl-grad-smoothing', dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' }, hyper: { smoothing: 0.1 } },
  { name: 'kl-without-dropout', consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' } },
  { name: 'kl-alpha-zero', dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0, second: 'dropped_grad' } },
  // First layer of each rule.
  ...(['logits', 'weights', 'hidden', 'ffn_inner', 'lora_input', 'lora_rank'] as const).map((position) => ({
    name: `from-layer-${position}`, layers: 3, targets: [...all], dropout: { [position]: { p: 0.3, pattern: 'element', from_layer: position === 'weights' ? 2 : 1 } },
  }) satisfies CaseOptions & { name: string }),
  // Shapes.
  { name: 'odd-heads', hidden: 20, heads: 2, inner: 27, rank: 1, dropout: hiddenKey, targets: [...all] },
  { name: 'one-layer', layers: 1, dropout: { ...hiddenKey, weights: { p: 0.2, pattern: 'element' } } },
  { name: 'many-layers', layers: 36, hidden: 8, inner: 8, lengths: [4, 2], steps: 2, dropout: { ...hiddenKey, output: { p: 0.3, pattern: 'element' }, logits: { p: 0.3, pattern: 'span' } } },
  { name: 'one-sample', lengths: [7], dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_stopgrad' } },
  { name: 'one-token', lengths: [1, 1], dropout: { logits: { p: 0.5, pattern: 'column' }, weights: { p: 0.5, pattern: 'column' }, hidden: { p: 0.5, pattern: 'element' } } },
  { name: 'no-token', lengths: [5, 0, 3], dropout: { logits: { p: 0.3, pattern: 'column' }, weights: { p: 0.3, pattern: 'element' }, hidden: { p: 0.3, pattern: 'span' } }, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' } },
  { name: 'no-token-spans', lengths: [0, 4], targets: [...all], dropout: { logits: { p: 0.3, pattern: 'span' }, weights: { p: 0.4, pattern: 'span' }, lora_input: { p: 0.3, pattern: 'span' } }, hyper: { neftune: 5 } },
  { name: 'no-full-row', lengths: [5, 3, 2], width: 9, dropout: { logits: { p: 0.3, pattern: 'span' }, hidden: { p: 0.3, pattern: 'column' } } },
  { name: 'one-head-wide', hidden: 34, heads: 1, inner: 70, lengths: [17, 33, 4], dropout: hiddenKey, steps: 2 },
  { name: 'five-labels', labels: 5, dropout: { logits: { p: 0.33, pattern: 'column' } }, hyper: { smoothing: 0.2 } },
  { name: 'down-only', targets: ['down'], dropout: { ...hiddenKey, ffn_inner: { p: 0.2, pattern: 'element' } } },
  { name: 'last-layer-keys', targets: ['k'], dropout: hiddenKey },
  // Regularisers other than dropout.
  { name: 'l1', targets: [...all], hyper: { l1: 0.02 } },
  { name: 'l1-hidden-key', architecture: 'roberta', dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' }, hyper: { l1: 0.01, clip: 0.5 } },
  { name: 'neftune', targets: [...all], lengths: [9, 6, 1], hyper: { neftune: 5 } },
  { name: 'neftune-kl', architecture: 'roberta', dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_stopgrad' }, hyper: { neftune: 10 } },
  { name: 'neftune-kl-grad', consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' }, hyper: { neftune: 10 } },
  { name: 'neftune-js-paper', consistency: { kind: 'js_paper', alpha: 0.5 }, hyper: { neftune: 10 } },
  // Several batches a step.
  { name: 'accumulation', dropout: hiddenKey, steps: 6, hyper: { accumulation: 3 } },
  { name: 'accumulation-kl-grad', dropout: { ...hiddenKey, ffn_inner: { p: 0.3, pattern: 'span' } }, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' }, steps: 4, hyper: { accumulation: 2, l1: 0.01, neftune: 5, smoothing: 0.1 } },
  { name: 'accumulation-regression', architecture: 'roberta', problem: 'regression', dropout: hiddenKey, consistency: { kind: 'mse', alpha: 0.8, second: 'dropped_stopgrad' }, steps: 4, hyper: { accumulation: 2 } },
  // Labels that do not count, in either term, in a step and across its batches; padding among the real tokens.
  { name: 'unscored', unscored: [1, 3, 8], hyper: { smoothing: 0.1 } },
  { name: 'unscored-kl-grad', unscored: [1, 3, 8], dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' } },
  { name: 'unscored-js-paper', architecture: 'roberta', unscored: [0, 5, 7], dropout: hiddenKey, consistency: { kind: 'js_paper', alpha: 0.7 } },
  { name: 'unscored-accumulation', unscored: [0, 1, 2, 4, 9], dropout: hiddenKey, steps: 4, consistency: { kind: 'kl', alpha: 0.5, second: 'clean_stopgrad' }, hyper: { accumulation: 2 } },
  { name: 'padding-in-the-text', architecture: 'roberta', padded: true, dropout: hiddenKey, consistency: { kind: 'kl', alpha: 0.5, second: 'dropped_grad' } },
  // Training arithmetic.
  { name: 'no-clip-no-decay', dropout: hiddenKey, hyper: { clip: 0, weight_decay: 0, warmup: 0 } },
  { name: 'hard-clip', dropout: hiddenKey, hyper: { clip: 0.01, warmup: 2, total: 4 }, steps: 5 },
];
