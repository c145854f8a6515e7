/** What differs between two configurations, and short words for it: names of runs, rows of the list, labels on charts. */
import { withField } from './change';
import { type Change, DEFAULT_CONFIG, kindOf, type RunConfig } from './config';
import type { DropoutRule, Position } from './dropout';
import { literatureName } from './literature';
import { builtInFacts, modelName } from './models';
import { PEFT_TITLES, type PeftKind } from './peft';
import { dataName } from './sources';

/** The configuration in force after `changes`. */
export function withChanges(config: RunConfig, changes: readonly Change[]): RunConfig {
  return changes.reduce((current, change) => withField(current, change.field, change.to), config);
}

/** A rule that names no course of its rate has a constant one, so both are the same. */
const named = (value: unknown) => (value === 'constant' ? undefined : value);

export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(named(a), named(b))) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameValue(left[key], right[key]));
}

export interface Difference {
  field: string;
  from: unknown;
  to: unknown;
}

const isBranch = (value: unknown): value is object => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Whether two runs are of the same rows, so that their scores can be compared. */
export const sameData = (one: Pick<RunConfig, 'data'>, other: Pick<RunConfig, 'data'>): boolean => one.data.source === other.data.source && sameValue(one.data.table, other.data.table);

/** Every leaf at which two configurations differ. A dropout position that exists on one side only is one difference. */
export function differences(from: unknown, to: unknown, prefix = ''): Difference[] {
  if (sameValue(from, to)) return [];
  // How a table is read is one choice.
  if (!isBranch(from) || !isBranch(to) || prefix === 'data.table') return [{ field: prefix, from, to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return keys.flatMap((key) => differences((from as never)[key], (to as never)[key], prefix ? `${prefix}.${key}` : key));
}

export const POSITION_LABELS: Record<Position, string> = {
  logits: 'attention logits',
  weights: 'attention weights',
  hidden: 'FFN output',
  ffn_inner: 'FFN inner activation',
  embedding: 'embeddings',
  output: 'output representation',
  lora_input: 'LoRA input',
  lora_rank: 'LoRA rank',
};

const SHORT: Record<string, string> = {
  'data.source': 'data',
  'data.table': 'read as',
  'data.rows': 'rows',
  'data.noise': 'noise',
  'data.maxLength': 'greatest length',
  'model.source': 'model',
  'model.adapter': 'begins with',
  'model.rank': 'r',
  'model.alpha': 'α',
  'model.targets': 'targets',
  'model.peft': 'method',
  'model.fromLayer': 'adapted from layer',
  'model.ratio': 'B/A rate ratio',
  'model.virtualTokens': 'virtual tokens',
  'model.bottleneck': 'bottleneck',
  'model.weights': 'weights',
  'consistency.kind': 'consistency',
  'consistency.alpha': 'consistency α',
  'consistency.second': 'second pass',
  'consistency.every': 'consistency every',
  'optimizer.learningRate': 'rate',
  'optimizer.batchSize': 'batch',
  'optimizer.steps': 'steps',
  'optimizer.schedule': 'schedule',
  'optimizer.warmup': 'warm-up',
  'optimizer.weightDecay': 'decay',
  'optimizer.clip': 'clip',
  'optimizer.smoothing': 'smoothing',
  'optimizer.accumulation': 'accumulate',
  'optimizer.l1': 'L1',
  'optimizer.neftune': 'NEFTune α',
  'evaluation.every': 'evaluate every',
  'evaluation.chooses': 'best by',
  'evaluation.patience': 'patience',
  'evaluation.rows': 'held-out rows',
  seed: 'seed',
};

/** A few letters for a field, as used in names of runs and on charts. */
export function shortLabel(field: string): string {
  if (SHORT[field]) return SHORT[field];
  const [group, position, leaf] = field.split('.');
  if (group !== 'dropout' || !position) return field;
  const place = POSITION_LABELS[position as Position] ?? position;
  const words: Record<string, string> = { p: 'p', pattern: 'pattern', compensation: 'rescale', fromLayer: 'from layer', depth: 'p over depth', time: 'p over time' };
  return leaf ? `${place} ${words[leaf] ?? leaf}` : place;
}

const number = (value: number) => (value !== 0 && Math.abs(value) < 0.001 ? value.toExponential().replace('e-', 'e−') : String(Number(value.toPrecision(4))));

const course = ({ depth, time }: DropoutRule) => [depth && depth !== 'constant' && ` ${depth} with depth`, time && time !== 'constant' && ` ${time} over the run`].filter(Boolean).join(',');

/** A value as people read it: numbers short, lists joined, a dropout rule as "column 0.1". */
export function shortValue(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (value === undefined || value === null) return 'off';
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'object' && 'pattern' in value && 'p' in value) return `${String(value.pattern)} ${number(value.p as number)}${course(value as DropoutRule)}`;
  if (typeof value === 'object' && 'kind' in value) return String(value.kind);
  if (typeof value === 'object') return Object.entries(value).map(([key, rule]) => `${POSITION_LABELS[key as Position] ?? key} ${shortValue(rule)}`).join(' + ') || 'none';
  return String(value);
}

/** A value of a field: methods by their names, and a course that is not there is a constant one. */
function valueOf(field: string, value: unknown): string {
  if (field === 'model.peft') return PEFT_TITLES[value as PeftKind] ?? String(value);
  if (field === 'model.source') return modelName(String(value));
  if (field === 'model.adapter') return value === undefined || value === null ? 'nothing' : modelName(String(value));
  if (field === 'data.source') return dataName(String(value));
  if (/\.(depth|time)$/.test(field)) return String(value ?? 'constant');
  return shortValue(value);
}

/** "FFN output p 0.1 → 0.3", for a chart's hairline or a row's difference. */
export function describeDifference({ field, from, to }: Difference): string {
  if (/^dropout\.\w+$/.test(field)) {
    const place = shortLabel(field);
    if (from === undefined || from === null) return `+ ${place} ${shortValue(to)}`;
    if (to === undefined || to === null) return `− ${place}`;
  }
  if (field === 'dropout') return `dropout: ${shortValue(to)}`;
  return `${shortLabel(field)} ${valueOf(field, from)} → ${valueOf(field, to)}`;
}

/** What is different about `config` from the point of view of `reference`; empty when nothing is. */
export function describeDifferences(reference: RunConfig, config: RunConfig): string {
  return differences(reference, config).map(describeDifference).join(', ');
}

/** What a run is named first: its method where that is not LoRA, then its dropout; "Plain LoRA" where there is neither. */
function titlesOf({ model: { peft }, dropout, consistency }: RunConfig): string[] {
  const { title } = literatureName(dropout, consistency, peft);
  const drops = Object.values(dropout).some((rule) => rule.p > 0);
  return peft === 'lora' || !drops ? [title] : [PEFT_TITLES[peft], title];
}

/**
 * Method, dropout and rates, task and model where they are not the usual ones, and the settings that change what a run can reach.
 * @param reference what the settings are compared with: the defaults on this task and model, with this method
 */
export function nameOfRun(config: RunConfig, changes: readonly Change[], reference: RunConfig): string {
  const { data, model: { source } } = config;
  const parts = titlesOf(config);
  const rates = [...new Set(Object.values(config.dropout).filter((rule) => rule.p > 0).map((rule) => number(rule.p)))];
  if (rates.length) parts.push(`p ${rates.join(' / ')}`);
  if (data.source !== DEFAULT_CONFIG.data.source) parts.push(dataName(data.source));
  const builtIn = builtInFacts(source);
  if (!builtIn) parts.push(modelName(source));
  // Of those that come with the page only the decoder can write, so there its name says nothing.
  else if (source !== DEFAULT_CONFIG.model.source && kindOf(data) !== 'language_model') parts.push(builtIn.architecture);
  for (const difference of differences(reference, config)) {
    if (/^(dropout|consistency|data\.(source|table)$|model\.(source|peft)$)/.test(difference.field)) continue;
    // A table has no noise that could be chosen.
    if (data.table && difference.field === 'data.noise') continue;
    parts.push(`${shortLabel(difference.field)} ${valueOf(difference.field, difference.to)}`);
  }
  for (const change of changes.slice(0, 2)) parts.push(`${describeDifference(change)} @${change.step}`);
  if (changes.length > 2) parts.push(`${changes.length - 2} more ${changes.length === 3 ? 'change' : 'changes'}`);
  return parts.join(' · ');
}
