/** Checkpoints as files: a safetensors file whose header carries the run it was made of. Reading one, with a sentence for whatever is wrong. */
import { CHECKPOINT_FORMAT, type RunRecord } from '../protocol/run';
import { readRecord } from './recordFile';

export interface Checkpoint {
  fileName: string;
  /** Optimizer steps that are in it. */
  step: number;
  record: RunRecord;
  /** The whole file, as the engine wants it back. */
  file: Uint8Array<ArrayBuffer>;
}

/** `note`: what of its run was not understood and left out, as a sentence. */
export type ReadCheckpoint = { ok: true; checkpoint: Checkpoint; note?: string } | { ok: false; sentence: string };

/** Bytes that say how long the header is: a little-endian u64. */
const LENGTH_BYTES = 8;

export const isCheckpointName = (name: string) => name.toLowerCase().endsWith('.safetensors');

/** The name that a run's checkpoint is downloaded under, without what file systems refuse. */
export const checkpointName = (run: string, step: number) => `${run.replace(/[\\/:*?"<>|\s]+/g, ' ').trim() || 'run'}-step-${step}.safetensors`;

type Header = Record<string, unknown> & { __metadata__?: Record<string, unknown> };

function headerOf(file: Uint8Array<ArrayBuffer>): { header: Header; dataStart: number } | undefined {
  if (file.length < LENGTH_BYTES) return undefined;
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > file.length - LENGTH_BYTES) return undefined;
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
    return typeof header === 'object' && header !== null && !Array.isArray(header) ? { header: header as Header, dataStart: LENGTH_BYTES + length } : undefined;
  } catch {
    return undefined;
  }
}

/** Where the last tensor ends, counted from the end of the header. */
function dataEnd(header: Header): number {
  const ends = Object.entries(header).map(([name, tensor]) => (name === '__metadata__' ? 0 : Number((tensor as { data_offsets?: number[] } | null)?.data_offsets?.[1] ?? 0)));
  return Math.max(0, ...ends);
}

/** What is wrong with a file that was one of ours, in a few words; undefined where it is whole. */
export function damageOf(file: Uint8Array<ArrayBuffer>): string | undefined {
  const found = headerOf(file);
  if (!found) return 'it has no header';
  const missing = found.dataStart + dataEnd(found.header) - file.length;
  return missing > 0 ? `it ends ${missing} bytes early` : undefined;
}

/** Reads a checkpoint's header; the tensors are the engine's. `name` is the file's, for the sentence. */
export function readCheckpoint(file: Uint8Array<ArrayBuffer>, name: string): ReadCheckpoint {
  const wrong = (what: string): ReadCheckpoint => ({ ok: false, sentence: `${name}: ${what}` });
  const found = headerOf(file);
  if (!found) return wrong('not a safetensors file, or a damaged one; open a checkpoint that was downloaded from this page.');
  const { header, dataStart } = found;
  const { format, step, record } = header.__metadata__ ?? {};
  if (format !== CHECKPOINT_FORMAT) return wrong('a safetensors file, but no checkpoint of this page; it opens only those that it made itself.');
  const missing = dataStart + dataEnd(header) - file.length;
  if (missing > 0) return wrong(`the file ends ${missing} bytes early; download it again.`);
  const steps = Number(step);
  if (typeof step !== 'string' || !Number.isInteger(steps) || steps < 0) return wrong(`its step is ${String(step)}, expected a whole number; the file is damaged.`);
  if (typeof record !== 'string') return wrong('it carries no run, so there is nothing to go on with; the file is damaged.');
  const read = readRecord(record, name);
  if (!read.ok) return read;
  const { steps: last } = read.record.config.optimizer;
  if (steps > last) return wrong(`its step is ${steps} of a run of ${last} steps; the file is damaged.`);
  return { ok: true, checkpoint: { fileName: name, step: steps, record: read.record, file }, ...(read.note !== undefined && { note: read.note }) };
}

/** The same file with another run in its header: a snapshot is made by the engine, which knows none. */
export function withRecord(file: Uint8Array<ArrayBuffer>, record: string): Uint8Array<ArrayBuffer> {
  const { header, dataStart } = headerOf(file)!;
  const text = new TextEncoder().encode(JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, record } }));
  // Tensors begin at a multiple of eight bytes.
  const length = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const made = new Uint8Array(LENGTH_BYTES + length + file.length - dataStart).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + length);
  new DataView(made.buffer).setBigUint64(0, BigInt(length), true);
  made.set(text, LENGTH_BYTES);
  made.set(file.subarray(dataStart), LENGTH_BYTES + length);
  return made;
}
