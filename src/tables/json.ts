/** JSON Lines, and JSON in the shapes that people's tools write: records → the same table as from a delimited file. */
import { isTurn } from './chat';
import { namedConversations } from './conversations';
import { elementsOf, endOfValue, faultOf, membersOf, repeatedKey, skipSpace, type Span } from './jsonScan';
import { columnNames, isObject, reach, type Named } from './jsonColumns';
import { LineCounter, count, countBreaks, listed, nameOfBreaks } from './lines';
import type { BadRow, Place } from '../protocol/tableMessages';
import { NoTable, type Table, type TableRecord } from './report';

/** A list of objects under these keys is one conversation, not a table. */
const CONVERSATIONS = /^(messages|conversations?|dialog(ue)?s?|turns|chat)$/i;

interface Read {
  /** Objects, or arrays below `names`. */
  values: { place: Place; value: unknown }[];
  bad: BadRow[];
  notes: string[];
  names?: string[];
  indexColumns?: string[];
  classNames?: Record<string, string[]>;
  /** Lines that would be right without the comma at their end. */
  commas?: { place: Place; value: unknown }[];
}

/** Whether a text is JSON in any of these forms, by how it begins. */
export function looksLikeJson(text: string, name: string): boolean {
  const begin = text.slice(0, 5000).trimStart();
  if (/\.(jsonl|ndjson|json)(\.gz)?$/i.test(name)) return begin !== '' && !/^[^{["\n]*[,\t;]/.test(begin);
  return /^\{\s*("|\}|$)/.test(begin) || /^\[\s*(\{|\[|"|\]|$)/.test(begin) || begin.startsWith("{'");
}

/** @throws NoTable for a document without rows in it */
export function readJson(text: string): Omit<Table, 'encoding' | 'doubts'> {
  const read = readValues(text);
  if (!read.names) read.values = namedConversations(read.values, read.notes);
  const common = { headerLine: null, delimiter: 'none', quoting: 'none' as const, newline: nameOfBreaks(onlyMain(countBreaks(text))), notes: read.notes, bad: read.bad, indexColumns: read.indexColumns, classNames: read.classNames };
  if (read.names) {
    const { names } = read;
    const rows = read.values.map(({ place, value }) => ({ ...place, cells: value as unknown[] }));
    return { ...common, names, width: names.length, records: rows };
  }
  const records: TableRecord[] = [];
  const objects: { place: Place; value: Named }[] = [];
  for (const { place, value } of read.values) {
    if (isObject(value)) objects.push({ place, value });
    else read.bad.push({ ...place, reason: Array.isArray(value) ? 'an array, not an object' : `${value === null ? 'null' : `a ${typeof value}`}, not an object` });
  }
  if (objects.length === 0 && read.bad.length > 0 && read.values.length > 0) return plainValues(read, common);
  const names = columnNames(objects.map(({ value }) => value), read.notes);
  for (const { place, value } of objects) records.push({ ...place, cells: names.map((name) => (name in value ? value[name] : reach(value, name))) });
  return { ...common, names, width: names.length, records };
}

/** A carriage return by itself is a space to JSON, and an end of a line to no one here. */
const onlyMain = (breaks: { crlf: number; lf: number; cr: number }) => (breaks.crlf + breaks.lf > 0 ? { ...breaks, cr: 0 } : breaks);

/** Values that are no objects: arrays are rows without names, strings a single column. */
function plainValues(read: Read, common: Omit<Table, 'encoding' | 'doubts' | 'width' | 'records' | 'names'>): Omit<Table, 'encoding' | 'doubts'> {
  const rows = read.values.map(({ place, value }) => ({ ...place, cells: Array.isArray(value) ? (value as unknown[]) : [value] }));
  const width = Math.max(...rows.map(({ cells }) => cells.length));
  const isArrays = read.values.every(({ value }) => Array.isArray(value));
  const others = common.bad.filter(({ line, record }) => !rows.some((row) => row.line === line && row.record === record));
  const notes = [...common.notes, isArrays ? 'The records are arrays without names; columns are counted from 1.' : 'The records are plain values without names.'];
  return { ...common, notes, bad: others, width, records: rows };
}

function readValues(text: string): Read {
  const start = skipSpace(text, 0);
  if (text[start] === '[') {
    const { spans, end, closed } = elementsOf(text, start);
    // A stray mark behind the array is none of its elements; more than that are other values, one a line.
    const behind = closed ? text.slice(end, end + 100).trim() : '';
    if (!closed) return readArray(text, ...resumed(text, spans));
    if (!/[[{]/.test(behind)) return readArray(text, spans, closed);
  }
  if (text[start] === '{') {
    const end = endOfValue(text, start);
    if (end !== -1 && skipSpace(text, end) >= text.length) return readDocument(text, start, end);
  }
  return readLines(text);
}

function holdComma(text: string, place: Place, read: Read): void {
  try {
    (read.commas ??= []).push({ place, value: JSON.parse(text.slice(0, text.lastIndexOf(','))) as unknown });
  } catch {
    return; // The comma is not all that is wrong.
  }
}

/** Where most lines end in a comma behind the object, somebody took the brackets of an array away: the commas are no fault then. */
function acceptCommas(read: Read): void {
  const held = read.commas ?? [];
  if (held.length <= read.values.length) return;
  const places = new Set(held.map(({ place }) => place.line));
  read.bad = read.bad.filter(({ line }) => !places.has(line));
  read.values = [...read.values, ...held].toSorted((a, b) => a.place.line! - b.place.line!);
  read.notes.push(`${count(held.length, 'line')} end in a comma behind the object, which was left out.`);
}

function parse(text: string, place: Place, read: Read): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (place.record === undefined && /\}\s*,$/.test(text)) holdComma(text, place, read);
    if (place.record !== undefined || !parseSeveral(text, place, read)) read.bad.push({ ...place, reason: faultOf(text) });
    return;
  }
  const repeated = isObject(value) ? repeatedKey(text, value) : undefined;
  if (repeated !== undefined) read.bad.push({ ...place, reason: `the key ${repeated} stands twice in the object` });
  else read.values.push({ place, value });
}

/** Objects one behind the other on a line, as a writer that forgot the breaks leaves them. */
function parseSeveral(text: string, { line }: Place, read: Read): boolean {
  const spans: Span[] = [];
  for (let at = 0; text[at] === '{';) {
    const end = endOfValue(text, at);
    if (end === -1) return false;
    spans.push({ start: at, end });
    at = skipSpace(text, end);
    if (at >= text.length) break;
    if (text[at] !== '{') return false;
  }
  if (spans.length < 2) return false;
  read.notes.push(`Line ${line} holds ${spans.length} objects one behind the other; each was read as a record.`);
  for (const { start, end } of spans) parse(text.slice(start, end), { line }, read);
  return true;
}

function readArray(text: string, spans: readonly Span[], closed: boolean): Read {
  const read: Read = { values: [], bad: [], notes: ['The file is one JSON array, not one object a line; its elements were read as records.'] };
  const counter = new LineCounter(text, '\n');
  spans.forEach(({ start, end }, index) => {
    const place = { line: counter.lineAt(start + 1), record: index + 1 };
    if (!closed && index === spans.length - 1) {
      let isWhole = true;
      try {
        JSON.parse(text.slice(start, end));
      } catch {
        isWhole = false;
      }
      if (!isWhole) {
        read.bad.push({ ...place, reason: 'the file ends inside this record' });
        return;
      }
    }
    parse(text.slice(start, end), place, read);
  });
  if (!closed) read.notes.push('The closing bracket of the array is missing: the file is cut off, or was not finished.');
  return rowsUnderHeader(read);
}

/** An element whose bracket or quote is not closed takes all behind it; the next one begins where a line begins as the first element's does. */
function resumed(text: string, spans: readonly Span[]): [Span[], boolean] {
  if (spans.length === 0) return [[], false];
  const lineStart = text.lastIndexOf('\n', spans[0].start);
  const opening = text.slice(lineStart, spans[0].start + 1);
  const all = [...spans];
  for (let tries = 0; tries < 1000; tries++) {
    const last = all[all.length - 1];
    const next = lineStart === -1 ? -1 : text.indexOf(opening, last.start + 1);
    if (next === -1) return [all, false];
    all[all.length - 1] = { start: last.start, end: next };
    const { spans: more, closed } = elementsOf(text, next);
    all.push(...more);
    if (closed || more.length === 0) return [all, closed];
  }
  return [all, false];
}

/** An array of arrays whose first has names only. */
function rowsUnderHeader(read: Read): Read {
  const { values } = read;
  if (values.length < 2 || !values.every(({ value }) => Array.isArray(value))) return read;
  const [first, ...rest] = values as { place: Place; value: unknown[] }[];
  const areNames = first.value.every((cell) => typeof cell === 'string' && cell.length <= 40 && !/[.!?]$/.test(cell)) && /label|text|class|sentence|score|prompt|target|sentiment/i.test(first.value.join(' '));
  if (!areNames) return read;
  return { ...read, values: rest, names: first.value.map(String), notes: [...read.notes, 'The first array has the names of the columns.'] };
}

function readLines(text: string): Read {
  const read: Read = { values: [], bad: [], notes: [] };
  const blanks: number[] = [];
  let line = 1;
  const breaks = text.includes('\n') ? '\n' : '\r';
  for (let at = 0; at < text.length; line++) {
    const next = text.indexOf(breaks, at);
    const end = next === -1 ? text.length : next;
    const here = text.slice(at, end).trim();
    let to = end + 1;
    let lines = 0;
    if (here === '') blanks.push(line);
    else if (here === '{' || here === '[') {
      // An object over several lines: the first line alone is no fault.
      const close = endOfValue(text, text.indexOf(here, at));
      if (close === -1) read.bad.push({ line, reason: faultOf(here) });
      else {
        parse(text.slice(at, close), { line }, read);
        const after = text.indexOf(breaks, close);
        to = after === -1 ? text.length : after + 1;
        for (let step = text.indexOf(breaks, end + 1); step !== -1 && step < to; step = text.indexOf(breaks, step + 1)) lines++;
      }
    } else parse(here, { line }, read);
    at = to;
    line += lines;
  }
  acceptCommas(read);
  const inner = blanks.length > 0 ? `${count(blanks.length, 'blank line')} (${listed(blanks)}) ${blanks.length === 1 ? 'is' : 'are'} no fault and not counted.` : undefined;
  if (inner) read.notes.push(inner);
  return rowsUnderHeader(read);
}

/** One object: a wrapper around rows, or a table by columns, by index or in two parts, as pandas writes them. */
function readDocument(text: string, start: number, end: number): Read {
  const members = membersOf(text, start);
  const opens = (letter: string) => members.filter(({ value }) => text[value.start] === letter);
  const arrays = opens('[');
  const objects = opens('{');
  const keyed = (key: string) => members.find((member) => member.key === key);
  const names = keyed('columns');
  const data = keyed('data');
  if (names && data && text[names.value.start] === '[' && text[data.value.start] === '[') return readSplit(text, names.value, data.value);
  const holders = arrays.filter(({ key, value }) => holdsRecords(text, key, value.start));
  if (holders.length > 0) return readHolder(text, members.map(({ key }) => key), holders);
  const whole = parseWhole(text.slice(start, end));
  if (arrays.length > 1 && arrays.length >= members.length - 1) return readColumns(arrays.map(({ key }) => [key, whole[key] as unknown[]]), 'Each key of the file holds a whole column; they were put beside each other.');
  if (objects.length > 1 && objects.length === members.length) {
    const inner = objects.map(({ key }) => [key, whole[key] as Named] as const);
    if (inner.every(([, value]) => Object.keys(value).every((key) => /^\d+$/.test(key)))) return readColumns(inner.map(([key, value]) => [key, Object.values(value)]), 'The file is a table by columns (as pandas writes it); they were put beside each other.');
    const values = inner.map(([key, value], index) => ({ place: { record: index + 1 }, value: { '': key, ...value } }));
    return { values, bad: [], notes: ['The file is one object with a record under each key.'], indexColumns: [''] };
  }
  const message = whole.error ?? whole.message ?? whole.detail;
  if (typeof message === 'string' && members.length < 5) throw new NoTable(`The file holds an error message in place of data: "${message}". Download it again.`);
  return { values: [{ place: { line: 1, record: 1 }, value: whole }], bad: [], notes: ['The file is a single JSON object.'] };
}

/** Whether a list has records in it: objects, or conversations of which each is a list; not the turns of one. */
function holdsRecords(text: string, key: string, start: number): boolean {
  const first = skipSpace(text, start + 1);
  if (text[first] !== '{' && !(text[first] === '[' && text[skipSpace(text, first + 1)] === '{')) return false;
  const end = endOfValue(text, first);
  if (end === -1) return text[first] === '{' && !CONVERSATIONS.test(key);
  try {
    const value: unknown = JSON.parse(text.slice(first, end));
    return Array.isArray(value) ? value.some(isTurn) : !CONVERSATIONS.test(key) || !isTurn(value);
  } catch {
    return !CONVERSATIONS.test(key);
  }
}

function parseWhole(text: string): Named {
  try {
    return JSON.parse(text) as Named;
  } catch {
    throw new NoTable(`The file is one JSON object that cannot be read: ${faultOf(text)}. Mend it, or save one object a line.`);
  }
}

function readSplit(text: string, names: Span, data: Span): Read {
  const columns = JSON.parse(text.slice(names.start, names.end)) as unknown[];
  const read = readArray(text, elementsOf(text, data.start).spans, true);
  return { ...read, names: columns.map(String), notes: ['The file has its column names and its rows in two parts (as pandas writes orient="split").'] };
}

function readHolder(text: string, keys: readonly string[], holders: readonly { key: string; value: Span }[]): Read {
  const chosen = holders.find(({ key }) => /^(train|data|rows|examples|instances|items|records)$/i.test(key)) ?? holders[0];
  const others = holders.filter((holder) => holder !== chosen).map(({ key }) => key);
  const read = readArray(text, elementsOf(text, chosen.value.start).spans, true);
  read.notes = [`The records are those under "${chosen.key}"${others.length > 0 ? `; those under ${listed(others)} were left out, give them as files of their own` : ''}.`];
  const isViewer = read.values.length > 0 && read.values.every(({ value }) => isObject(value) && isObject(value.row) && 'row_idx' in value);
  if (isViewer) read.values = read.values.map(({ place, value }) => ({ place, value: (value as { row: Named }).row }));
  if (keys.includes('schema') && chosen.key === 'data') read.indexColumns = ['index'];
  return read;
}

function readColumns(columns: readonly (readonly [string, readonly unknown[]])[], note: string): Read {
  const rows = Math.max(...columns.map(([, cells]) => cells.length));
  const short = columns.filter(([, cells]) => cells.length < rows).map(([name]) => name);
  const values = Array.from({ length: rows }, (_, row) => ({ place: { record: row + 1 }, value: columns.map(([, cells]) => cells[row]) }));
  const notes = [note, ...(short.length > 0 ? [`Columns differ in length: ${listed(short)} ${short.length === 1 ? 'is' : 'are'} shorter.`] : [])];
  return { values, bad: [], notes, names: columns.map(([name]) => name) };
}
