/** Which delimiter and quoting a text has: every pair that is possible reads a sample, and what gives the steadiest table is taken. */
import { readDelimited, type Dialect, type RawRecord } from './delimited';
import { countBreaks, nameOfBreaks, type Breaks } from './lines';
import type { Wishes } from '../protocol/tableMessages';
import type { Doubt } from './report';

/** In the order in which they are preferred where they read a text equally well. Two bars: the E2E challenge as language models are trained on it. */
const DELIMITERS = ['\t', ',', ';', '||', '|', '\u0001'];
const SAMPLE = 1 << 20;

export const nameOf = (delimiter: string): string => ({ '\t': 'tab', ',': 'comma', ';': 'semicolon', '|': 'bar', '||': 'two bars', ' ': 'space' })[delimiter] ?? JSON.stringify(delimiter);

export interface FoundDialect extends Dialect {
  newline: string;
  /** The text with one character at each end of a record. */
  text: string;
  /** What is in front of the header: `sep=;`. */
  sepLine: boolean;
  notes: string[];
  doubts: Doubt[];
}

interface Trial {
  delimiter: string;
  quoting: Dialect['quoting'];
  /** Share of records as wide as most. */
  steadiness: number;
  width: number;
  headerFits: boolean;
  records: RawRecord[];
  /** The other quoting, where it reads the text as evenly. */
  rival?: 'literal' | 'csv';
}

/** @param name the file's, whose ending counts where two delimiters fit equally well */
export function findDialect(whole: string, name: string, wishes: Wishes): FoundDialect {
  const notes: string[] = [];
  const sep = /^"?sep=(.|\\t)"?[,;\t]*(\r\n|\n|\r)/i.exec(whole);
  const separator = sep && (sep[1] === '\\t' ? '\t' : sep[1]);
  const { text, end, newline } = endsOfRecords(whole, notes);
  const sample = sampleOf(text, end, wishes);
  const delimiters = wishes.delimiter ? [wishes.delimiter] : separator ? [separator] : DELIMITERS.filter((delimiter) => sample.includes(delimiter));
  const body = sep ? sample.slice(sep[0].length) : sample;
  const trials = delimiters.map((delimiter) => bestQuoting(body, delimiter, end, wishes));
  const ending = /\.tsv(\.gz)?$/i.test(name) ? '\t' : /\.csv(\.gz)?$/i.test(name) ? ',' : undefined;
  const score = (trial: Trial) => (trial.width < 2 ? -1 : trial.steadiness + (trial.headerFits ? 0.3 : 0) + (trial.delimiter === ending ? 0.02 : 0) - onlyDecimals(trial, trials));
  const ranked = trials.toSorted((a, b) => score(b) - score(a));
  const best = ranked[0] && (score(ranked[0]) > 0 || wishes.delimiter || separator) ? ranked[0] : undefined;
  const doubts: Doubt[] = [];
  if (sep) notes.push(`The first line, sep=${separator === '\t' ? 'tab' : separator}, names the separator and is no data.`);
  const second = ranked[1];
  if (best && second && score(second) > 0.95 && score(best) - score(second) < 0.2)
    doubts.push({ about: 'delimiter', question: `Are cells separated by ${nameOf(best.delimiter)} or by ${nameOf(second.delimiter)}? Both give an even table.`, choices: [best, second].map(({ delimiter }) => ({ delimiter })) });
  if (best && ending && best.delimiter !== ending && !sep && !wishes.delimiter) notes.push(`The cells are separated by ${nameOf(best.delimiter)}, although the name ends in ${ending === '\t' ? '.tsv' : '.csv'}.`);
  const delimiter = best?.delimiter ?? ending ?? ',';
  const quoting = body.includes('"') || !text.includes('"') ? (best ?? bestQuoting(body, delimiter, end, wishes)) : bestQuoting(firstQuoted(text, end), delimiter, end, wishes);
  if (quoting.rival)
    doubts.push({ about: 'quoting', question: 'Some cells begin and end with a quote: are the quotes part of the texts (literal), or do they wrap the cells (csv)?', choices: [{ quoting: quoting.quoting }, { quoting: quoting.rival }] });
  return { delimiter, quoting: quoting.quoting, end, newline, text, sepLine: sep !== null, notes, doubts };
}

