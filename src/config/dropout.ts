/**
 * The vocabulary of the unified framework (arXiv 2403.00812 §3.2): where to drop, in what pattern, with what compensation.
 * The position names are those of the reference cases, so that a case file reads as a configuration.
 */

export const POSITIONS = ['logits', 'weights', 'hidden', 'ffn_inner', 'embedding', 'output', 'lora_input', 'lora_rank'] as const;
export type Position = (typeof POSITIONS)[number];

/** Whether a rule at this place falls on every layer; the others sit outside the layers, once a model. */
export const hasLayerRules = (position: Position): boolean => position !== 'embedding' && position !== 'output';

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
  /** How the rate changes with depth, linearly; left out: not at all. See `rateOf`. */
  depth?: RateCourse;
  /** How the rate changes from the first step to the last, linearly; left out: not at all. */
  time?: RateCourse;
}

/** `rising` reaches p at the end (the last layer, the last step), `falling` has it at the beginning. */
export const RATE_COURSES = ['constant', 'rising', 'falling'] as const;
export type RateCourse = (typeof RATE_COURSES)[number];

/** Share of the peak rate at place `index` of `count`: rising (index+1)/count, falling the mirror image. Never 0, so that no place is skipped. */
const courseAt = (course: RateCourse | undefined, index: number, count: number): number =>
  course === 'rising' ? (index + 1) / count : course === 'falling' ? (count - index) / count : 1;

/**
 * The rate of `rule` in a layer at a step: p times a linear factor over its active layers (DropKey, CVPR 2023, lets the rate fall with
 * depth) and one over the steps (rising: Curriculum Dropout, arXiv 1703.06229; falling: arXiv 2303.01500 drops early only).
 */
export function rateOf(rule: DropoutRule, layer: number, layers: number, step: number, steps: number): number {
  const from = rule.fromLayer ?? 0;
  return rule.p * courseAt(rule.depth, Math.max(0, layer - from), layers - from) * courseAt(rule.time, Math.min(step, steps - 1), steps);
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
  /** The term, and its second pass, are computed at every n-th step only (steps 0, n, 2n …); left out: at every step. */
  every?: number;
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

/** Most places, rules times the layers they fall on, that a step has rates for: the table in `shaders/lib/step.wgsl`. */
export const SLOT_LIMIT = 256;

/** Places that the rule of `position` falls on. */
const slotsOf = (position: Position, layers: number): number => (hasLayerRules(position) ? layers : 1);

/**
 * Number of the place that `position` has at a layer, in the step uniform: only positions with a rule have any, in their order, layers
 * within. Plan and step count by the same `rules`.
 */
export function slotOf(rules: DropoutRules, position: Position, layer: number, layers: number): number {
  const before = POSITIONS.slice(0, POSITIONS.indexOf(position)).filter((one) => rules[one]);
  return before.reduce((sum, one) => sum + slotsOf(one, layers), 0) + (hasLayerRules(position) ? layer : 0);
}

/** How many places `rules` have in a model of so many layers. */
export const slotCount = (rules: DropoutRules, layers: number): number => POSITIONS.filter((one) => rules[one]).reduce((sum, one) => sum + slotsOf(one, layers), 0);

/** Every reason why `rules` cannot run, as sentences; empty when they can. `layers` is the depth of the model. */
export function dropoutProblems(rules: DropoutRules, layers: number): string[] {
  const problems = Object.keys(rules).filter((place) => !POSITIONS.includes(place as Position)).map((place) => `dropout: unknown place "${place}"; choose one of ${POSITIONS.join(', ')}`);
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
    const outside = !hasLayerRules(position);
    if (fromLayer > 0 && outside) say('takes no first layer, it sits outside the layers; leave it at 0');
    for (const course of [rule.depth, rule.time]) if (course && !RATE_COURSES.includes(course)) say(`unknown course of the rate "${course}"; choose one of ${RATE_COURSES.join(', ')}`);
    if (outside && rule.depth && rule.depth !== 'constant') say('has one rate, it sits outside the layers; choose a rate that is constant over depth');
  }
  const slots = slotCount(rules, layers);
  if (slots > SLOT_LIMIT) problems.push(`dropout: rules at ${slots} places of ${layers} layers, ${SLOT_LIMIT} are the most; drop at fewer positions`);
  return problems;
}
