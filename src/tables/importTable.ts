/** The bytes of a file → its rows and a report on them: what was found, what was set aside, and what is still to be asked. */
import { factsOf } from './columns';
import { gunzip, isGzip, refuseOthers, refusePages } from './container';
import { readDelimited } from './delimited';
import { findDialect, nameOf } from './dialect';
import { decode } from './encoding';
import { sortRecords } from './examples';
import { withHeader } from './header';
import { looksLikeJson, readJson } from './json';
import { balanceNotes, labellingOf } from './kind';
import { count, countBreaks, listed, nameOfBreaks } from './lines';
import { readParquet } from './parquet';
import { columnOf, findRoles, type Roles } from './roles';
import { NoTable, type Doubt, type Example, type Problem, type Question, type Reading, type Report, type Table, type Target, type Wishes } from './report';

export interface Imported {
  report: Report;
  /** All usable rows, in the order of the file. */
  examples: Example[];
}

/** Reasons are listed for so many rows; how many there are in all is said. */
const MOST_BAD_ROWS = 10_000;
/** Previews of another reading look at this much of a long file. */
const PREVIEW = 1 << 20;
const PREVIEW_RECORDS = 20_000;

interface Opened {
  bytes: Uint8Array;
  notes: string[];
}

/**
 * Reads a table of any of the formats, whatever its name says.
 * @param name the file's, whose ending counts only where the bytes leave two ways open
 * @param wishes what the caller knows better than this would find
 */
export async function importTable(name: string, bytes: Uint8Array, wishes: Wishes = {}): Promise<Imported> {
  try {
    const opened = open(bytes);
    const isParquet = opened.bytes.length > 0 && refuseOthers(opened.bytes) === 'parquet';
    if (isParquet) return learn(name, { ...(await readParquet(opened.bytes)), encoding: 'none', doubts: [] }, wishes, opened.notes, false, undefined);
    return readText(name, opened, wishes);
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    return { report: refusalOf(name, error.message), examples: [] };
  }
}

function open(bytes: Uint8Array): Opened {
  if (!isGzip(bytes)) return { bytes, notes: [] };
  const { bytes: inner, members, rest } = gunzip(bytes);
  const notes = [`The file is gzip${members > 1 ? ` of ${members} members, all of which were read` : ''}${rest > 0 ? `; ${count(rest, 'zero byte')} behind it were left out` : ''}.`];
  if (isGzip(inner)) throw new NoTable('The .gz holds another .gz. Unpack it once and give that.');
  return { bytes: inner, notes };
}

function readText(name: string, { bytes, notes }: Opened, wishes: Wishes): Imported {
  const decoded = decode(bytes, wishes);
  const { text } = decoded;
  refusePages(text);
  if (text.trim() === '') throw new NoTable(bytes.length === 0 ? 'The file is empty (0 bytes). Give one with a header and rows.' : 'The file holds nothing but spaces and blank lines. Give one with a header and rows.');
  if (/^\0+$/.test(text)) throw new NoTable('The file holds nothing but zero bytes: it was not written to the end. Copy or download it again.');
  const table = tableOf(name, text, wishes);
  const whole: Table = { ...table, encoding: decoded.encoding, doubts: [...decoded.doubts, ...table.doubts] };
  const before = [...notes, ...decoded.notes];
  const redo = (choose: Wishes): Imported => {
    const isLong = bytes.length > PREVIEW;
    const part = isLong ? bytes.subarray(0, Math.max(bytes.lastIndexOf(10, PREVIEW), bytes.lastIndexOf(13, PREVIEW)) + 1 || PREVIEW) : bytes;
    const again = decode(part, { encoding: wishes.encoding ?? (choose.encoding === undefined ? decoded.encoding : undefined), ...choose });
    return learn(name, { ...tableOf(name, again.text, { ...wishes, ...choose }), encoding: again.encoding, doubts: [] }, { ...wishes, ...choose }, [], again.hasBroken, undefined);
  };
  return learn(name, whole, wishes, before, decoded.hasBroken, { redo, isPart: bytes.length > PREVIEW });
}

type TextTable = Omit<Table, 'encoding'>;