/** Breaks become one: `\r\n` is read as it is; carriage returns that end records beside others are made line feeds of the same length. */
function endsOfRecords(text: string, notes: string[]): { text: string; end: '\n' | '\r'; newline: string } {
  const breaks = countBreaks(text);
  const { crlf, lf, cr } = breaks;
  if (cr > 0 && crlf + lf === 0) {
    notes.push('Lines end in a carriage return alone, as on old Macs.');
    return { text, end: '\r', newline: nameOfBreaks(breaks) };
  }
  if (cr > 0 && cr * 5 > crlf + lf && evenAlone(text)) {
    notes.push(`Lines end in several ways: ${nameOfBreaks(breaks)}. Each was read as the end of one line.`);
    return { text: text.replace(/\r(?!\n)/g, '\n'), end: '\n', newline: nameOfBreaks(breaks) };
  }
  return { text, end: '\n', newline: newlineOf(text, breaks, notes) };
}

/** What most records end in. A style that is rare beside the other may come from texts within quotes. */
function newlineOf(text: string, breaks: Breaks, notes: string[]): string {
  const { crlf, lf } = breaks;
  if (crlf === 0 || lf === 0) return nameOfBreaks({ ...breaks, cr: 0 });
  const outside = countBreaks(text.includes('"') ? text.replace(/"[^"]*"/g, '') : text);
  if (outside.crlf > 0 && outside.lf > 0) notes.push(`Some lines end in \\r\\n (${outside.crlf}) and some in \\n (${outside.lf}); both were read as ends of lines.`);
  return nameOfBreaks({ crlf: outside.crlf, lf: outside.lf, cr: 0 });
}

/** Whether pieces between carriage returns have as many delimiters as whole lines: then they are records. */
function evenAlone(text: string): boolean {
  const pieces = text.slice(0, SAMPLE).split(/\r\n|\n|\r/).filter((piece) => piece.trim() !== '');
  return DELIMITERS.some((delimiter) => {
    const widths = pieces.map((piece) => piece.split(delimiter).length);
    return widths[0] > 1 && widths.filter((width) => width === widths[0]).length > 0.8 * widths.length;
  });
}

/** Whole lines of the beginning; more where it ends inside quotes, as it does within a very long cell. */
function sampleOf(text: string, end: Dialect['end'], wishes: Wishes): string {
  const delimiter = wishes.delimiter ?? DELIMITERS.find((one) => text.slice(0, 1000).includes(one)) ?? ',';
  for (let size = SAMPLE; size < text.length; size *= 8) {
    const sample = linesOf(text, end, size);
    if (!sample.includes('"') || !readDelimited(sample, { delimiter, quoting: 'csv', end }, undefined, 'open').at(-1)?.isOpen) return sample;
  }
  return text;
}

/** A part that begins with the first line that has a quote, where the sample has none. */
function firstQuoted(text: string, end: string): string {
  return linesOf(text.slice(text.lastIndexOf(end, text.indexOf('"')) + 1), end, SAMPLE);
}

/** Whole lines, twenty at least. */
function linesOf(text: string, end: string, size: number): string {
  if (text.length <= size) return text;
  let cut = 0;
  for (let lines = 0; lines < 20 || cut < size; lines++) {
    const next = text.indexOf(end, Math.max(cut, lines < 20 ? 0 : size));
    if (next === -1 || next > 4 * size) break;
    cut = next + 1;
  }
  return cut === 0 ? text.slice(0, 4 * size) : text.slice(0, cut);
}

function trialOf(sample: string, delimiter: string, quoting: Dialect['quoting'], end: Dialect['end'], until: 'end' | 'fault' = 'end'): Trial {
  let records: RawRecord[];
  try {
    records = readDelimited(sample, { delimiter, quoting, end }, undefined, until);
  } catch {
    records = [];
  }
  const widths = new Map<number, number>();
  for (const { cells, fault } of records) if (!fault) widths.set(cells.length, (widths.get(cells.length) ?? 0) + 1);
  const [width, many] = [...widths].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0]);
  const header = records[0]?.cells.length;
  return { delimiter, quoting, steadiness: many / Math.max(1, records.length), width, headerFits: header === width || (header === width - 1 && header > 1), records };
}

