/** Weights on their way to the GPU: files are read once from front to back, and what is wanted of them is handed on in pieces of a few MiB. */
import type { StreamOptions } from './modelFolder';
import { cutOff, type StoredTensor } from './storedTensors';
import { PIECE, type WeightFile } from './weightFile';

/** Some values of one tensor, in float32. */
export interface Piece {
  /** Key of the tensor in the map that was asked for. */
  name: string;
  /** Index of the first of `values`; with the usual size of pieces a multiple of 64 and more, so that blocks can be packed. */
  first: number;
  values: Float32Array<ArrayBuffer>;
}

export interface PieceOptions extends StreamOptions {
  /** Largest piece in stored bytes, a multiple of 16. */
  most?: number;
}

type Wanted = [string, StoredTensor];

/**
 * The values of all `tensors`, file by file and in the order in which they lie there.
 * @param options.progress is told how many bytes of all files have come
 * @throws LoadError for a file that ends early and for a value that is not finite
 */
export async function* piecesOf(tensors: ReadonlyMap<string, StoredTensor>, { most = PIECE, progress, signal }: PieceOptions = {}): AsyncGenerator<Piece, void> {
  const files = new Map<WeightFile, Wanted[]>();
  for (const wanted of tensors) files.set(wanted[1].file, [...(files.get(wanted[1].file) ?? []), wanted]);
  let before = 0;
  for (const [file, wanted] of files) {
    let here = 0;
    const told = (bytes: number) => {
      here = bytes;
      progress?.(before + bytes);
    };
    yield* piecesOfFile(file, wanted.sort(([, one], [, other]) => one.begin - other.begin), most, { signal, progress: told });
    before += here;
  }
}

async function* piecesOfFile(file: WeightFile, wanted: Wanted[], most: number, options: StreamOptions): AsyncGenerator<Piece, void> {
  const gathered = new Uint8Array(most);
  let filled = 0;
  let next = 0;
  /** Index of the first value in `gathered`. */
  let first = 0;
  let at = 0;
  /** Hands on what was gathered of the tensor at hand. */
  const taken = (): Piece => {
    const [name, tensor] = wanted[next];
    const piece = { name, first, values: tensor.decode(gathered.subarray(0, filled), first) };
    first += piece.values.length;
    filled = 0;
    return piece;
  };
  for await (const chunk of file.stream(options)) {
    let used = 0;
    while (next < wanted.length && used < chunk.length) {
      const [, tensor] = wanted[next];
      const from = tensor.begin + first * tensor.bytesPerValue + filled;
      // Bytes of tensors that nobody wants, and the header, are passed over.
      used = Math.max(used, Math.min(chunk.length, from - at));
      const count = Math.min(tensor.end - from, most - filled, chunk.length - used);
      gathered.set(chunk.subarray(used, used + count), filled);
      filled += count;
      used += count;
      const ends = from + count === tensor.end;
      if (filled === most || (ends && filled > 0)) yield taken();
      if (!ends) continue;
      next++;
      first = 0;
    }
    at += chunk.length;
  }
  while (next < wanted.length && wanted[next][1].count === 0) next++;
  if (next < wanted.length) throw cutOff(file, at, wanted[next][1].end);
}
