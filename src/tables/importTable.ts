/** The bytes of a file → its rows and a report on them: what was found, what was set aside, and what is still to be asked. */
import { gunzip, isGzip, refuseOthers, refusePages } from './container';
import { readDelimited } from './delimited';
import { findDialect, nameOf } from './dialect';
import { decode, type Decoded } from './encoding';
import type { Flaws } from './examples';
import { withHeader } from './header';
import { looksLikeJson, readJson } from './json';
import { learn, refused, type Imported } from './learn';
import { count, countBreaks, listed, nameOfBreaks } from './lines';
import type { AsyncBuffer } from 'hyparquet';
import { parquetOf, readParquet } from './parquet';
import type { Wishes } from '../protocol/tableMessages';
import { NoTable, type Table } from './report';

export type { Imported } from './learn';

/** Previews of another reading look at this much of a long file. */
const PREVIEW = 1 << 20;

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
    if (isParquet) return learn(name, { ...(await readParquet(parquetOf(opened.bytes))), encoding: 'none', doubts: [] }, wishes, opened.notes, { broken: false, zeros: true }, undefined);
    return readText(name, opened, wishes);
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    return refused(name, error.message);
  }
}

/** A Parquet file that lies elsewhere, of which only what is needed is fetched. @param most rows, the first ones */
export async function importFarParquet(name: string, file: AsyncBuffer, most: number, wishes: Wishes = {}): Promise<Imported> {
  try {
    return learn(name, { ...(await readParquet(file, most)), encoding: 'none', doubts: [] }, wishes, [], { broken: false, zeros: true }, undefined);
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    return refused(name, error.message);
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
    return learn(name, { ...tableOf(name, again.text, { ...wishes, ...choose }), encoding: again.encoding, doubts: [] }, { ...wishes, ...choose }, [], flawsOf(again), undefined);
  };
  return learn(name, whole, wishes, before, flawsOf(decoded), { redo, isPart: bytes.length > PREVIEW });
}

const flawsOf = ({ text, hasBroken }: Decoded): Flaws => ({ broken: hasBroken, zeros: text.includes('\0') || text.includes('\\u0000') });

type TextTable = Omit<Table, 'encoding'>;

function tableOf(name: string, text: string, wishes: Wishes): TextTable {
  if (wishes.delimiter === undefined && wishes.quoting === undefined && looksLikeJson(text, name)) return { ...readJson(text), doubts: [] };
  const dialect = findDialect(text, name, wishes);
  const notes = [...dialect.notes];
  const blanks: number[] = [];
  let raw = readDelimited(dialect.text, dialect, (line) => blanks.push(line));
  if (dialect.sepLine) raw = raw.slice(1);
  const headed = withHeader(raw, dialect.delimiter, wishes);
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
