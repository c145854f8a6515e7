/** What the import did and why, as sentences. */
import { count, listed } from './lines';
import { columnOf, type Roles } from './roles';
import type { Repeats } from './shape';
import type { BadRow, Example } from '../protocol/tableMessages';
import type { Table } from './report';

/** A column as a sentence has it. */
const called = (table: Table, at: number): string => {
  const column = columnOf(table, at);
  return column === '' ? `column ${at + 1} (without a name)` : String(column);
};

export function roleNotes(table: Table, roles: Roles, ignored: readonly number[]): string[] {
  const name = (at: number) => called(table, at);
  const left = ignored.length > 0 ? `; left out: ${listed(ignored.map(name), 12)}` : '';
  const header = table.headerLine !== null ? `Names come from line ${table.headerLine}. ` : table.quoting === 'none' ? '' : 'There is no header; columns are counted from 1. ';
  const { text, text2, label, prompt = [], target, messages, reply, system, tools } = roles;
  if (messages !== undefined) {
    const before = system === undefined ? '' : `; ${name(system)} is said before all turns`;
    const may = tools === undefined ? '' : `; ${name(tools)} is what it may call`;
    return [`${header}${reply === undefined ? `Each record is a conversation (${name(messages)}); what the assistant says is learned` : `Each record is a conversation: ${name(messages)}, and ${name(reply)}, which is learned`}${before}${may}${left}.`];
  }
  if (target !== undefined) {
    const joined = prompt.length > 1 ? `; ${listed(prompt.slice(1).map(name))} ${prompt.length > 2 ? 'are' : 'is'} joined to ${name(prompt[0])} where there is one` : '';
    return [`${header}Prompt: ${listed(prompt.map(name))}${joined}; what is written: ${name(target)}${left}.`];
  }
  if (text === undefined) return header ? [header.trim()] : [];
  return [`${header}${text2 === undefined ? `Text: ${name(text)}` : `Two texts a row: ${name(text)} and ${name(text2)}`}${label === undefined ? '' : `; label: ${name(label)}`}${left}.`];
}

export function badNotes(bad: number, good: number, table: Table, rows: readonly BadRow[]): string[] {
  if (bad === 0) return [];
  const places = rows.slice(0, 12).map(({ line, record }) => (line === undefined ? `record ${record}` : `line ${line}`));
  const notes = [`${count(bad, 'row')} ${bad === 1 ? 'is' : 'are'} set aside with ${bad === 1 ? 'its reason' : 'their reasons'} (${listed(bad > 12 ? [...places, `${bad - 12} more`] : places, 13)})${good > 0 ? `; go on with the ${good} good ${good === 1 ? 'one' : 'ones'}, or mend the file` : ''}.`];
  const wide = rows.filter(({ reason }) => /^(\d+) fields, (\d+) expected/.test(reason) && Number(/^(\d+)/.exec(reason)![1]) > table.width).length;
  if (wide > 0 && table.quoting !== 'literal') notes.push(`A text with ${table.delimiter === ',' ? 'commas' : 'separators'} in it needs quotes around it: "like this, and this".`);
  return notes;
}

/** Rows that say what others say, and inputs with more than one label. */
export function repeatNotes({ repeated, contradicting, pairs }: Repeats, examples: readonly Example[]): string[] {
  const place = (index: number) => (examples[index].line === undefined ? `record ${examples[index].record}` : `line ${examples[index].line}`);
  return [
    ...(repeated > 0 ? [`${count(repeated, 'row says', 'rows say')} the same as an earlier one, label and all; they were kept.`] : []),
    ...(contradicting > 0 ? [`${count(contradicting, 'text stands', 'texts stand')} with different labels (${listed(pairs.map(([a, b]) => `${place(a)} and ${place(b)}`), 4)}); they were kept.`] : []),
  ];
}

const NONE_WORDS = /^(none|null|na|n\/a|nan|undefined)$/i;
const LONG = 1_000_000;

/** Texts that a reader may take for none, and those that no model reads whole. */
export function wordNotes(examples: readonly Example[]): string[] {
  const notes: string[] = [];
  const words = new Map<string, number>();
  const long: string[] = [];
  for (const { text, text2, target_text, line, record } of examples) {
    const look = (one: string) => {
      if (one.length < 10 && NONE_WORDS.test(one.trim())) words.set(one.trim(), (words.get(one.trim()) ?? 0) + 1);
      if (one.length > LONG) long.push(`${line === undefined ? `record ${record}` : `line ${line}`} (${(one.length / 1e6).toFixed(1)} million characters)`);
    };
    if (text !== undefined) look(text);
    if (text2 !== undefined) look(text2);
    if (target_text !== undefined) look(target_text);
  }
  if (words.size > 0) notes.push(`Some texts are nothing but the word ${listed([...words].map(([word, many]) => `${word} (${many})`))}; they were kept as texts.`);
  if (long.length > 0) notes.push(`Very long texts, which will be cut: ${listed(long, 5)}.`);
  return notes;
}
