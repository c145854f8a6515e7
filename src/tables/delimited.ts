/**
 * A text of delimited cells → records with their lines. Papaparse splits; what it does not do is done here: the line of each record as an editor
 * counts it, breaks of several styles in one file (it knows one), and going on behind a quote that is not closed (it reads to the end of the file).
 */
import Papa from 'papaparse';
import { LineCounter } from './lines';
import type { Quoting } from '../protocol/tableMessages';
import { NoTable } from './report';

export interface Dialect {
  delimiter: string;
  quoting: Exclude<Quoting, 'none'>;
  /** What ends a record: `\n` also ends `\r\n`. */
  end: '\n' | '\r';
}

export interface RawRecord {
  cells: string[];
  line: number;
  /** The record's characters in the text, without the break behind. */
  start: number;
  end: number;
  /** Why it could not be read. */
  fault?: string;
  /** Its quote is not closed before the text ends. */
  isOpen?: boolean;
}

/** A file whose quotes do not fit would be read again from every line on; this many times its length is enough to see that. */
const GREATEST_DETOUR = 20;

/**
 * All records that are not blank lines.
 * @param blank is told the lines that are
 * @param until where reading may end: with a record whose quote is open at the end of a text that goes on behind it, or with the first fault
 * @throws NoTable where quotes are opened and never closed all over the file
 */
export function readDelimited(text: string, dialect: Dialect, blank: (line: number) => void = () => {}, until: 'end' | 'open' | 'fault' = 'end'): RawRecord[] {
  const records: RawRecord[] = [];
  const counter = new LineCounter(text, dialect.end);
  let detour = 0;

  /** Reads from `from` on; returns where to go on behind a record with an open quote, or nothing at the end. */
  const readFrom = (from: number): number | undefined => {
    const rest = from === 0 ? text : text.slice(from);
    let start = from;
    let goOn: number | undefined;
    Papa.parse<string[]>(rest, {
      delimiter: dialect.delimiter, newline: dialect.end, header: false, fastMode: dialect.quoting === 'literal',
      ...(dialect.quoting === 'backslash' ? { escapeChar: '\\' } : {}),
      step: ({ data, errors, meta }, parser) => {
        const after = from + meta.cursor;
        if (start >= text.length) return; // What follows the last break is no record.
        let end = after;
        if (text[end - 1] === dialect.end) end--;
        const hasReturn = dialect.end === '\n' && text[end - 1] === '\r';
        if (hasReturn) end--;
        const line = counter.lineAt(start);
        const at = start;
        start = after;
        if (errors.length > 0) {
          const firstBreak = text.indexOf(dialect.end, at);
          const lineEnd = firstBreak === -1 ? text.length : firstBreak;
          const spansLines = lineEnd < end;
          const open = errors[0].code === 'MissingQuotes' || spansLines;
          const fault = open ? 'a quote is opened and not closed' : 'text after a closing quote (a quote inside a quoted text is written twice)';
          records.push({ cells: [], line, start: at, end: spansLines ? lineEnd : end, fault, isOpen: errors[0].code === 'MissingQuotes' });
          if (until === 'fault' || (until === 'open' && errors[0].code === 'MissingQuotes')) parser.abort();
          else if (spansLines) {
            goOn = lineEnd + 1;
            detour += after - goOn;
            parser.abort();
          }
          return;
        }
        const raw = text.slice(at, end);
        if (raw === '' || (data.length === 1 && raw.trim() === '')) {
          blank(line);
          return;
        }
        if (hasReturn) dropReturn(data, text[end - 1]);
        records.push({ cells: dialect.quoting === 'backslash' ? data.map(withoutEscapes) : dialect.quoting === 'csv' && raw.includes(' "') ? data.map(withoutSpacedQuotes) : data, line, start: at, end });
      },
    });
    return goOn;
  };

  for (let from: number | undefined = 0; from !== undefined && from < text.length;) {
    from = readFrom(from);
    if (detour > GREATEST_DETOUR * text.length) throw new NoTable('Quotes are opened and not closed all over the file. If they are part of the texts, choose quoting "literal".');
  }
  return records;
}

/** The carriage return before a line feed belongs to the break, but for one inside quotes that the cell ends with. */
function dropReturn(cells: string[], before: string): void {
  const last = cells[cells.length - 1];
  if (last.endsWith('\r') && (last.length === 1 ? before !== '"' : last[last.length - 2] === before)) cells[cells.length - 1] = last.slice(0, -1);
}

/** Some writers put a space behind the delimiter, and the quotes behind that. */
const withoutSpacedQuotes = (cell: string): string => (/^ +"(?:[^"]|"")*" *$/.test(cell) ? cell.trim().slice(1, -1).replaceAll('""', '"') : cell);

/** Papaparse takes the backslash before a quote away, but not that before another one. */
const withoutEscapes = (cell: string): string => (cell.includes('\\') ? cell.replace(/\\\\/g, '\\') : cell);
