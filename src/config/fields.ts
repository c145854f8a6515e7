/** Every field of a configuration by its path: how it stands in a link, and what it may hold. Links, records and changes are all held to it. */
import { CHOOSERS } from './config';
import { isTask } from './tasks';
import { COMPENSATIONS, CONSISTENCY_KINDS, PATTERNS, POSITIONS, RATE_COURSES, SECOND_PASSES } from './dropout';
import { isAdapterSource, isModelSource } from './models';
import { PEFT_KINDS, TARGETS } from './peft';
import { SCHEDULES } from './schedule';
import { readReference, referenceText } from './sources';
import { isTableMapping, tableReference } from './tables';
import { WEIGHT_FORMATS } from './weightFormats';

export interface FieldKind {
  write(value: unknown): string;
  /** Undefined for text that it cannot understand. */
  read(text: string): unknown;
  /** Whether a value is of this kind; its range is judged with the whole configuration (problems.ts). */
  holds(value: unknown): boolean;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const number: FieldKind = {
  write: String,
  read: (text) => (NUMBER.test(text.trim()) && Number.isFinite(Number(text)) ? Number(text) : undefined),
  holds: (value) => typeof value === 'number' && Number.isFinite(value),
};
const oneOf = (names: readonly string[]): FieldKind => ({
  write: String, read: (text) => (names.includes(text) ? text : undefined), holds: (value) => typeof value === 'string' && names.includes(value),
});
/** A name that stands there twice is taken once. */
const listOf = (names: readonly string[]): FieldKind => ({
  write: (value) => (value as string[]).join('.'),
  read: (text) => {
    const parts = text.split('.');
    return parts.every((part) => names.includes(part)) ? [...new Set(parts)] : undefined;
  },
  holds: (value) => Array.isArray(value) && value.every((name) => names.includes(name)),
});

const modelSource: FieldKind = { write: String, read: (text) => (isModelSource(text) ? referenceText(readReference(text)!) : undefined), holds: isModelSource };

const adapterSource: FieldKind = { write: String, read: (text) => (isAdapterSource(text) ? referenceText(readReference(text)!) : undefined), holds: isAdapterSource };
const isDataSource = (value: unknown): value is string => typeof value === 'string' && (isTask(value) || tableReference(value) !== undefined);
const dataSource: FieldKind = { write: String, read: (text) => (isDataSource(text) ? text : undefined), holds: isDataSource };

const tableMapping: FieldKind = {
  write: (value) => JSON.stringify(value),
  read(text) {
    try {
      const value: unknown = JSON.parse(text);
      return isTableMapping(value) ? value : undefined;
    } catch {
      return undefined;
    }
  },
  holds: isTableMapping,
};

const RULE: Record<string, FieldKind> = {
  p: number, pattern: oneOf(PATTERNS), compensation: oneOf(COMPENSATIONS), fromLayer: number, depth: oneOf(RATE_COURSES), time: oneOf(RATE_COURSES),
};
const CONSISTENCY: Record<string, FieldKind> = { kind: oneOf(CONSISTENCY_KINDS), alpha: number, second: oneOf(SECOND_PASSES), every: number };

const below = (group: string, fields: Record<string, FieldKind>) => Object.fromEntries(Object.entries(fields).map(([name, kind]) => [`${group}.${name}`, kind]));

export const FIELDS: Readonly<Record<string, FieldKind>> = {
  'data.source': dataSource,
  'data.table': tableMapping,
  'data.rows': number,
  'data.noise': number,
  'data.maxLength': number,
  'model.source': modelSource,
  'model.adapter': adapterSource,
  'model.peft': oneOf(PEFT_KINDS),
  'model.rank': number,
  'model.alpha': number,
  'model.targets': listOf(TARGETS),
  'model.fromLayer': number,
  'model.ratio': number,
  'model.virtualTokens': number,
  'model.bottleneck': number,
  'model.weights': oneOf(WEIGHT_FORMATS),
  ...Object.assign({}, ...POSITIONS.map((position) => below(`dropout.${position}`, RULE))),
  ...below('consistency', CONSISTENCY),
  'optimizer.learningRate': number,
  'optimizer.batchSize': number,
  'optimizer.accumulation': number,
  'optimizer.steps': number,
  'optimizer.schedule': oneOf(SCHEDULES),
  'optimizer.warmup': number,
  'optimizer.weightDecay': number,
  'optimizer.clip': number,
  'optimizer.smoothing': number,
  'optimizer.l1': number,
  'optimizer.neftune': number,
  'evaluation.every': number,
  'evaluation.chooses': oneOf(CHOOSERS),
  'evaluation.patience': number,
  'evaluation.rows': number,
  seed: number,
};

/** Whether `value` has all of `needed`, nothing but `fields`, and in each of them what it may hold. */
function isMadeOf(value: unknown, fields: Record<string, FieldKind>, needed: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return needed.every((name) => Object.hasOwn(value, name)) && Object.entries(value).every(([name, part]) => Object.hasOwn(fields, name) && fields[name].holds(part));
}

const isRule = (value: unknown): boolean => isMadeOf(value, RULE, ['p', 'pattern']);
const isNothing = (value: unknown): boolean => value === undefined || value === null;
const RULES: Record<string, FieldKind> = Object.fromEntries(POSITIONS.map((position) => [position, { ...number, holds: isRule }]));
/** Parts of a rule that may be taken out again. */
const OPTIONAL = /^dropout\.\w+\.(compensation|fromLayer|depth|time)$/;

/** Whether a change may set `field` to `value`: a leaf, a rule or its removal, all rules, or a whole consistency term. */
export function canBecome(field: string, value: unknown): boolean {
  if (field === 'dropout') return isMadeOf(value, RULES, []);
  if (field === 'consistency') return isMadeOf(value, CONSISTENCY, ['kind', 'alpha', 'second']);
  if (POSITIONS.some((position) => field === `dropout.${position}`)) return isNothing(value) || isRule(value);
  return Object.hasOwn(FIELDS, field) && (FIELDS[field].holds(value) || (isNothing(value) && OPTIONAL.test(field)));
}
