/** Records → rows to train on, and those that are set aside with a reason. */
import { conversationOf, wordsOf } from './chat';
import type { Labelling } from './kind';
import { isMinusOne, labelText } from './labels';
import { count } from './lines';
import { scoreOf } from './numbers';
import { columnOf, type Roles } from './roles';
import type { BadRow, Example, Place } from '../protocol/tableMessages';
import type { Cell, Table, TableRecord } from './report';

export interface Sorted {
  examples: Example[];
  bad: BadRow[];
  /** In order: numbers by value, words as computers do. */
  labels: string[];
  labelCounts: Record<string, number>;
  range?: [number, number];
}

/** What is known to be wrong in a text, so that it is looked for in each cell only then. */
export interface Flaws {
  /** Bytes that its encoding does not allow stand as U+FFFD. */
  broken: boolean;
  zeros: boolean;
}

/** A cell that cannot be used, as a reason. */
class Fault {
  constructor(readonly reason: string) {}
}

export function sortRecords(table: Table, roles: Roles, labelling: Labelling | undefined, flaws: Flaws): Sorted {
  const examples: Example[] = [];
  const bad: BadRow[] = [...table.bad];
  const counts = new Map<string, number>();
  let range: [number, number] | undefined;
  const read = readerOf(table, roles, labelling, flaws);
  for (const record of table.records) {
    const example = read(record);
    if (example instanceof Fault) {
      bad.push({ ...placeOf(record), reason: example.reason });
      continue;
    }
    examples.push(example);
    if (typeof example.label === 'number') range = [Math.min(range?.[0] ?? Infinity, example.label), Math.max(range?.[1] ?? -Infinity, example.label)];
    else if (example.label !== undefined) counts.set(example.label, (counts.get(example.label) ?? 0) + 1);
  }
  const isNumbers = [...counts.keys()].every((label) => label !== '' && !Number.isNaN(Number(label)));
  const labels = [...counts.keys()].toSorted((a, b) => (isNumbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : 1));
  bad.sort((a, b) => (a.line ?? a.record ?? 0) - (b.line ?? b.record ?? 0));
  return { examples, bad, labels, labelCounts: Object.fromEntries(labels.map((label) => [label, counts.get(label)!])), range };
}

function placeOf({ line, record }: Place): Place {
  if (record === undefined) return { line };
  return line === undefined ? { record } : { line, record };
}

function readerOf(table: Table, roles: Roles, labelling: Labelling | undefined, flaws: Flaws): (record: TableRecord) => Example | Fault {
  const isFile = table.quoting !== 'none';
  const nameOf = (at: number) => (isFile ? 'text' : String(columnOf(table, at)));
  const hint = table.delimiter === ',' && table.quoting === 'csv' ? ' (comma in an unquoted text)' : table.delimiter === '\t' ? ' (a tab inside a text)' : table.quoting === 'csv' ? ' (the separator in an unquoted text)' : '';
  const text = (cells: readonly Cell[], at: number) => textOf(cells[at], nameOf(at), isFile, flaws);

  const picturesAt = roles.messages === undefined ? [] : (table.names ?? []).flatMap((name, at) => (/^(images?|image_path|pictures?)$/i.test(name) ? [at] : []));
  const categoryAt = roles.target === undefined ? -1 : (table.names ?? []).findIndex((name, at) => /^category$/i.test(name) && at !== roles.target && !roles.prompt?.includes(at));

  return (record) => {
    const { cells } = record;
    if (isFile && flaws.zeros && cells.some((cell) => typeof cell === 'string' && cell.includes('\0'))) return new Fault(cells.join('').replaceAll('\0', '') === '' ? 'nothing but zero bytes: the file was not written to its end' : 'a zero byte in the row: the file may be damaged here');
    if ((isFile || table.names) && cells.length !== table.width) return new Fault(`${count(cells.length, 'field')}, ${table.width} expected${cells.length > table.width ? hint : ''}`);
    const place = placeOf(record);
    if (roles.messages !== undefined) {
      const read = conversationOf({
        turns: cells[roles.messages], name: String(columnOf(table, roles.messages)), hasPictures: picturesAt.some((at) => !isEmpty(cells[at])),
        ...(roles.reply !== undefined && { reply: { cell: cells[roles.reply], name: String(columnOf(table, roles.reply)) } }), ...(roles.system !== undefined && { system: cells[roles.system] }),
      });
      if ('fault' in read) return new Fault(read.fault);
      const last = read.turns.findLastIndex(({ role }) => role === 'assistant');
      const tools = roles.tools === undefined ? undefined : toolsOf(cells[roles.tools]);
      return { ...place, messages: read.turns, prompt_parts: read.turns.slice(0, last).map(wordsOf), target_text: wordsOf(read.turns[last]), ...(read.promptTurns !== undefined && { prompt_turns: read.promptTurns }), ...(tools && { tools }) };
    }
    if (roles.target !== undefined) return written(cells, roles, categoryAt < 0 ? place : { ...place, ...categoryOf(cells[categoryAt]) }, text, isFile);
    const first = roles.text === undefined ? undefined : text(cells, roles.text);
    const second = roles.text2 === undefined ? undefined : text(cells, roles.text2);
    const label = labelling && roles.label !== undefined ? labelOf(cells[roles.label], labelling, isFile, table.encoding === 'none') : undefined;
    if (first instanceof Fault) return isFile && label instanceof Fault && isEmpty(cells[roles.text!]) && isEmpty(cells[roles.label!]) ? new Fault('empty text and empty label') : emptied(first, record, isFile);
    if (second instanceof Fault) return new Fault(second.reason.replace('no text', 'no second text'));
    if (label instanceof Fault) return label;
    const example: Example = place;
    if (first !== undefined) example.text = first;
    if (second !== undefined) example.text2 = second;
    if (label !== undefined) example.label = label;
    return example;
  };
}

