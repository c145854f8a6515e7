/** Delimited records → a table: which line is the header, what stands before it, and how wide the table is. */
import type { RawRecord } from './delimited';
import { count, listed } from './lines';
import { INDEX_NAMES, TEXT_NAMES, isKnownName, plainName } from './names';
import { isNumeric } from './numbers';
import type { Wishes } from '../protocol/tableMessages';
import type { Doubt, Table, TableRecord } from './report';

/** Titles and dates that spreadsheets put above a table are a few lines. */
const MOST_PREAMBLE = 10;
const LOOKED_AT = 2000;

type Headed = Pick<Table, 'names' | 'headerLine' | 'width' | 'records' | 'bad' | 'notes' | 'doubts'>;

export function withHeader(raw: readonly RawRecord[], delimiter: string, wishes: Wishes): Headed {
  const notes: string[] = [];
  const doubts: Doubt[] = [];
  const usual = usualWidth(raw);
  const at = headerIndex(raw, usual, wishes, doubts);
  const preamble = at === undefined ? 0 : at;
  if (preamble > 0 && at !== undefined) notes.push(`${count(preamble, 'line')} above the header ${preamble === 1 ? 'was' : 'were'} left out (${listed(raw.slice(0, preamble).map(({ cells, line }) => `line ${line}: ${cells.join(' ').trim().slice(0, 40)}`), 3)}).`);
  const body = raw.slice(at === undefined ? 0 : at + 1);
  const header = at === undefined ? undefined : raw[at];
  const found = header ? namesOf(header.cells, body, notes) : { names: undefined, width: usual };
  const { names } = found;
  const width = names?.length ?? found.width;
  const cutNumbers = delimiter === ',' && (wishes.join_cells === undefined || (wishes.join_cells && wishes.decimal === 'comma')) ? cutNumbersAt(body, width) : -1;
  const mended = cutNumbers >= 0 ? numbersJoined(body, width, cutNumbers, notes) : wishes.join_cells ? joined(body, width, delimiter, names, notes) : body;
  const { records, bad } = recordsOf(mended, width, header?.cells, notes);
  const wide = wishes.join_cells === undefined ? widerRows(body, width) : 0;
  if (cutNumbers >= 0 && wishes.join_cells === undefined)
    doubts.push({ about: 'header', question: 'Most rows have one cell more than there are columns, as if decimal commas had cut the numbers. Are they to be joined with a comma, set aside, or joined to the texts?', choices: [{ join_cells: true, decimal: 'comma' }, { join_cells: false }, { join_cells: true }] });
  else if (wide > 0)
    doubts.push({ about: 'header', question: `${count(wide, 'row has', 'rows have')} more cells than there are columns, as if their texts were cut at the delimiters in them. Are they to be set aside, or joined back?`, choices: [{ join_cells: false }, { join_cells: true }] });
  return { names, headerLine: header?.line ?? null, width, records, bad, notes, doubts };
}

/** The width that most records have, empty cells at their ends not counted where all have them. */
function usualWidth(raw: readonly RawRecord[]): number {
  const widths = new Map<number, number>();
  for (const { cells, fault } of raw) if (!fault) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  return [...widths].reduce((best, entry) => (entry[1] > best[1] || (entry[1] === best[1] && entry[0] > best[0]) ? entry : best), [1, 0])[0];
}

function headerIndex(raw: readonly RawRecord[], usual: number, { header }: Wishes, doubts: Doubt[]): number | undefined {
  if (header === false || raw.length === 0) return undefined;
  if (typeof header === 'number') {
    const at = raw.findIndex(({ line }) => line === header);
    return at === -1 ? undefined : at;
  }
  if (header === true) return 0;
  const filled = ({ cells }: RawRecord) => cells.filter((cell) => cell.trim() !== '').length;
  let at = 0;
  if (usual > 1 && filled(raw[0]) <= 1) {
    const next = raw.slice(0, MOST_PREAMBLE + 1).findIndex((record) => !record.fault && record.cells.length >= usual - 1 && filled(record) > 1);
    if (next > 0 && judge(raw[next], raw.slice(next + 1)) !== 'no') at = next;
  }
  if (raw[at].fault) return undefined;
  const verdict = judge(raw[at], raw.slice(at + 1));
  if (verdict === 'yes') return at;
  if (verdict === 'no') return undefined;
  const isHeader = verdict === 'likely';
  const { line } = raw[at];
  doubts.push({ about: 'header', question: `Does line ${line} hold the names of the columns, or the first row?`, choices: isHeader ? [{ header: line }, { header: false }] : [{ header: false }, { header: line }] });
  return isHeader ? at : undefined;
}