function tableOf(name: string, text: string, wishes: Wishes): TextTable {
  if (wishes.delimiter === undefined && wishes.quoting === undefined && looksLikeJson(text, name)) return { ...readJson(text), doubts: [] };
  const dialect = findDialect(text, name, wishes);
  const notes = [...dialect.notes];
  const blanks: number[] = [];
  let raw = readDelimited(dialect.text, dialect, (line) => blanks.push(line));
  if (dialect.sepLine) raw = raw.slice(1);
  const headed = withHeader(raw, wishes);
  if (blanks.length > 0) notes.push(`${count(blanks.length, 'blank line')} (${listed(blanks)}) ${blanks.length === 1 ? 'is' : 'are'} no bad row and not counted.`);
  const isSingle = headed.width === 1 && wishes.delimiter === undefined;
  notes.push(isSingle ? 'The file has one column.' : `Cells are separated by ${nameOf(dialect.delimiter)}; ${dialect.quoting === 'literal' ? 'quotes are part of the texts' : dialect.quoting === 'backslash' ? 'quotes wrap cells, and a backslash stands before a quote inside' : 'quotes wrap cells'}.`);
  for (const record of headed.records) if (record.cells.includes('') && dialect.quoting !== 'literal') record.emptyQuotes = isEmptyQuoted(raw, record.line!, dialect.text);
  return { ...headed, delimiter: isSingle ? 'none' : dialect.delimiter, quoting: dialect.quoting, newline: dialect.newline === 'none' ? nameOfBreaks(countBreaks(text)) : dialect.newline, notes: [...notes, ...headed.notes], doubts: [...dialect.doubts, ...headed.doubts] };
}

function isEmptyQuoted(raw: readonly { line: number; start: number; end: number }[], line: number, text: string): boolean {
  let [low, high] = [0, raw.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (raw[middle].line < line) low = middle + 1;
    else high = middle;
  }
  return text.slice(raw[low].start, Math.min(raw[low].end, raw[low].start + 10_000)).includes('""');
}

interface Again {
  redo: (choose: Wishes) => Imported;
  isPart: boolean;
}

const OF_THE_TEXT: readonly Doubt['about'][] = ['encoding', 'delimiter', 'quoting', 'header'];

/** A table → what is to be learned from it. `again` is there where another reading of the text may be previewed. */
function learn(name: string, table: Table, wishes: Wishes, before: readonly string[], hasBroken: boolean, again: Again | undefined, isPreview = false): Imported {
  const doubts: Doubt[] = [...table.doubts];
  const facts = factsOf(table);
  const roles = findRoles(table, facts, wishes, doubts);
  const labelling = roles.label === undefined ? undefined : labellingOf(table, facts[roles.label], wishes, doubts);
  const sorted = sortRecords(table, roles, labelling, hasBroken);
  const { examples, bad, labelCounts, range } = sorted;
  const found = problemOf(table, roles, labelling?.target, sorted, doubts);
  const notes = [...before, ...table.notes, ...roleNotes(table, roles, found.problem), ...(labelling?.notes ?? []), ...(found.target === 'classes' ? balanceNotes(labelCounts) : []), ...found.notes, ...badNotes(bad.length, examples.length, table, bad)];
  const isRefused = found.problem === 'refused';
  const report: Report = {
    file: name, rows: isRefused ? 0 : examples.length, rows_read: table.records.length + table.bad.length,
    columns: { header_line: table.headerLine, names: table.names ?? [], ...rolesOf(table, roles), ignored: ignoredOf(table, roles) },
    labels: found.target === 'classes' || isRefused ? Object.keys(labelCounts) : [],
    ...(found.target === 'classes' || (isRefused && Object.keys(labelCounts).length > 0) ? { label_counts: labelCounts } : {}), ...(range ? { range } : {}),
    ...(examples.length > 0 ? { first: examples[0], last: examples.at(-1) } : {}),
    bad_rows: bad.slice(0, MOST_BAD_ROWS), ...(bad.length > MOST_BAD_ROWS ? { bad_rows_in_all: bad.length } : {}),
    delimiter: table.delimiter, quoting: table.quoting, encoding: table.encoding, newline: table.newline, problem: found.problem, target: found.target, notes, questions: [],
    ...(labelling && Object.keys(labelling.spellings.several).length > 0 && found.target === 'classes' ? { spellings: labelling.spellings.several } : {}),
    ...classNamesOf(table, roles),
  };
  const imported = { report, examples: isRefused ? [] : examples };
  if (!isPreview && (again || table.quoting === 'none')) report.questions = doubts.map((doubt) => questionOf(doubt, imported, name, table, wishes, hasBroken, again));
  return imported;
}

