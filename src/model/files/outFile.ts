/** Files that are made while they are written: nobody holds more of one than a piece. */
import type { TensorFile } from './safetensors';
import { countOf, LENGTH_BYTES } from './safetensorsHeader';
import type { StoredTensor } from './storedTensors';
import { PIECE } from './weightFile';

/** A file that is about to be written, with its length known before the first byte. */
export interface OutFile {
  /** Below the folder that is written, with forward slashes. */
  path: string;
  bytes: number;
  pieces(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

/** A tensor on its way out: row-major float32, in order. */
export interface OutTensor {
  shape: readonly number[];
  pieces(): AsyncIterable<Float32Array>;
}

/** Values that are read at a time. */
export const PIECE_VALUES = PIECE / 4;

export function heldFile(path: string, content: string | Uint8Array<ArrayBuffer>): OutFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { path, bytes: bytes.length, async *pieces() { yield bytes; } };
}

export const heldTensor = ({ shape, values }: TensorFile): OutTensor => ({ shape, async *pieces() { yield values; } });

/** A tensor that lies in a file. */
export const passedOn = (tensor: StoredTensor): OutTensor => ({
  shape: tensor.shape,
  async *pieces() {
    for (let at = 0; at < tensor.count; at += PIECE_VALUES) yield await tensor.read(at, Math.min(PIECE_VALUES, tensor.count - at));
  },
});

/** A safetensors file of F32 tensors, in the order of the map. @throws RangeError where a tensor turns out to have another size */
export function tensorsFile(path: string, tensors: ReadonlyMap<string, OutTensor>, metadata: Record<string, string> = { format: 'pt' }): OutFile {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { shape }] of tensors) {
    const end = size + 4 * countOf([...shape]);
    header[name] = { dtype: 'F32', shape, data_offsets: [size, end] };
    size = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the JSON keep the values aligned to 8 bytes, as other writers do.
  const start = LENGTH_BYTES + Math.ceil(json.length / 8) * 8;
  return {
    path,
    bytes: start + size,
    async *pieces() {
      const head = new Uint8Array(start).fill(0x20, LENGTH_BYTES);
      new DataView(head.buffer).setBigUint64(0, BigInt(start - LENGTH_BYTES), true);
      head.set(json, LENGTH_BYTES);
      yield head;
      for (const [name, tensor] of tensors) {
        let left = countOf([...tensor.shape]);
        for await (const values of tensor.pieces()) {
          left -= values.length;
          yield new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
        }
        if (left !== 0) throw new RangeError(`tensor ${name}: shape [${tensor.shape.join()}] does not hold its values (${left} are left); give it the right shape`);
      }
    },
  };
}

/** All bytes of a file, for small ones. */
export async function wholeFile({ bytes, pieces }: OutFile): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(bytes);
  let at = 0;
  for await (const piece of pieces()) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
