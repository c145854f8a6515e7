/**
 * Reads and writes safetensors: a little-endian u64 header length, a JSON header, then the values back to back.
 * Everything in the header is checked before a value is read, since a damaged file must end in a sentence and not in wrong numbers.
 */
import { LoadError } from './loadError';
import { NUMBER_FORMATS } from './numberFormats';

/** A tensor as a file holds it: row-major values in float32. */
export interface TensorFile {
  shape: number[];
  values: Float32Array;
}

/** First byte and the byte after the last, counted from the end of the header. */
interface Place {
  name: string;
  begin: number;
  end: number;
}

const AGAIN = 'fetch the file again';

const countOf = (shape: number[]) => shape.reduce((product, extent) => product * extent, 1);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The JSON header and where the values start. Throws LoadError. */
function readHeader(bytes: ArrayBuffer, file: string): { header: Record<string, unknown>; start: number } {
  if (bytes.byteLength < 8) throw new LoadError(file, `too short for a safetensors file (${bytes.byteLength} bytes); ${AGAIN}`);
  const length = new DataView(bytes).getBigUint64(0, true);
  if (length > BigInt(bytes.byteLength - 8)) {
    throw new LoadError(file, `the header is said to be longer than the file (${length} of ${bytes.byteLength} bytes); ${AGAIN}, it is cut off or not safetensors`);
  }
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes, 8, Number(length))));
  } catch (error) {
    throw new LoadError(file, `the header is not JSON (${(error as Error).message}); ${AGAIN}, it is damaged or not safetensors`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new LoadError(file, `the header is not a JSON object (${JSON.stringify(header).slice(0, 40)}); save the checkpoint as safetensors again`);
  }
  return { header: header as Record<string, unknown>, start };
}

/** Where a header entry's bytes lie, checked against the `available` bytes behind the header. Throws LoadError. */
function readPlace(file: string, name: string, raw: unknown, available: number): Place {
  const offsets = (raw as Record<string, unknown> | null)?.data_offsets;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new LoadError(file, `tensor ${name}: offsets are not a begin and an end (${JSON.stringify(offsets)}); save the checkpoint again`);
  }
  const [begin, end] = offsets as [number, number];
  if (end > available) throw new LoadError(file, `tensor ${name}: lies outside the file (ends at byte ${end} of ${available}); ${AGAIN}, it is cut off`);
  return { name, begin, end };
}

/** The values of one tensor whose place is known; `start` is where the values of the file begin. Throws LoadError. */
function readTensor(file: string, place: Place, raw: unknown, view: DataView, start: number): TensorFile {
  const refuse = (what: string, next = 'save the checkpoint again') => new LoadError(file, `tensor ${place.name}: ${what}; ${next}`);
  const { dtype, shape } = raw as Record<string, unknown>;
  const format = typeof dtype === 'string' ? NUMBER_FORMATS.get(dtype) : undefined;
  if (!format) throw refuse(`number format not supported (${String(dtype)})`, `store it as one of ${[...NUMBER_FORMATS.keys()].join(', ')}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw refuse(`shape is not a list of whole numbers (${JSON.stringify(shape)})`);
  const count = countOf(shape);
  const expected = count * format.bytesPerValue;
  if (expected !== place.end - place.begin) throw refuse(`shape [${shape}] of ${dtype} needs ${expected} bytes (${place.end - place.begin} are there)`);
  return { shape: [...shape], values: format.decode(view, start + place.begin, count) };
}

/** Refuses tensors that share bytes and bytes that belong to none, as the format demands. Throws LoadError. */
function checkLayout(file: string, places: Place[], available: number): void {
  let reached = 0;
  for (const place of [...places].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (place.begin < reached) throw new LoadError(file, `tensor ${place.name}: overlaps the one before it (byte ${place.begin} of ${reached}); save the checkpoint again`);
    if (place.begin > reached) throw new LoadError(file, `tensor ${place.name}: unused bytes before it (${place.begin - reached}); save the checkpoint again`);
    reached = place.end;
  }
  if (reached !== available) throw new LoadError(file, `unused bytes after the last tensor (${available - reached}); ${AGAIN}, it is damaged`);
}

/**
 * All tensors of a safetensors file, as float32 (F32, F16, BF16 and F64 are read; the buffer is copied, not kept).
 * @param file how the file is called in an error
 * @param skip names of tensors that are not wanted, given all names of the file; these may have any number format
 * @throws LoadError for a damaged file or a number format that is not supported
 */
export function readSafetensors(bytes: ArrayBuffer, file: string, skip: (name: string, all: Set<string>) => boolean = () => false): Map<string, TensorFile> {
  const { header, start } = readHeader(bytes, file);
  const available = bytes.byteLength - start;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const places = entries.map(([name, raw]) => readPlace(file, name, raw, available));
  checkLayout(file, places, available);
  const view = new DataView(bytes);
  const all = new Set(places.map(({ name }) => name));
  return new Map(places.filter(({ name }) => !skip(name, all)).map((place) => [place.name, readTensor(file, place, header[place.name], view, start)]));
}

/** What a file says of itself: texts by name, empty where it says nothing. Throws LoadError. */
export function readMetadata(bytes: ArrayBuffer, file: string): Record<string, string> {
  const { __metadata__: metadata = {} } = readHeader(bytes, file).header as { __metadata__?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(metadata).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/**
 * A safetensors file with the tensors as F32, in the order of the map.
 * @param metadata what the file says of itself
 * @throws RangeError where a shape does not fit its values
 */
export function writeSafetensors(tensors: Map<string, TensorFile>, metadata: Record<string, string> = { format: 'pt' }): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    const count = countOf(shape);
    if (count !== values.length) throw new RangeError(`tensor ${name}: shape [${shape}] does not hold its values (${values.length}); give it the right shape`);
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + 4 * count] };
    size += 4 * count;
  }
  const json = JSON.stringify(header);
  const encoded = new TextEncoder().encode(json);
  // Spaces after the JSON keep the values aligned to 8 bytes, as other writers do.
  const start = 8 + Math.ceil(encoded.length / 8) * 8;
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  bytes.set(encoded, 8);
  let offset = start;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return bytes;
}