function questionOf({ about, question, choices }: Doubt, taken: Imported, name: string, table: Table, wishes: Wishes, hasBroken: boolean, again: Again | undefined): Question {
  const isOfText = OF_THE_TEXT.includes(about);
  const isPart = isOfText ? again?.isPart === true : table.records.length > PREVIEW_RECORDS;
  const part: Table = { ...table, doubts: [], records: table.records.slice(0, PREVIEW_RECORDS), bad: isPart ? [] : table.bad };
  const readings = choices.map((choose, index): Reading => {
    const isTaken = index === 0;
    const { report } = isTaken && !isPart ? taken : isOfText ? safely(name, () => again!.redo(choose)) : safely(name, () => learn(name, part, { ...wishes, ...choose }, [], hasBroken, undefined, true));
    const { rows, bad_rows, problem, label_counts, range, first } = report;
    const counts = label_counts && Object.keys(label_counts).length > 20 ? undefined : label_counts;
    return { choose, taken: isTaken, rows, bad_rows: bad_rows.length, problem, ...(counts ? { label_counts: counts } : {}), ...(range ? { range } : {}), ...(first ? { first } : {}) };
  });
  return { about, question, readings, ...(isPart ? { of: isOfText ? 'the first megabyte' : `the first ${PREVIEW_RECORDS} records` } : {}) };
}

function safely(name: string, read: () => Imported): Imported {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    return { report: refusalOf(name, error.message), examples: [] };
  }
}

/** What is learned, or why nothing can be. */
function problemOf(table: Table, roles: Roles, target: 'classes' | 'number' | undefined, { examples, labelCounts, range, bad }: ReturnType<typeof sortRecords>, doubts: Doubt[]): { problem: Problem; target: Target; notes: string[] } {
  const refuse = (note: string, kind: Target = 'none') => ({ problem: 'refused' as const, target: kind, notes: [note] });
  if (table.records.length + table.bad.length === 0) return refuse(table.names ? `The file has a header (${listed(table.names, 10)}) and no rows. Give one with rows.` : 'The file has no rows.');
  if (roles.target !== undefined) return examples.length === 0 ? refuse('No row has both a prompt and a text to write.', 'text') : { problem: 'generation', target: 'text', notes: [] };
  if (roles.label === undefined) return refuse(`No column was found that could be a label${roles.text === undefined ? '' : `; there is only text (${columnOf(table, roles.text)})`}. Choose the columns, or give a file with a label or an answer to each text.`);
  if (roles.text === undefined) return refuse('No column was found that could be a text. Choose the columns.');
  if (examples.length === 0) return refuse(noLabels(bad.length, bad.map(({ reason }) => reason)));
  const isPair = roles.text2 !== undefined;
  if (target === 'number') return range![0] === range![1] ? refuse(`Every score is ${range![0]}: there is nothing to tell apart.`, 'number') : { problem: isPair ? 'pairs' : 'regression', target: 'number', notes: [] };
  const labels = Object.keys(labelCounts);
  if (labels.length === 1) return refuse(`Every usable row has the same label (${labels[0]}): a classifier needs two classes or more.`, 'classes');
  if (labels.length === examples.length && examples.length > 3) {
    const choices = [{ target: 'classes' as const }, { prompt: [columnOf(table, roles.text)], target_text: columnOf(table, roles.label) }];
    doubts.push({ about: 'kind', question: `Each of the ${examples.length} labels stands once. Are they texts to be written?`, choices });
    return refuse(`Each row has a label of its own (${labels.length} labels in ${examples.length} rows): nothing can be learned from one row a class. Choose another column, or generation if they are texts to be written.`, 'classes');
  }
  return { problem: isPair ? 'pairs' : 'classification', target: 'classes', notes: [] };
}

