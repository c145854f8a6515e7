/** What a file is by its first bytes, whatever its name says; .gz is opened here. */
import { Gunzip } from 'fflate';
import { NoTable } from './report';

const ascii = (bytes: Uint8Array, start: number, length: number): string => String.fromCharCode(...bytes.subarray(start, start + length));

/** What is no table, by how it begins, and what to do about it. */
const OTHERS: readonly [string, string, string][] = [
  ['PK\x03\x04', 'a zip archive', 'unpack it and give the table inside'],
  ['PK\x05\x06', 'an empty zip archive', 'give the table itself'],
  ['\xd0\xcf\x11\xe0', 'an old Excel or Office file (.xls)', 'open it and save the sheet as "CSV UTF-8"'],
  ['%PDF-', 'a PDF', 'give the table that it was made from'],
  ['{\\rtf', 'a document in Rich Text Format', 'save it as plain text'],
  ['SQLite format 3', 'an SQLite database', 'export the table as CSV'],
  ['ARROW1', 'an Arrow (Feather) file', 'save it as Parquet or CSV: df.to_parquet("file.parquet")'],
  ['FEA1', 'a Feather file', 'save it as Parquet or CSV: df.to_parquet("file.parquet")'],
  ['\x93NUMPY', 'a NumPy array', 'save the texts as CSV or JSON Lines'],
  ['\x89HDF', 'an HDF5 file', 'save the table as Parquet or CSV'],
  ['BZh', 'compressed with bzip2', 'unpack it, or compress it as .gz'],
  ['\xfd7zXZ', 'compressed with xz', 'unpack it, or compress it as .gz'],
  ['\x28\xb5\x2f\xfd', 'compressed with Zstandard (.zst)', 'unpack it, or compress it as .gz'],
  ['7z\xbc\xaf', 'a 7z archive', 'unpack it and give the table inside'],
  ['Rar!', 'a RAR archive', 'unpack it and give the table inside'],
  ['ORC', 'an ORC file', 'save it as Parquet or CSV'],
  ['Obj\x01', 'an Avro file', 'save it as Parquet or JSON Lines'],
  ['\x89PNG', 'a picture (PNG)', 'give the table as CSV, JSON Lines or Parquet'],
  ['\xff\xd8\xff', 'a picture (JPEG)', 'give the table as CSV, JSON Lines or Parquet'],
  ['PARE', 'an encrypted Parquet file', 'save it without encryption'],
];

/** What lies in the bytes: `parquet`, or text in some encoding. Anything else is refused with what it is. */
export function refuseOthers(bytes: Uint8Array): 'parquet' | 'text' {
  const begin = ascii(bytes, 0, 16);
  if (begin.startsWith('PAR1')) return 'parquet';
  // A text may begin with the letters ORC too, but has no control characters.
  const isBinary = bytes.subarray(0, 512).some((byte) => byte < 9 || (byte > 13 && byte < 32));
  const found = OTHERS.find(([magic]) => begin.startsWith(magic) && (isBinary || magic === '%PDF-' || magic === '{\\rtf'));
  if (found) {
    const [magic, what, then] = found;
    const workbook = magic === 'PK\x03\x04' && /\[Content_Types\]|xl\/|_rels\//.test(ascii(bytes, 0, 4096));
    const sheet = magic === 'PK\x03\x04' && ascii(bytes, 0, 200).includes('opendocument.spreadsheet');
    if (workbook) throw new NoTable('This is an Excel workbook (.xlsx), whatever its name says. Open it and save the sheet as "CSV UTF-8", then give that file.');
    if (sheet) throw new NoTable('This is a LibreOffice sheet (.ods), whatever its name says. Save it as CSV (UTF-8), then give that file.');
    throw new NoTable(`This is ${what}, not a table that can be read here. ${then[0].toUpperCase()}${then.slice(1)}.`);
  }
  if (bytes.length > 262 && ascii(bytes, 257, 5) === 'ustar') throw new NoTable('This is a tar archive. Unpack it and give the table inside.');
  if (bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5) throw new NoTable('This is a Python pickle, which is never opened here since it may run code. Save it as Parquet or CSV.');
  return 'text';
}