/** Descriptions of tools, as a list or as its JSON. */
function toolsOf(cell: Cell): unknown[] | undefined {
  try {
    const list: unknown = typeof cell === 'string' ? JSON.parse(cell) : cell;
    return Array.isArray(list) && list.length > 0 ? list : undefined;
  } catch {
    return undefined; // Words about tools, which a template would not take.
  }
}

const categoryOf = (cell: Cell): Pick<Example, 'category'> => (typeof cell === 'string' && cell.trim() !== '' ? { category: cell.trim() } : {});

const isEmpty = (cell: Cell): boolean => cell === '' || cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');
const emptied = (fault: Fault, { emptyQuotes }: TableRecord, isFile: boolean): Fault => (isFile && emptyQuotes && fault.reason === 'no text' ? new Fault('no text (empty quotes)') : fault);

function written(cells: readonly Cell[], { prompt = [], target }: Roles, place: Place, text: (cells: readonly Cell[], at: number) => string | Fault, isFile: boolean): Example | Fault {
  const parts: (string | null)[] = [];
  let reason: Fault | undefined;
  for (const at of prompt) {
    const cell = cells[at];
    if (isEmpty(cell)) parts.push(typeof cell === 'string' ? cell : null);
    else {
      const part = typeof cell === 'object' ? listedPrompt(cell!) : text(cells, at);
      if (part instanceof Fault) reason ??= part;
      else parts.push(part);
    }
  }
  const cell = cells[target!];
  const inner = (cell as { text?: unknown } | null)?.text;
  const list = Array.isArray(cell) ? cell : typeof cell === 'object' && Array.isArray(inner) ? inner : undefined;
  const references = list && referencesOf(list as unknown[]);
  const answer = references ? (references[0] ?? new Fault(`no ${isFile ? 'text to write' : 'reference'}`)) : text(cells, target!);
  if (reason) return reason;
  if (answer instanceof Fault) return isFile ? new Fault(answer.reason.replace('no text', 'no text to write')) : answer;
  if (parts.every((part) => part === null || part.trim() === '')) return new Fault('the prompt is empty');
  return { ...place, prompt_parts: parts, target_text: answer, ...(references ? { references } : {}) };
}

/** Facts as WebNLG's literature writes them: the parts of a triple with a bar between, triples with && between. Other lists and objects as JSON. */
function listedPrompt(cell: object): string {
  const isWord = (part: unknown) => typeof part === 'string' || typeof part === 'number';
  if (!Array.isArray(cell)) return tripleSet(cell) ?? JSON.stringify(cell);
  if (cell.every(isWord)) return cell.join(' && ');
  if (cell.every((triple) => Array.isArray(triple) && triple.every(isWord))) return (cell as unknown[][]).map((triple) => triple.join(' | ')).join(' && ');
  return JSON.stringify(cell);
}

/** `{ mtriple_set: [["S | p | O", …], …] }`, as WebNLG's own files have it: several orders of the same facts, of which the first is read. */
function tripleSet(cell: object): string | undefined {
  const values: unknown[] = Object.values(cell);
  const [first] = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : [];
  return Array.isArray(first) && first.length > 0 && first.every((triple) => typeof triple === 'string') ? first.join(' && ') : undefined;
}

/** A list of texts, or of objects that each hold one. */
function referencesOf(list: readonly unknown[]): string[] {
  return list.map((one) => (typeof one === 'object' && one !== null ? ((one as Record<string, unknown>).lex ?? (one as Record<string, unknown>).text ?? (one as Record<string, unknown>).content) : one)).filter((one): one is string => typeof one === 'string' && one.trim() !== '');
}

function textOf(cell: Cell, name: string, isFile: boolean, flaws: Flaws): string | Fault {
  if (cell === undefined) return new Fault(`no ${name}`);
  if (cell === null) return new Fault(`${name} is null`);
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  if (typeof cell !== 'string') return new Fault(Array.isArray(cell) ? `${name} is a list` : cell instanceof Uint8Array ? `${name} is bytes, not text` : `${name} is an object`);
  if (cell === '') return new Fault(isFile ? 'no text' : `${name} is empty`);
  if (cell.trim() === '') return new Fault(isFile ? 'no text (only spaces)' : `${name} has only spaces`);
  if (flaws.zeros && cell.includes('\0')) return new Fault(`a zero byte in the text: the file may be damaged here`);
  if (flaws.broken && cell.includes('\uFFFD')) return new Fault('bytes that are not valid in the encoding of the file');
  return cell;
}

function labelOf(cell: Cell, { target, spellings, none, numbers }: Labelling, isFile: boolean, isTyped: boolean): string | number | Fault {
  if (cell === undefined) return new Fault('no label');
  if (cell === null) return new Fault(isFile ? 'no label' : isTyped ? 'no label (null)' : 'label is null');
  const written = labelText(cell);
  if (written === undefined) return new Fault(Array.isArray(cell) ? (cell.length === 0 ? 'label is an empty list' : 'label is a list (several labels for one row)') : 'label is an object');
  if (written.trim() === '') return new Fault(written === '' || isFile ? 'no label' : 'label has only spaces');
  if (written.includes('\0')) return new Fault('a zero byte in the label: the file may be damaged here');
  if (target === 'number') {
    const score = scoreOf(written, numbers);
    if (none.has(written.trim())) return new Fault(`the score ${written.trim()} means that there is none`);
    return score ?? new Fault(`the score "${written.trim()}" is not a number`);
  }
  const label = spellings.labelOf.get(written) ?? written.trim();
  if (none.has(label)) return new Fault(isMinusOne(label) ? 'label is −1 (no label)' : `label is ${label} (no label)`);
  return label;
}