/** A comma that only ever stands within numbers, while another delimiter fits as well, is a decimal sign. */
function onlyDecimals(trial: Trial, trials: readonly Trial[]): number {
  if (trial.delimiter !== ',' || trials.length < 2 || trial.records.length === 0) return 0;
  const body = trial.records.slice(1).filter(({ cells }) => cells.length > 1);
  const decimal = body.filter(({ cells }) => cells.every((cell, at) => at === 0 || (/^\d+"?(\D|$)/.test(cell) && /\d$/.test(cells[at - 1]))));
  return body.length > 0 && decimal.length > 0.8 * body.length ? 0.5 : 0;
}

function bestQuoting(sample: string, delimiter: string, end: Dialect['end'], wishes: Wishes): Trial {
  if (wishes.quoting) return trialOf(sample, delimiter, wishes.quoting, end);
  const literal = trialOf(sample, delimiter, 'literal', end);
  if (!sample.includes('"')) return delimiter === '\t' || delimiter === '||' || delimiter === '\u0001' ? literal : { ...literal, quoting: 'csv' };
  // Lines that are even as they stand are text at the first quote that does not fit; the rest need not be read.
  const csv = trialOf(sample, delimiter, 'csv', end, literal.steadiness === 1 && literal.width > 1 ? 'fault' : 'end');
  if (sample.includes('\\"')) {
    const backslash = trialOf(sample, delimiter, 'backslash', end);
    if (backslash.steadiness > Math.max(csv.steadiness, literal.steadiness) || (backslash.steadiness === 1 && csv.records.some(({ fault }) => fault))) return backslash;
  }
  const [taken, other] = quotesAreText(literal, csv, delimiter) ? [literal, csv] : [csv, literal];
  return isRival(taken, other, delimiter) ? { ...taken, rival: other.quoting as 'literal' | 'csv' } : taken;
}

/**
 * Whether cells that begin and end with a quote could be either: both ways give as many rows without a fault, or quotes that are text beside quotes
 * that wrap are both there. A comma or semicolon is not used without quoting.
 */
function isRival(taken: Trial, other: Trial, delimiter: string): boolean {
  const even = ({ records, steadiness }: Trial) => (records.some(({ fault }) => fault) ? 0 : steadiness * records.length);
  const hasWrapped = (trial: Trial) => trial.records.some(({ cells }) => cells.some(isWrapped));
  const literal = taken.quoting === 'literal' ? taken : other;
  if (!hasWrapped(literal)) return false;
  const literalIsEven = literal.steadiness === 1 && even(taken) > 0 && even(other) > 0;
  if (literalIsEven) return taken.quoting === 'literal' || delimiter === '\t' || delimiter === '||';
  return taken.steadiness < 1 && other.steadiness > 0.8;
}

/** Lines that are even as they stand need no quotes to be whole: quotes that would join lines, or do not fit, are text then. */
function quotesAreText(literal: Trial, csv: Trial, delimiter: string): boolean {
  if (csv.records.length === 0) return true;
  const isEven = literal.steadiness === 1 && literal.width > 1;
  const hasFaults = csv.records.some(({ fault }) => fault);
  if (isEven && hasFaults) return true;
  if (isEven && csv.records.length < literal.records.length) return !csv.records.some(({ cells }) => cells.some((cell) => cell.includes('\n') && cell.includes('"')));
  if (isEven || Math.abs(literal.steadiness * literal.records.length - csv.steadiness * csv.records.length) < 1) {
    if (delimiter !== '\t' && delimiter !== '||') return false;
    // Quotes that fit everywhere and make uneven lines even were put there to hold texts of several lines.
    if (!hasFaults && csv.steadiness > literal.steadiness) return false;
    return !wrapsOnPurpose(literal.records);
  }
  const good = ({ steadiness, records }: Trial) => steadiness * records.length;
  return good(literal) > good(csv) && literal.steadiness > csv.steadiness;
}

const isWrapped = (cell: string): boolean => cell.length > 1 && cell.startsWith('"') && cell.endsWith('"');

/** Quotes inside wrapped cells are doubled, or a whole column is wrapped: somebody's writer did that. */
function wrapsOnPurpose(records: readonly RawRecord[]): boolean {
  let [doubled, single] = [0, 0];
  const columns = new Map<number, [number, number]>();
  for (const { cells } of records.slice(1)) {
    cells.forEach((cell, at) => {
      const [wrapped, all] = columns.get(at) ?? [0, 0];
      columns.set(at, [wrapped + (isWrapped(cell) ? 1 : 0), all + 1]);
      if (!isWrapped(cell)) return;
      const inner = cell.slice(1, -1);
      if (inner.replaceAll('""', '').includes('"')) single++;
      else if (inner.includes('""')) doubled++;
    });
  }
  if (single > 0) return false;
  return doubled > 0 || [...columns.values()].some(([wrapped, all]) => all > 1 && wrapped === all);
}
