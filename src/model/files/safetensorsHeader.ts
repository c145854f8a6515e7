/**
 * The header of a safetensors file: a little-endian u64 with its length, then JSON with a number format, a shape and two offsets a tensor.
 * Everything is checked before a value is read, since a damaged file must end in a sentence and not in wrong numbers or endless memory.
 */
import { LoadError } from './loadError';
import { NUMBER_FORMATS } from './numberFormats';

/** What a header says of one tensor: unchecked but for where its bytes lie, counted from the end of the header. */
export interface HeaderEntry {
  name: string;
  dtype: unknown;
  shape: unknown;
  begin: number;
  end: number;
}

/** Bytes in front of the JSON. */
export const LENGTH_BYTES = 8;

/** Longest header that is read, as in huggingface.js; a model with 100,000 tensors has one of 10 MB. */
export const LONGEST_HEADER = 25 * 2 ** 20;

const AGAIN = 'fetch the file again';

export const countOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Files that are something else altogether, each with what to do. Throws LoadError. */
function refuseOtherFiles(file: string, start: Uint8Array): void {
  const text = new TextDecoder('latin1').decode(start.subarray(0, 64));
  if (text.startsWith('version https://git-lfs')) {
    throw new LoadError(file, 'is only git’s pointer to the weights, not the weights themselves; run `git lfs pull` in the folder it came from, or load the model from the Hub');
  }
  if (/^\s*<(!doctype|html|\?xml)/i.test(text)) throw new LoadError(file, 'is a web page and not safetensors; check the address, a server may have answered with its own page');
}

/**
 * Length of the JSON, from the first bytes of a file.
 * @param bytes length of the file, undefined where it is not known
 * @throws LoadError
 */
export function headerLength(file: string, start: Uint8Array, bytes: number | undefined): number {
  refuseOtherFiles(file, start);
  if (start.length < LENGTH_BYTES) throw new LoadError(file, `too short for a safetensors file (${bytes ?? start.length} bytes); ${AGAIN}`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  // A zip file, or a pickle's first byte, which a short header may begin with too.
  if (length > BigInt(LONGEST_HEADER) && ((start[0] === 0x50 && start[1] === 0x4b) || start[0] === 0x80)) {
    throw new LoadError(file, 'is a pickle of PyTorch under another name, which could run code when it is opened; save it as safetensors with save_pretrained');
  }
  if (bytes !== undefined && length > BigInt(bytes - LENGTH_BYTES)) {
    throw new LoadError(file, `the header is said to be longer than the file (${length} of ${bytes} bytes); ${AGAIN}, it is cut off or not safetensors`);
  }
  if (length > BigInt(LONGEST_HEADER)) throw new LoadError(file, `the header is said to have ${length} bytes, and ${LONGEST_HEADER} are the most that are read; ${AGAIN}, it is damaged or not safetensors`);
  return Number(length);
}

/** The JSON object of a header. @param json the bytes behind the length @throws LoadError */
export function headerObject(file: string, json: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw new LoadError(file, `the header is not JSON (${(error as Error).message}); ${AGAIN}, it is damaged or not safetensors`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new LoadError(file, `the header is not a JSON object (${JSON.stringify(header).slice(0, 40)}); save the checkpoint as safetensors again`);
  }
  return header as Record<string, unknown>;
}

/** Where an entry's bytes lie, checked against the `available` bytes behind the header. Throws LoadError. */
function readEntry(file: string, name: string, raw: unknown, available: number): HeaderEntry {
  const { data_offsets: offsets, dtype, shape } = (raw ?? {}) as Record<string, unknown>;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new LoadError(file, `tensor ${name}: offsets are not a begin and an end (${JSON.stringify(offsets)?.slice(0, 80)}); save the checkpoint again`);
  }
  const [begin, end] = offsets as [number, number];
  if (end > available) throw new LoadError(file, `tensor ${name}: lies outside the file (ends at byte ${end} of ${available}); ${AGAIN}, it is cut off`);
  return { name, dtype, shape, begin, end };
}

/** Refuses tensors that share bytes and bytes that belong to none, as the format demands. Throws LoadError. */
function checkLayout(file: string, entries: HeaderEntry[], available: number): void {
  let reached = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin < reached) throw new LoadError(file, `tensor ${entry.name}: overlaps the one before it (byte ${entry.begin} of ${reached}); save the checkpoint again`);
    if (entry.begin > reached) throw new LoadError(file, `tensor ${entry.name}: unused bytes before it (${entry.begin - reached}); save the checkpoint again`);
    reached = entry.end;
  }
  if (available !== Infinity && reached !== available) throw new LoadError(file, `unused bytes after the last tensor (${available - reached}); ${AGAIN}, it is damaged`);
}

/**
 * The tensors that a header lists.
 * @param available bytes behind the header, Infinity where the length of the file is not known
 * @throws LoadError
 */
export function headerEntries(file: string, header: Record<string, unknown>, available: number): HeaderEntry[] {
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, raw]) => readEntry(file, name, raw, available));
  checkLayout(file, entries, available);
  return entries;
}

/** What a header says of the file itself: texts by name. */
export function headerMetadata({ __metadata__: metadata }: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries((metadata ?? {}) as Record<string, unknown>).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Number format and shape as the header says them, for a tensor of which no value is wanted. @throws LoadError */
export function declared(file: string, { name, dtype, shape }: HeaderEntry): { dtype: string; shape: number[] } {
  if (typeof dtype === 'string' && Array.isArray(shape) && shape.every(isCount)) return { dtype, shape };
  throw new LoadError(file, `tensor ${name}: format and shape are not said (${JSON.stringify({ dtype, shape }).slice(0, 80)}); save the checkpoint again`);
}

/** Number format and shape of a tensor that is wanted. @throws LoadError */
export function formatOf(file: string, { name, dtype, shape, begin, end }: HeaderEntry): { dtype: string; shape: number[] } {
  const refuse = (what: string, next = 'save the checkpoint again') => new LoadError(file, `tensor ${name}: ${what}; ${next}`);
  const format = typeof dtype === 'string' ? NUMBER_FORMATS.get(dtype) : undefined;
  if (!format) throw refuse(`number format not supported (${String(dtype)})`, `store it as one of ${[...NUMBER_FORMATS.keys()].join(', ')}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw refuse(`shape is not a list of whole numbers (${JSON.stringify(shape)?.slice(0, 80)})`);
  const expected = countOf(shape) * format.bytesPerValue;
  if (expected !== end - begin) throw refuse(`shape [${shape}] of ${dtype as string} needs ${expected} bytes (${end - begin} are there)`);
  return { dtype: dtype as string, shape: [...shape] };
}
