/** Files of weights made byte by byte, damaged ones too, and a folder that counts what is read of it. */
import { heldFolder, type ModelFolder } from '../modelFolder';

/** A safetensors file with this header (an object, or raw text) and these bytes of values. */
export function fileWith(header: unknown, values: ArrayLike<number> = [], length?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}

export const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

export const bytesOfText = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

export const folderOf = (files: Record<string, Uint8Array | string>): ModelFolder =>
  heldFolder('made', new Map(Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? bytesOfText(content) : content])));

/** The folder as a place that serves pieces of `most` bytes, with the ranges that were asked of it. */
export function slowly(folder: ModelFolder, most: number): ModelFolder & { ranges: [string, number, number][] } {
  const ranges: [string, number, number][] = [];
  return {
    ...folder, ranges,
    range(path, begin, end) {
      ranges.push([path, begin, end]);
      return folder.range(path, begin, end);
    },
    async *stream(path) {
      const bytes = await folder.read(path);
      for (let at = 0; at < bytes.length; at += most) yield bytes.slice(at, at + most);
    },
  };
}