/** Whether a record names the columns of those below it. */
function judge({ cells }: RawRecord, below: readonly RawRecord[]): 'yes' | 'likely' | 'unlikely' | 'no' {
  const rest = below.filter(({ fault, cells: others }) => !fault && others.some((cell, at) => cell !== cells[at])).slice(0, LOOKED_AT);
  const names = cells.map((cell) => cell.trim());
  const known = names.filter(isKnownName).length;
  if (names.every((name, at) => name === String(at)) || (names[0] === '' && names.slice(1).every((name, at) => name === String(at)))) return names.length > 1 ? 'yes' : 'unlikely';
  const isLong = names.some((name) => name.length > 60);
  const repeats = names.some((name, at) => name !== '' && rest.filter(({ cells: others }) => others[at]?.trim() === name).length > Math.min(2, rest.length / 4));
  if (repeats) return 'no';
  if (known > 0 && !isLong && names.every((name) => !isNumeric(name) || name === '')) return known > 1 || names.length === 1 || names.every((name) => name.split(/\s+/).length <= 3) ? 'yes' : 'likely';
  if (rest.length === 0) return known > 0 ? 'yes' : 'unlikely';
  const numeric = names.map((_, at) => rest.filter(({ cells: others }) => isNumeric(others[at]?.trim() ?? '')).length > 0.8 * rest.length);
  if (names.some((name, at) => numeric[at] && isNumeric(name))) return 'no';
  if (names.some((name, at) => numeric[at] && name !== '')) return isLong ? 'likely' : 'yes';
  if (names.some((name, at) => name !== '' && isOutsider(name, rest, at))) return isLong ? 'unlikely' : 'likely';
  const isShort = names.every((name, at) => name.length <= 30 && name.split(/\s+/).length <= 3 && (!/[.!?,;]$/.test(name) || name === '') && (rest.length < 2 || lengthOf(rest, at) >= 0));
  const longest = Math.max(...names.map((_, at) => lengthOf(rest, at)));
  if (isShort && Math.max(...names.map((name) => name.length)) < longest / 2) return 'likely';
  return isLong || names.some((name) => name.split(/\s+/).length > 4) ? 'no' : 'unlikely';
}

/** Whether a column has few values that all come again, of which `name` is none. */
function isOutsider(name: string, records: readonly RawRecord[], at: number): boolean {
  const counts = new Map<string, number>();
  for (const { cells } of records) counts.set(cells[at]?.trim() ?? '', (counts.get(cells[at]?.trim() ?? '') ?? 0) + 1);
  return records.length > 5 && counts.size > 1 && counts.size <= records.length / 3 && !counts.has(name) && [...counts.values()].every((many) => many > 1);
}

const lengthOf = (records: readonly RawRecord[], at: number): number => records.reduce((sum, { cells }) => sum + (cells[at]?.length ?? 0), 0) / Math.max(1, records.length);

/** Names of a header, mended where rows are wider by an index without a name, or all end in a delimiter. */
function namesOf(header: readonly string[], body: readonly RawRecord[], notes: string[]): { names: string[]; width: number } {
  let names = header.map((name) => name.trim());
  const whole = body.filter(({ fault }) => !fault);
  const below = (at: number) => whole.every(({ cells }) => (cells[at] ?? '').trim() === '');
  let dropped = 0;
  while (names.length > 1 && names.at(-1) === '' && below(names.length - 1)) {
    names = names.slice(0, -1);
    dropped++;
  }
  if (dropped > 0) notes.push(`${count(dropped, 'empty column')} at the right ${dropped === 1 ? 'was' : 'were'} left out.`);
  const wider = whole.filter(({ cells }) => cells.length === names.length + 1);
  if (whole.length > 1 && wider.length > 0.9 * whole.length && !wider.every(({ cells }) => cells.at(-1)!.trim() === '')) {
    const firsts = wider.map(({ cells }) => cells[0].trim());
    // A first column that is called an index needs none before it: something else was cut.
    const isIndex = !INDEX_NAMES.has(plainName(names[0])) && new Set(firsts).size === firsts.length && firsts.every((cell) => /^\S{0,20}\d\S{0,20}$/.test(cell));
    if (isIndex) {
      names = ['', ...names];
      notes.push('Rows have one cell more than the header: the first column is an index without a name, and the names belong to the columns after it.');
    }
  }
  const twice = names.filter((name, at) => name !== '' && names.indexOf(name) !== at);
  if (twice.length > 0) notes.push(`Several columns are called ${listed([...new Set(twice)])}; they are named by their numbers here (from 1).`);
  return { names, width: names.length };
}

