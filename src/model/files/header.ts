/** The header of a safetensors file, read by range: what is in it and how large that is, without a value. */
import { LoadError } from './loadError';

/** A tensor as the header names it. */
export interface StoredTensor {
  dtype: string;
  shape: readonly number[];
  bytes: number;
}

/** Longest header that is read (huggingface.js draws the same line): a model of 10,000 tensors has about 1 MB. */
const LONGEST = 25_000_000;

/** What is asked for first: the whole header of most models. */
const FIRST = 64 * 2 ** 10;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/**
 * @param bytes length of the file, where it is known
 * @param range bytes `begin` to `end` of the file
 * @returns tensors by name
 * @throws LoadError for what is no header
 */
export async function readHeaderOf(file: string, bytes: number | undefined, range: (begin: number, end: number) => Promise<Uint8Array>): Promise<Map<string, StoredTensor>> {
  const start = await range(0, Math.min(bytes ?? Infinity, FIRST));
  if (start.length < 8) throw new LoadError(file, `too short for a safetensors file (${start.length} bytes); fetch the file again`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const most = Math.min(LONGEST, bytes === undefined ? Infinity : bytes - 8);
  if (length > BigInt(most)) throw new LoadError(file, `the header is said to have ${length} bytes (at most ${most} can be); fetch the file again, it is cut off or not safetensors`);
  let header: unknown;
  try {
    const end = 8 + Number(length);
    const rest = end > start.length ? await range(start.length, end) : new Uint8Array();
    const json = new Uint8Array(end - 8);
    json.set(start.subarray(8, end));
    json.set(rest, Math.min(start.length, end) - 8);
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof TypeError ? new LoadError(file, `the header is not JSON (${error.message}); fetch the file again, it is damaged or not safetensors`) : error;
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new LoadError(file, `the header is not a JSON object (${JSON.stringify(header).slice(0, 40)}); save the checkpoint as safetensors again`);
  return new Map(Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, raw]) => [name, readStored(file, name, raw)]));
}

function readStored(file: string, name: string, raw: unknown): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (raw ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Array.isArray(shape) || !shape.every(isCount)) throw new LoadError(file, `tensor ${name}: format and shape are not said (${JSON.stringify(raw)?.slice(0, 80)}); save the checkpoint again`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) throw new LoadError(file, `tensor ${name}: offsets are not a begin and an end (${JSON.stringify(offsets)}); save the checkpoint again`);
  return { dtype, shape, bytes: offsets[1] - offsets[0] };
}
