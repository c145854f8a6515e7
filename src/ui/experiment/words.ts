/** The words of the dropout sentence. What a pattern takes away depends on where it does so. */
import type { RunConfig } from '../../config/config';
import type { DataKind } from '../../config/tables';
import { COMPENSATIONS, type Compensation, CONSISTENCY_KINDS, type DropoutRule, hasLayerRules, PATTERNS, type Pattern, type Position, POSITIONS, RATE_COURSES, SECOND_PASSES } from '../../config/dropout';
import { POSITION_LABELS } from '../../config/diff';
import { impliedRescale } from '../../config/literature';
import { isLora, isVirtual, PEFT_KINDS, PEFT_TITLES, type PeftKind } from '../../config/peft';
import { digits } from '../../protocol/format';

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

/** A rule moved to another position: what has no meaning there goes back to that position's default. */
export function movedRule(rule: DropoutRule, to: Position): DropoutRule {
  const { compensation, fromLayer, depth, ...rest } = rule;
  const fits = compensation && !compensation.startsWith('normalize') && to !== 'logits' && to !== 'weights';
  return {
    ...rest,
    pattern: to === 'output' ? 'element' : rule.pattern,
    ...(fits && { compensation }),
    ...(hasLayerRules(to) && fromLayer ? { fromLayer } : {}),
    ...(hasLayerRules(to) && depth ? { depth } : {}),
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

/** The whole sentence without its details, for where there is one line. */
export function sentenceInShort({ dropout, consistency }: Pick<RunConfig, 'dropout' | 'consistency'>): string {
  const places = POSITIONS.flatMap((position) => {
    const rule = dropout[position];
    return rule ? [`${patternWord(position, rule.pattern)} of the ${POSITION_LABELS[position]}, ${digits(rule.p)}`] : [];
  });
  return `Drop ${places.join(', and ') || 'nothing'}${consistency.kind === 'none' ? '' : `, with ${CONSISTENCY_WORDS[consistency.kind]}`}`;
}

const SECOND_WORDS = {
  dropped_stopgrad: 'dropped anew, not trained',
  dropped_grad: 'dropped anew, trained as well',
  clean_stopgrad: 'clean, not trained',
} as const;

export const SECOND_OPTIONS = SECOND_PASSES.map((value) => ({ value, label: SECOND_WORDS[value] }));

function groupOf(peft: PeftKind): string {
  if (isLora(peft)) return 'LoRA and kin';
  return isVirtual(peft) ? 'Virtual tokens' : 'Adapters, biases, everything';
}

export const METHOD_OPTIONS = PEFT_KINDS.map((value) => ({ value, label: PEFT_TITLES[value], group: groupOf(value) }));

/** All layers, or those from one of them on. */
export const layerOptions = (layers: number) => Array.from({ length: layers }, (_, layer) => ({
  value: layer, label: layer === 0 ? 'in all layers' : layer === layers - 1 ? 'in the last layer only' : `from layer ${layer} up`,
}));

const DEPTH_WORDS = { constant: 'at one rate in every layer', rising: 'rising with depth', falling: 'falling with depth' } as const;
const TIME_WORDS = { constant: 'throughout the run', rising: 'rising over the run', falling: 'falling over the run' } as const;

export const DEPTH_OPTIONS = RATE_COURSES.map((value) => ({ value, label: DEPTH_WORDS[value] }));
export const TIME_OPTIONS = RATE_COURSES.map((value) => ({ value, label: TIME_WORDS[value] }));

/** What wrong rows are, and why one would want some. */
export const WRONG_HINTS = {
  classification: 'Share of training labels replaced by wrong ones. They can only be memorised, so memorising shows.',
  regression: 'Share of training scores replaced by random ones. They can only be memorised, so memorising shows.',
  language_model: 'Share of training sentences that state a wrong fact. They can only be memorised, so memorising shows.',
} as const;

/** What a table of one's own asks of a model. */
export const KIND_WORDS: Record<DataKind, string> = { classification: 'Each text has a class', regression: 'Each text has a score', language_model: 'A text is to be written behind each prompt' };

export function wrongSentence(kind: DataKind, share: string, rows: string, wrong: string): string {
  return kind === 'language_model' ? `${share} of ${rows} sentences: ${wrong} state something that their facts do not say, on purpose.` : `${share} of ${rows} labels: ${wrong} are wrong on purpose.`;
}