/** How many rows were cut at delimiters in their texts, as it seems: too wide, with an end or a beginning that whole rows have too. */
function widerRows(body: readonly RawRecord[], width: number): number {
  const whole = body.filter(({ cells, fault }) => !fault && cells.length === width);
  const wide = body.filter(({ cells, fault }) => !fault && cells.length > width && cells.slice(width).some((cell) => cell.trim() !== ''));
  if (whole.length === 0 || width === 1) return width === 1 ? 0 : wide.length;
  const [firsts, lasts] = [0, width - 1].map((at) => new Set(whole.map(({ cells }) => cells[at].trim())));
  return wide.filter(({ cells }) => lasts.has(cells.at(-1)!.trim()) || firsts.has(cells[0].trim())).length;
}

const isWhole = (cell: string): boolean => /^\s*[+-]?\d+\s*$/.test(cell);

/** The column whose numbers were cut at decimal commas, from 0: most rows have a cell too many, and two whole numbers there; −1 where none was. */
function cutNumbersAt(body: readonly RawRecord[], width: number): number {
  const wide = body.filter(({ cells, fault }) => !fault && cells.length === width + 1 && cells.at(-1)!.trim() !== '');
  if (width < 2 || wide.length < 0.5 * body.length || wide.length < 2) return -1;
  const areCut = (at: number) => wide.filter(({ cells }) => isWhole(cells[at]) && /^\d+\s*$/.test(cells[at + 1])).length > 0.8 * wide.length;
  return Array.from({ length: width }, (_, at) => at).findLast(areCut) ?? -1;
}

function numbersJoined(body: readonly RawRecord[], width: number, at: number, notes: string[]): RawRecord[] {
  notes.push('Numbers with a decimal comma had been cut at it, since no quotes are around them, and were joined again.');
  return body.map((record) => {
    const { cells, fault } = record;
    const isCut = !fault && cells.length === width + 1 && isWhole(cells[at]) && /^\d+\s*$/.test(cells[at + 1]);
    return isCut ? { ...record, cells: [...cells.slice(0, at), `${cells[at]},${cells[at + 1]}`, ...cells.slice(at + 2)] } : record;
  });
}

/** Texts that were cut at the delimiters in them, joined with these: in the column of text, which is the longest of the rows that are whole. */
function joined(body: readonly RawRecord[], width: number, delimiter: string, names: readonly string[] | undefined, notes: string[]): RawRecord[] {
  const whole = body.filter(({ cells, fault }) => !fault && cells.length === width);
  const lengths = Array.from({ length: width }, (_, at) => (whole.length > 0 ? lengthOf(whole, at) : names && TEXT_NAMES.has(plainName(names[at])) ? 1 : 0));
  const text = lengths.indexOf(Math.max(...lengths));
  let many = 0;
  const records = body.map((record) => {
    const { cells, fault } = record;
    const more = cells.length - width;
    if (fault || more <= 0) return record;
    many++;
    return { ...record, cells: [...cells.slice(0, text), cells.slice(text, text + more + 1).join(delimiter), ...cells.slice(text + more + 1)] };
  });
  notes.push(`The texts of ${count(many, 'row')} were joined again where they had been cut.`);
  return records;
}

/** Records as wide as the table; others are set aside. Empty cells beyond the last column are no fault. */
function recordsOf(body: readonly RawRecord[], width: number, header: readonly string[] | undefined, notes: string[]): Pick<Table, 'records' | 'bad'> {
  const records: TableRecord[] = [];
  const bad: Table['bad'] = [];
  let extended = 0;
  for (const { cells, line, fault } of body) {
    if (fault) {
      bad.push({ line, reason: fault });
      continue;
    }
    if (header && cells.length === header.length && cells.every((cell, at) => cell.replace(/^\ufeff/, '') === header[at])) {
      bad.push({ line, reason: 'the header again, in the middle of the file' });
      continue;
    }
    if (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')) {
      extended++;
      records.push({ line, cells: cells.slice(0, width) });
    } else records.push({ line, cells });
  }
  if (extended > 0) notes.push(`${count(extended, 'row')} ${extended === 1 ? 'ends' : 'end'} in more delimiters than the table has columns; the empty cells behind were left out.`);
  return { records, bad };
}

