/**
 * The whole experiment in a link: version, every field that differs from the default, and the changes made on the way.
 * One table of fields serves reading and writing.
 */
import { readAddress } from './address';
import { type Change, DEFAULT_CONFIG, type RunConfig, TASK_NAMES } from './config';
import { changeKind, fieldOf, withField } from './change';
import { sameValue } from './diff';
import { COMPENSATIONS, CONSISTENCY_KINDS, PATTERNS, POSITIONS, RATE_COURSES, SECOND_PASSES } from './dropout';
import { MODEL_FOLDERS } from './models';
import { PEFT_KINDS, TARGETS } from './peft';

export const LINK_VERSION = '1';

type Codec = { write: (value: unknown) => string; read: (text: string) => unknown };

/** `read` answers undefined for text that it cannot understand. */
const number: Codec = { write: String, read: (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined) };
const oneOf = (names: readonly string[]): Codec => ({ write: String, read: (text) => (names.includes(text) ? text : undefined) });
const listOf = (names: readonly string[]): Codec => ({
  write: (value) => (value as string[]).join('.'),
  read: (text) => {
    const parts = text.split('.');
    return parts.every((part) => names.includes(part)) ? parts : undefined;
  },
});

const FIELDS: Record<string, Codec> = {
  'data.task': oneOf(TASK_NAMES),
  'data.rows': number,
  'data.noise': number,
  'model.folder': oneOf(MODEL_FOLDERS),
  'model.peft': oneOf(PEFT_KINDS),
  'model.rank': number,
  'model.alpha': number,
  'model.targets': listOf(TARGETS),
  'model.fromLayer': number,
  'model.ratio': number,
  'model.virtualTokens': number,
  'model.bottleneck': number,
  ...Object.fromEntries(POSITIONS.flatMap((position) => [
    [`dropout.${position}.p`, number],
    [`dropout.${position}.pattern`, oneOf(PATTERNS)],
    [`dropout.${position}.compensation`, oneOf(COMPENSATIONS)],
    [`dropout.${position}.fromLayer`, number],
    [`dropout.${position}.depth`, oneOf(RATE_COURSES)],
    [`dropout.${position}.time`, oneOf(RATE_COURSES)],
  ])),
  'consistency.kind': oneOf(CONSISTENCY_KINDS),
  'consistency.alpha': number,
  'consistency.second': oneOf(SECOND_PASSES),
  'consistency.every': number,
  'optimizer.learningRate': number,
  'optimizer.batchSize': number,
  'optimizer.accumulation': number,
  'optimizer.steps': number,
  'optimizer.warmup': number,
  'optimizer.weightDecay': number,
  'optimizer.clip': number,
  'optimizer.smoothing': number,
  'optimizer.l1': number,
  'optimizer.neftune': number,
  'evaluation.every': number,
  seed: number,
};

/** The part of a link after `#`; empty for the default without changes. */
export function linkOf(config: RunConfig, changes: readonly Change[] = []): string {
  const parameters = new URLSearchParams();
  for (const [field, codec] of Object.entries(FIELDS)) {
    const value = fieldOf(config, field);
    if (value !== undefined && !sameValue(value, fieldOf(DEFAULT_CONFIG, field))) parameters.set(field, codec.write(value));
  }
  if (changes.length) parameters.set('changes', JSON.stringify(changes.map(({ step, field, from, to }) => [step, field, from ?? null, to ?? null])));
  if ([...parameters].length === 0) return '';
  return new URLSearchParams([['v', LINK_VERSION], ...parameters]).toString();
}

export interface OpenedLink {
  config: RunConfig;
  changes: Change[];
  /** How many settings the link set. */
  applied: number;
  /** What was not understood, each as it stood in the link. */
  ignored: string[];
}

function readChanges(text: string, ignored: string[]): Change[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) throw new TypeError('changes are not a list');
    return rows.flatMap((row) => {
      const [step, field, from, to] = Array.isArray(row) ? row : [];
      const known = Number.isInteger(step) && step >= 0 && typeof field === 'string' && changeKind(field) !== 'restart';
      if (!known) ignored.push(`change ${JSON.stringify(row)}`);
      return known ? [{ step, field, from, to } as Change] : [];
    });
  } catch {
    ignored.push('changes');
    return [];
  }
}

/** Reads the part of a link after `#`, apart from what of it is about the page. Unknown and unreadable settings are listed, never fatal. */
export function openLink(hash: string): OpenedLink {
  const parameters = new URLSearchParams(readAddress(hash).run);
  const ignored: string[] = [];
  let config = DEFAULT_CONFIG;
  let changes: Change[] = [];
  let applied = 0;
  for (const [field, text] of parameters) {
    if (field === 'v') {
      if (text !== LINK_VERSION) ignored.push(`version ${text}`);
    } else if (field === 'changes') changes = readChanges(text, ignored);
    else {
      const value = Object.hasOwn(FIELDS, field) ? FIELDS[field].read(text) : undefined;
      if (value === undefined) ignored.push(`${field}=${text}`);
      else {
        // The first part of a rule makes the rule; what it lacks is filled in below.
        const rule = /^dropout\.\w+/.exec(field)?.[0];
        if (rule && !fieldOf(config, rule)) config = withField(config, rule, {});
        config = withField(config, field, value);
        applied += 1;
      }
    }
  }
  for (const position of POSITIONS) {
    const rule = config.dropout[position];
    // A link may name only a rate: element is the plainest pattern. A rule without a rate drops nothing and is left out.
    if (rule && rule.p === undefined) {
      config = withField(config, `dropout.${position}`, undefined);
      ignored.push(`dropout.${position} (no rate)`);
    } else if (rule && rule.pattern === undefined) config = withField(config, `dropout.${position}.pattern`, 'element');
  }
  return { config, changes, applied, ignored };
}
