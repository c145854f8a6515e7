/** Tensors that lie in files: where, in which number format, and how a part of one comes into memory. Nothing is read before it is asked for. */
import { LoadError } from './loadError';
import { NUMBER_FORMATS, refuseWhatIsNoNumber } from './numberFormats';
import type { TensorFile } from './safetensors';
import { countOf, formatOf, type HeaderEntry, headerEntries, headerLength, headerObject, LENGTH_BYTES } from './safetensorsHeader';
import { memoryFile, PIECE, type WeightFile } from './weightFile';

/** Bytes of a file that are asked for first: a length and, in most files, the whole header. */
const FIRST = 2 ** 16;

export class StoredTensor {
  /**
   * @param name in its file
   * @param dtype number format by its safetensors name
   * @param begin first byte, counted from the start of the file
   */
  constructor(readonly file: WeightFile, readonly name: string, readonly dtype: string, readonly shape: number[], readonly begin: number) {}

  get count(): number {
    return countOf(this.shape);
  }

  get bytesPerValue(): number {
    return NUMBER_FORMATS.get(this.dtype)!.bytesPerValue;
  }

  /** First byte behind the tensor. */
  get end(): number {
    return this.begin + this.count * this.bytesPerValue;
  }

  /** Stored bytes as float32. @param first index of the first of them @throws LoadError for a value that is not finite */
  decode(bytes: Uint8Array, first: number): Float32Array<ArrayBuffer> {
    const values = NUMBER_FORMATS.get(this.dtype)!.decode(bytes);
    refuseWhatIsNoNumber(this.file.name, this.name, values, first);
    return values;
  }

  /** Values as float32, all or `count` from `first` on: for the few tensors that are needed in memory. @throws LoadError */
  async read(first = 0, count = this.count - first): Promise<Float32Array<ArrayBuffer>> {
    const values = new Float32Array(count);
    const most = PIECE / 8;
    for (let at = 0; at < count; at += most) {
      const end = Math.min(count, at + most);
      values.set(this.decode(await this.bytes(first + at, first + end), first + at), at);
    }
    return values;
  }

  /** Stored bytes of the values `first` to `end`. */
  private async bytes(first: number, end: number): Promise<Uint8Array> {
    const [from, to] = [this.begin + first * this.bytesPerValue, this.begin + end * this.bytesPerValue];
    const bytes = await this.file.range(from, to);
    if (bytes.length !== to - from) throw cutOff(this.file, from + bytes.length, to);
    return bytes;
  }

  /** `torch.equal` on the values, wherever the two are stored; stops at the first piece that differs. */
  async equals(other: StoredTensor): Promise<boolean> {
    if (this.count !== other.count) return false;
    const most = PIECE / 8;
    for (let at = 0; at < this.count; at += most) {
      const count = Math.min(most, this.count - at);
      const [one, two] = await Promise.all([this.read(at, count), other.read(at, count)]);
      if (!one.every((value, index) => value === two[index])) return false;
    }
    return true;
  }
}

export const cutOff = (file: WeightFile, at: number, promised: number): LoadError =>
  new LoadError(file.name, `ends at byte ${at}, ${promised} are needed; fetch the file again, it is cut off`);

/** The header of a file: what tensors it lists, and where its values start. @throws LoadError */
export async function readEntries(file: WeightFile): Promise<{ entries: Map<string, HeaderEntry>; start: number }> {
  const first = await file.head(Math.min(file.bytes ?? FIRST, FIRST));
  const start = LENGTH_BYTES + headerLength(file.name, first, file.bytes);
  const json = start <= first.length ? first.subarray(LENGTH_BYTES, start) : (await file.head(start)).subarray(LENGTH_BYTES);
  if (json.length !== start - LENGTH_BYTES) throw cutOff(file, LENGTH_BYTES + json.length, start);
  const entries = headerEntries(file.name, headerObject(file.name, json), (file.bytes ?? Infinity) - start);
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), start };
}

/** A tensor that a header lists and somebody wants. @throws LoadError for a number format or shape that is not read */
export function storedTensor(file: WeightFile, entry: HeaderEntry, start: number): StoredTensor {
  const { dtype, shape } = formatOf(file.name, entry);
  return new StoredTensor(file, entry.name, dtype, shape, start + entry.begin);
}

/** Tensors in memory as if they lay in files: of made-up models, and of what was changed on the host. Their values are not copied. */
export const fromMemory = (tensors: ReadonlyMap<string, TensorFile>): Map<string, StoredTensor> => new Map([...tensors].map(([name, { shape, values }]) => {
  const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
  return [name, new StoredTensor(memoryFile(name, bytes), name, 'F32', shape, 0)];
}));

/** A tensor of which only the shape is known: enough to plan with, and for nothing else. */
export const outlined = (name: string, shape: readonly number[]): StoredTensor => new StoredTensor(memoryFile(name, new Uint8Array()), name, 'F32', [...shape], 0);

/** Every tensor in memory, for referees and tests. */
export async function intoMemory(tensors: ReadonlyMap<string, StoredTensor>): Promise<Map<string, TensorFile>> {
  const read = await Promise.all([...tensors].map(async ([name, tensor]): Promise<[string, TensorFile]> => [name, { shape: tensor.shape, values: await tensor.read() }]));
  return new Map(read);
}
