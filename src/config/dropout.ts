/**
 * The vocabulary of the unified framework (arXiv 2403.00812 §3.2): where to drop, in what pattern, with what compensation.
 * The position names are those of the reference cases, so that a case file reads as a configuration.
 */

export const POSITIONS = ['logits', 'weights', 'hidden', 'ffn_inner', 'embedding', 'output', 'lora_input', 'lora_rank'] as const;
export type Position = (typeof POSITIONS)[number];

export const PATTERNS = ['element', 'column', 'span'] as const;
export type Pattern = (typeof PATTERNS)[number];

/** `normalize*` only at the attention weights; `rescale` and `none` everywhere but at the logits, whose softmax re-normalises by itself. */
export const COMPENSATIONS = ['normalize_stopgrad', 'normalize', 'rescale', 'none'] as const;
export type Compensation = (typeof COMPENSATIONS)[number];

/** One place where activations are dropped. */
export interface DropoutRule {
  /** Probability that a unit of the pattern is dropped, 0 ≤ p < 1. */
  p: number;
  pattern: Pattern;
  /** Left out: the position's default, see `defaultCompensation`. */
  compensation?: Compensation;
  /** First layer (from 0) in which the rule is active. Embedding and output rules take none. */
  fromLayer?: number;
}

export type DropoutRules = Partial<Record<Position, DropoutRule>>;

export const CONSISTENCY_KINDS = ['none', 'kl', 'js_paper', 'jsd', 'mse'] as const;
export type ConsistencyKind = (typeof CONSISTENCY_KINDS)[number];

export const SECOND_PASSES = ['dropped_stopgrad', 'dropped_grad', 'clean_stopgrad'] as const;
export type SecondPass = (typeof SECOND_PASSES)[number];

/** The term that pulls two passes over the same batch together: L = CE + α · consistency. */
export interface Consistency {
  kind: ConsistencyKind;
  alpha: number;
  second: SecondPass;
}

/** What a rule does where it names no compensation (masks.md, "What each position computes"). */
export function defaultCompensation(position: Position, pattern: Pattern): Compensation {
  if (position === 'logits') return 'none';
  if (position === 'weights') return 'normalize_stopgrad';
  return pattern === 'span' ? 'none' : 'rescale';
}

/** `js_paper` always compares with a clean second pass, whatever is asked for. */
export function secondPassOf(consistency: Consistency): SecondPass {
  return consistency.kind === 'js_paper' ? 'clean_stopgrad' : consistency.second;
}

/** Every reason why `rules` cannot run, as sentences; empty when they can. `layers` is the depth of the model. */
export function dropoutProblems(rules: DropoutRules, layers: number): string[] {
  const problems: string[] = [];
  for (const position of POSITIONS) {
    const rule = rules[position];
    if (!rule) continue;
    const say = (what: string) => problems.push(`dropout at ${position}: ${what}`);
    if (!(rule.p >= 0 && rule.p < 1)) say(`rate ${rule.p} is outside 0 ≤ p < 1; choose a rate below 1`);
    if (!PATTERNS.includes(rule.pattern)) say(`unknown pattern "${rule.pattern}"; choose one of ${PATTERNS.join(', ')}`);
    if (position === 'output' && rule.pattern !== 'element') say(`pattern "${rule.pattern}" has no meaning for a single vector; choose element`);
    const compensation = rule.compensation;
    if (compensation && !COMPENSATIONS.includes(compensation)) say(`unknown compensation "${compensation}"; choose one of ${COMPENSATIONS.join(', ')}`);
    if (compensation?.startsWith('normalize') && position !== 'weights') say(`compensation "${compensation}" belongs to the attention weights; choose rescale or none`);
    if (compensation && compensation !== 'none' && position === 'logits') say(`compensation "${compensation}" has no place before a softmax, which re-normalises by itself; choose none`);
    const fromLayer = rule.fromLayer ?? 0;
    if (!Number.isInteger(fromLayer) || fromLayer < 0 || fromLayer >= layers) say(`from layer ${fromLayer} of a model with layers 0 to ${layers - 1}; choose one of those`);
    if (fromLayer > 0 && (position === 'embedding' || position === 'output')) say('takes no first layer, it sits outside the layers; leave it at 0');
  }
  return problems;
}