/** Refuses text that is not a table but was saved in the place of one. */
export function refusePages(text: string): void {
  const begin = text.slice(0, 600).trimStart();
  if (begin.startsWith('version https://git-lfs.github.com/spec/')) {
    const size = /^size (\d+)$/m.exec(begin)?.[1];
    throw new NoTable(`This is a git LFS pointer, which stands for the real file${size ? ` of ${size} bytes` : ''}. Fetch that with "git lfs pull", or download it by the address with /resolve/ in it.`);
  }
  if (/^(<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])/i.test(begin)) {
    const title = /<title[^>]*>([^<]{0,120})/i.exec(text.slice(0, 20_000))?.[1].trim();
    throw new NoTable(`This is a web page${title ? ` ("${title}")` : ''}, not data: a login or error page, perhaps, was saved in the file's place. Download the file again.`);
  }
  if (/^<\?xml|^<(rss|feed|svg|Error|Workbook|sitemapindex|urlset)[\s>]/.test(begin)) throw new NoTable('This is XML, not a table. If it is an error message of a server, download the file again; else save the rows as CSV or JSON Lines.');
  const short = text.trim();
  if (short.length < 400 && /^(entry not found|repository not found|not found|404:? not found|access denied|forbidden|unauthorized|invalid username or password\.?|internal server error|too many requests|access to this resource is disabled\.|we had to rate limit your ip.*)$/i.test(short))
    throw new NoTable(`The file holds nothing but "${short}": a server's error message in place of data. Download it again.`);
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(crc: number, bytes: Uint8Array): number {
  let value = ~crc;
  for (let at = 0; at < bytes.length; at++) value = CRC_TABLE[(value ^ bytes[at]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

/** fflate copies what is left of a push for every member, so pushes are kept small. */
const PUSH = 1 << 16;

/**
 * Opens .gz, also of several members, which the browsers' own DecompressionStream refuses. fflate does not look at checksums; they are checked here.
 * @throws NoTable for one that is cut or damaged
 */
export function gunzip(bytes: Uint8Array): { bytes: Uint8Array; members: number; rest: number } {
  let end = withoutZeros(bytes);
  const parts: Uint8Array[] = [];
  let [members, crc, length] = [1, 0, 0];
  const check = (after: number) => {
    if (!trailerFits(bytes, after, crc, length)) throw new NoTable('The .gz is damaged: its contents do not fit its checksum. Download or compress it again.');
    [crc, length] = [0, 0];
  };
  const stream = new Gunzip((part) => {
    parts.push(part);
    crc = crc32(crc, part);
    length = (length + part.length) % 2 ** 32;
  });
  stream.onmember = (offset) => {
    members++;
    check(offset);
  };
  try {
    const fed = Math.min(bytes.length, end + 16);
    for (let at = 0; at < fed; at += PUSH) stream.push(bytes.subarray(at, Math.min(fed, at + PUSH)), at + PUSH >= fed);
  } catch (error) {
    if (error instanceof NoTable) throw error;
    const padded = bytes.length - end > 16 ? Array.from({ length: 9 }, (_, more) => end + more).find((after) => after >= 8 && trailerFits(bytes, after, crc, length)) : undefined;
    if (padded === undefined) throw new NoTable(`The .gz cannot be opened (${(error as Error).message}): it is cut off or damaged. Download or compress it again.`);
    end = padded;
  }
  check(end);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return { bytes: whole, members, rest: bytes.length - end };
}

/** Whether the eight bytes before `after` are the checksum and the length of a member. */
function trailerFits(bytes: Uint8Array, after: number, crc: number, length: number): boolean {
  if (after > bytes.length) return false;
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + after - 8, 8);
  return trailer.getUint32(0, true) === crc && trailer.getUint32(4, true) === length >>> 0;
}

/** Some tools fill the last block with zeros, which are no member. A trailer may end in a few itself. */
function withoutZeros(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.length - end > 16 ? end : bytes.length;
}
