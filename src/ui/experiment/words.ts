/** The words of the dropout sentence. What a pattern takes away depends on where it does so. */
import { COMPENSATIONS, type Compensation, CONSISTENCY_KINDS, type DropoutRule, PATTERNS, type Pattern, type Position, POSITIONS, SECOND_PASSES } from '../../config/dropout';
import { POSITION_LABELS } from '../../config/diff';
import { impliedRescale } from '../../config/literature';

export const isAttention = (position: Position) => position === 'logits' || position === 'weights';

export function patternWord(position: Position, pattern: Pattern): string {
  if (isAttention(position)) return { element: 'single entries', column: 'whole keys', span: 'a run of keys' }[pattern];
  return { element: 'single values', column: 'whole tokens', span: 'a run of tokens' }[pattern];
}

export const PATTERN_OPTIONS = (position: Position) => PATTERNS.map((value) => ({
  value,
  label: position === 'output' && value !== 'element' ? `${patternWord(position, value)} (the classifier reads one vector)` : patternWord(position, value),
  disabled: position === 'output' && value !== 'element',
}));

export const POSITION_OPTIONS = POSITIONS.map((value) => ({ value, label: `the ${POSITION_LABELS[value]}` }));

/** What each choice does to the values that stay, at this rule's rate. */
export const COMPENSATION_OPTIONS = (position: Position, rule: DropoutRule) => COMPENSATIONS
  .filter((value) => position === 'weights' || !value.startsWith('normalize'))
  .map((value: Compensation) => ({ value, label: impliedRescale(position, { ...rule, compensation: value }) }));

/** Why one would drop here, in a few words, for the card and for tooltips. */
export const POSITION_REASONS: Record<Position, string> = {
  logits: 'Before the softmax: a dropped key does not exist, the others share its weight.',
  weights: 'After the softmax: the weight was there and is taken away.',
  hidden: 'What the feed-forward block adds to each token.',
  ffn_inner: 'Inside the feed-forward block, before its down projection.',
  embedding: 'What enters the first layer.',
  output: 'The vector that the classifier reads.',
  lora_input: 'What enters the low-rank branch; the frozen weights see everything.',
  lora_rank: 'The narrow middle of the low-rank branch.',
};

export const takesLayers = (position: Position) => position !== 'embedding' && position !== 'output';

/** A rule moved to another position: what has no meaning there goes back to that position's default. */
export function movedRule(rule: DropoutRule, to: Position): DropoutRule {
  const { compensation, fromLayer, ...rest } = rule;
  const fits = compensation && !compensation.startsWith('normalize') && to !== 'logits' && to !== 'weights';
  return {
    ...rest,
    pattern: to === 'output' ? 'element' : rule.pattern,
    ...(fits && { compensation }),
    ...(takesLayers(to) && fromLayer ? { fromLayer } : {}),
  };
}

const CONSISTENCY_WORDS = {
  none: 'no consistency term',
  kl: 'symmetric KL',
  js_paper: 'KL towards a clean pass (“JS” in the paper)',
  jsd: 'Jensen–Shannon divergence',
  mse: 'squared difference',
} as const;

/** A regression has no distributions, a classification no single output. */
export const CONSISTENCY_OPTIONS = (regression: boolean) => CONSISTENCY_KINDS
  .filter((value) => value !== 'none' && (value === 'mse') === regression)
  .map((value) => ({ value, label: CONSISTENCY_WORDS[value] }));

const SECOND_WORDS = {
  dropped_stopgrad: 'dropped anew, not trained',
  dropped_grad: 'dropped anew, trained as well',
  clean_stopgrad: 'clean, not trained',
} as const;

export const SECOND_OPTIONS = SECOND_PASSES.map((value) => ({ value, label: SECOND_WORDS[value] }));
