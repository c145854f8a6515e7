/**
 * Parquet → the same table. hyparquet reads Snappy by itself, in JavaScript. Of hyparquet-compressors only single files are taken: its index starts a
 * WebAssembly Snappy as soon as it is loaded, which the page's Content-Security-Policy forbids.
 */
import { decompress as zstd } from 'fzstd';
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema, type Compressors, type FileMetaData } from 'hyparquet';
import { decompressBrotli } from 'hyparquet-compressors/src/brotli.js';
import { gunzip } from 'hyparquet-compressors/src/gzip.js';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import { NoTable, type Table } from './report';

const COMPRESSORS: Compressors = {
  GZIP: (input, length) => gunzip(input, new Uint8Array(length)),
  BROTLI: decompressBrotli,
  ZSTD: (input) => zstd(input),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

/** Bytes of a file that is here. */
export function parquetOf(bytes: Uint8Array): AsyncBuffer {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) };
}

/**
 * @param file read by ranges: its end, then the row groups that hold the rows
 * @param most rows that are read, the first ones
 * @throws NoTable with the compression or the fault; whatever `file` throws
 */
export async function readParquet(file: AsyncBuffer, most = Infinity): Promise<Omit<Table, 'encoding' | 'doubts'>> {
  const end = String.fromCharCode(...new Uint8Array(await file.slice(Math.max(0, file.byteLength - 4), file.byteLength)));
  if (end !== 'PAR1') throw new NoTable('The Parquet file is cut off: its end is missing. Download it again.');
  let lost: { error: unknown } | undefined;
  // What goes wrong on the way is no fault of the file.
  const far: AsyncBuffer = { byteLength: file.byteLength, slice: async (start, stop) => {
    try {
      return await file.slice(start, stop);
    } catch (error) {
      lost ??= { error };
      throw error;
    }
  } };
  try {
    const metadata = await parquetMetadataAsync(far);
    const codecs = new Set(metadata.row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec ?? 'UNCOMPRESSED')));
    const unknown = [...codecs].find((codec) => codec !== 'UNCOMPRESSED' && codec !== 'SNAPPY' && !(codec in COMPRESSORS));
    if (unknown) throw new NoTable(`The Parquet file is compressed with ${unknown}, which cannot be read here. Save it with Snappy: df.to_parquet("file.parquet", compression="snappy").`);
    const names = parquetSchema(metadata).children.map(({ element }) => element.name);
    const objects = await parquetReadObjects({ file: far, metadata, compressors: COMPRESSORS, ...(Number(metadata.num_rows) > most && { rowEnd: most }) });
    if (objects.length !== Math.min(most, Number(metadata.num_rows))) throw new Error(`${objects.length} rows of ${metadata.num_rows} came out`);
    const records = objects.map((row, index) => ({ record: index + 1, cells: names.map((name) => plain(row[name])) }));
    const notes = [`Parquet with ${metadata.row_groups.length === 1 ? 'one row group' : `${metadata.row_groups.length} row groups`}, ${[...codecs].map((codec) => (codec === 'UNCOMPRESSED' ? 'not compressed' : `compression ${codec}`)).join(', ') || 'empty'}.`];
    if (Number(metadata.num_rows) > most) notes.push(`Only the first ${most} of its ${metadata.num_rows} rows were fetched.`);
    return { names, headerLine: null, width: names.length, records, bad: [], delimiter: 'none', quoting: 'none', newline: 'none', notes, ...descriptionOf(metadata) };
  } catch (error) {
    if (lost) throw lost.error;
    if (error instanceof NoTable) throw error;
    throw new NoTable(`The Parquet file cannot be read (${(error as Error).message}). Save it anew, for example with df.to_parquet("file.parquet", compression="snappy").`);
  }
}

/** Numbers of 64 bits keep all their digits as text; dates are written as ISO 8601. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

/** What pandas and datasets write into the footer: which columns are an index, and the names of classes. */
function descriptionOf({ key_value_metadata: entries = [] }: FileMetaData): Pick<Table, 'indexColumns' | 'classNames'> {
  const entry = (key: string): unknown => {
    try {
      return JSON.parse(entries.find((one) => one.key === key)?.value ?? 'null');
    } catch {
      return null; // A note for others that this reader can do without.
    }
  };
  const pandas = entry('pandas') as { index_columns?: unknown[] } | null;
  const features = (entry('huggingface') as { info?: { features?: Record<string, { names?: unknown; _type?: string }> } } | null)?.info?.features ?? {};
  const classNames = Object.fromEntries(Object.entries(features).flatMap(([column, { names }]) => (Array.isArray(names) ? [[column, names.map(String)]] : [])));
  return { indexColumns: (pandas?.index_columns ?? []).filter((name) => typeof name === 'string'), ...(Object.keys(classNames).length > 0 ? { classNames } : {}) };
}
