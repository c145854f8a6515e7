/**
 * Reads and writes small safetensors files whole: adapters, saved runs, reference cases. The weights of a model are not read like this but
 * piece by piece (storedTensors.ts, pieces.ts).
 */
import { NUMBER_FORMATS } from './numberFormats';
import { countOf, formatOf, headerEntries, headerLength, headerMetadata, headerObject, LENGTH_BYTES } from './safetensorsHeader';

/** A tensor in memory: row-major values in float32. */
export interface TensorFile {
  shape: number[];
  values: Float32Array;
}

const bytesOf = (file: ArrayBuffer | Uint8Array): Uint8Array => (file instanceof Uint8Array ? file : new Uint8Array(file));

function readHeader(bytes: Uint8Array, file: string): { header: Record<string, unknown>; start: number } {
  const start = LENGTH_BYTES + headerLength(file, bytes, bytes.length);
  return { header: headerObject(file, bytes.subarray(LENGTH_BYTES, start)), start };
}

/**
 * All tensors of a safetensors file, as float32 (F32, F16, BF16 and F64 are read; the bytes are copied, not kept).
 * @param file how the file is called in an error
 * @throws LoadError for a damaged file or a number format that is not supported
 */
export function readSafetensors(given: ArrayBuffer | Uint8Array, file: string): Map<string, TensorFile> {
  const bytes = bytesOf(given);
  const { header, start } = readHeader(bytes, file);
  return new Map(headerEntries(file, header, bytes.length - start).map((entry) => {
    const { dtype, shape } = formatOf(file, entry);
    return [entry.name, { shape, values: NUMBER_FORMATS.get(dtype)!.decode(bytes.subarray(start + entry.begin, start + entry.end)) }];
  }));
}

/** What a file says of itself: texts by name, empty where it says nothing. Throws LoadError. */
export function readMetadata(given: ArrayBuffer | Uint8Array, file: string): Record<string, string> {
  return headerMetadata(readHeader(bytesOf(given), file).header);
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
  const start = LENGTH_BYTES + Math.ceil(encoded.length / 8) * 8;
  const bytes = new Uint8Array(start + size).fill(0x20, 8, start);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
  bytes.set(encoded, LENGTH_BYTES);
  let offset = start;
  for (const { values } of tensors.values()) {
    for (const value of values) {
      view.setFloat32(offset, value, true);
      offset += 4;
    }
  }
  return bytes;
}