function noLabels(many: number, reasons: readonly string[]): string {
  const isTest = reasons.every((reason) => /label/.test(reason));
  return `${many === 1 ? 'The only row' : `None of the ${many} rows`} can be used (${listed([...new Set(reasons)], 4)})${isTest ? ': a test set, perhaps, whose labels were kept back; give the training set' : ''}.`;
}

function rolesOf(table: Table, { text, text2, label, prompt, target }: Roles) {
  const column = (at: number) => columnOf(table, at);
  return {
    ...(text === undefined ? {} : { text: column(text) }), ...(text2 === undefined ? {} : { text2: column(text2) }), ...(label === undefined ? {} : { label: column(label) }),
    ...(prompt === undefined ? {} : { prompt: prompt.map(column) }), ...(target === undefined ? {} : { target_text: column(target) }),
  };
}

function ignoredOf(table: Table, { text, text2, label, prompt = [], target }: Roles) {
  const used = new Set([text, text2, label, target, ...prompt]);
  return Array.from({ length: table.width }, (_, at) => at).filter((at) => !used.has(at)).map((at) => columnOf(table, at));
}

function roleNotes(table: Table, roles: Roles, problem: Problem): string[] {
  const { text, text2, label, prompt, target, messages } = rolesOf(table, roles) as ReturnType<typeof rolesOf> & { target?: number; messages?: number };
  const ignored = ignoredOf(table, roles);
  const column = (at: number) => columnOf(table, at);
  const left = ignored.length > 0 ? `; left out: ${listed(ignored, 12)}` : '';
  const header = table.headerLine !== null ? `Names come from line ${table.headerLine}. ` : table.quoting === 'none' ? '' : 'There is no header; columns are counted from 1. ';
  void [target, messages, problem];
  if (roles.messages !== undefined) return [`Each record is a conversation (${column(roles.messages)}); what the assistant says last is learned${left}.`];
  if (roles.target !== undefined) {
    const joined = prompt!.length > 1 ? `; ${listed(prompt!.slice(1))} ${prompt!.length > 2 ? 'are' : 'is'} joined to ${prompt![0]} where there is one` : '';
    return [`${header}Prompt: ${listed(prompt!)}${joined}; what is written: ${column(roles.target)}${left}.`];
  }
  if (roles.text === undefined) return header ? [header.trim()] : [];
  return [`${header}${text2 === undefined ? `Text: ${text}` : `Two texts a row: ${text} and ${text2}`}${label === undefined ? '' : `; label: ${label}`}${left}.`];
}

function badNotes(bad: number, good: number, table: Table, rows: Report['bad_rows']): string[] {
  if (bad === 0) return [];
  const places = rows.slice(0, 12).map(({ line, record }) => (line === undefined ? `record ${record}` : `line ${line}`));
  const notes = [`${count(bad, 'row')} ${bad === 1 ? 'is' : 'are'} set aside with ${bad === 1 ? 'its reason' : 'their reasons'} (${listed(bad > 12 ? [...places, `${bad - 12} more`] : places, 13)})${good > 0 ? `; go on with the ${good} good ${good === 1 ? 'one' : 'ones'}, or mend the file` : ''}.`];
  const wide = rows.filter(({ reason }) => /^(\d+) fields, (\d+) expected/.test(reason) && Number(/^(\d+)/.exec(reason)![1]) > table.width).length;
  if (wide > 0 && table.quoting !== 'literal') notes.push(`A text with ${table.delimiter === ',' ? 'commas' : 'separators'} in it needs quotes around it: "like this, and this".`);
  return notes;
}

function classNamesOf({ classNames, names }: Table, { label }: Roles): Pick<Report, 'label_names'> {
  const found = label === undefined ? undefined : classNames?.[names?.[label] ?? ''];
  return found ? { label_names: found } : {};
}

function refusalOf(name: string, why: string): Report {
  return { file: name, rows: 0, rows_read: 0, columns: { header_line: null, names: [], ignored: [] }, labels: [], bad_rows: [], delimiter: 'none', quoting: 'none', encoding: 'none', newline: 'none', problem: 'refused', target: 'none', notes: [why], questions: [] };
}
