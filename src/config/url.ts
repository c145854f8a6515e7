/**
 * The whole experiment in a link: version, every field that differs from the default, and the changes made on the way.
 * One table of fields (fields.ts) serves reading and writing.
 */
import { readAddress } from './address';
import { type Change, DEFAULT_CONFIG, type RunConfig } from './config';
import { isTask } from './tasks';
import { fieldOf, withField } from './change';
import { cut, possibleChanges } from './changes';
import { sameValue } from './diff';
import { POSITIONS } from './dropout';
import { FIELDS } from './fields';
import { builtInFacts } from './models';

export const LINK_VERSION = '1';

/** More of what was not understood is counted and not listed. */
const MOST_LISTED = 20;

/** The names under which links have always held a model and a task that come with the page, with the fields that they set. */
const BUILT_IN_FIELDS: Readonly<Record<string, string>> = { 'model.folder': 'model.source', 'data.task': 'data.source' };

function spelling(field: string, value: unknown): string {
  if (field === 'model.source') return builtInFacts(String(value)) ? 'model.folder' : field;
  return field === 'data.source' && isTask(String(value)) ? 'data.task' : field;
}

/** The value of a link's field; undefined where it means nothing. */
function readField(field: string, text: string): unknown {
  if (field === 'data.task') return isTask(text) ? text : undefined;
  return field === 'model.folder' ? builtInFacts(text)?.source : FIELDS[field].read(text);
}

/** The part of a link after `#`; empty for the default without changes. */
export function linkOf(config: RunConfig, changes: readonly Change[] = []): string {
  const parameters = new URLSearchParams();
  for (const [field, codec] of Object.entries(FIELDS)) {
    const value = fieldOf(config, field);
    if (value !== undefined && !sameValue(value, fieldOf(DEFAULT_CONFIG, field))) parameters.set(spelling(field, value), codec.write(value));
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

/** The rows of a link's changes; what is none is named. */
function readRows(text: string, ignored: string[]): Change[] {
  try {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) throw new TypeError('changes are not a list');
    return rows.flatMap((row: unknown) => {
      if (Array.isArray(row) && row.length >= 2) return [{ step: row[0], field: row[1], from: row[2], to: row[3] } as Change];
      ignored.push(`change ${cut(JSON.stringify(row))}`);
      return [];
    });
  } catch {
    ignored.push('changes');
    return [];
  }
}

/** Reads the part of a link after `#`, apart from what of it is about the page. Unknown and unreadable settings are listed, never fatal. */
export function openLink(hash: string): OpenedLink {
  const parameters = [...new URLSearchParams(readAddress(hash).run)];
  const last = new Map(parameters.map(([field], index) => [field, index]));
  const ignored: string[] = [];
  let config = DEFAULT_CONFIG;
  let changes: Change[] = [];
  let applied = 0;
  parameters.forEach(([field, text], index) => {
    const known = field === 'v' || field === 'changes' || Object.hasOwn(BUILT_IN_FIELDS, field) || Object.hasOwn(FIELDS, field);
    if (known && last.get(field) !== index) ignored.push(`${cut(`${field}=${text}`)} (said again later)`);
    else if (field === 'v') {
      if (text !== LINK_VERSION) ignored.push(`version ${cut(text)}`);
    } else if (field === 'changes') changes = readRows(text, ignored);
    else {
      const value = known ? readField(field, text) : undefined;
      if (value === undefined) ignored.push(cut(`${field}=${text}`));
      else {
        // The first part of a rule makes the rule; what it lacks is filled in below.
        const rule = /^dropout\.\w+/.exec(field)?.[0];
        if (rule && !fieldOf(config, rule)) config = withField(config, rule, {});
        config = withField(config, BUILT_IN_FIELDS[field] ?? field, value);
        applied += 1;
        if (Array.isArray(value) && FIELDS[field].write(value) !== text) ignored.push(`${cut(`${field}=${text}`)} (taken as ${FIELDS[field].write(value)})`);
      }
    }
  });
  for (const position of POSITIONS) {
    const rule = config.dropout[position];
    // A link may name only a rate: element is the plainest pattern. A rule without a rate drops nothing and is left out.
    if (rule && rule.p === undefined) {
      config = withField(config, `dropout.${position}`, undefined);
      ignored.push(`dropout.${position} (no rate)`);
    } else if (rule && rule.pattern === undefined) config = withField(config, `dropout.${position}.pattern`, 'element');
  }
  changes = possibleChanges(config, changes, ignored);
  if (ignored.length > MOST_LISTED) ignored.splice(MOST_LISTED - 1, Infinity, `${ignored.length - MOST_LISTED + 1} more`);
  return { config, changes, applied, ignored };
}
