/** Weights in pieces: every value once, in order, whatever the sizes of chunks and pieces, and a sentence for what is damaged. */
import { describe, expect, it } from 'vitest';
import { normals } from '../../kernels/testing/numbers';
import type { ModelFolder } from './modelFolder';
import { type Piece, piecesOf } from './pieces';
import { writeSafetensors } from './safetensors';
import { openWeights } from './shards';
import { fromMemory, type StoredTensor } from './storedTensors';
import { entry, fileWith, folderOf, slowly } from './testing/made';

const TENSORS = new Map([
  ['a', { shape: [7, 3], values: normals(21, 1) }],
  ['unwanted', { shape: [13], values: normals(13, 2) }],
  ['empty', { shape: [0, 4], values: new Float32Array(0) }],
  ['b', { shape: [50], values: normals(50, 3) }],
  ['scalar', { shape: [], values: new Float32Array([5]) }],
]);
const FILE = writeSafetensors(TENSORS);

async function gathered(tensors: Map<string, StoredTensor>, most?: number): Promise<{ pieces: Piece[]; values: Map<string, number[]> }> {
  const pieces: Piece[] = [];
  const values = new Map<string, number[]>([...tensors.keys()].map((name) => [name, []]));
  for await (const piece of piecesOf(tensors, { most })) {
    expect(piece.first).toBe(values.get(piece.name)!.length);
    pieces.push(piece);
    values.get(piece.name)!.push(...piece.values);
  }
  return { pieces, values };
}

const wantedOf = async (folder: ModelFolder, names: string[]) => {
  const index = await openWeights(folder);
  return new Map(names.map((name) => [name, index.get(name)!]));
};

describe('pieces of weights', () => {
  it.each([[1, 16], [3, 64], [1000, 64], [64, 16], [7, 1024]])('chunks of %d bytes in pieces of at most %d', async (chunk, most) => {
    const { values, pieces } = await gathered(await wantedOf(slowly(folderOf({ 'model.safetensors': FILE }), chunk), ['scalar', 'b', 'empty', 'a']), most);
    for (const [name, found] of values) expect(found, name).toEqual([...TENSORS.get(name)!.values]);
    for (const piece of pieces) expect([piece.first % 2, piece.values.byteLength <= most]).toEqual([0, true]);
  });

  it('reads a tensor from memory, and a part of one', async () => {
    const [b] = [...fromMemory(new Map([['b', TENSORS.get('b')!]])).values()];
    expect(await b.read(4, 3)).toEqual(TENSORS.get('b')!.values.slice(4, 7));
    expect(await b.equals(b)).toBe(true);
    const [other] = [...fromMemory(new Map([['b', { shape: [50], values: normals(50, 9) }]])).values()];
    expect(await b.equals(other)).toBe(false);
  });

  it('reads the header of a large file alone, by range', async () => {
    const large = writeSafetensors(new Map([['x', { shape: [3 * 2 ** 20], values: new Float32Array(3 * 2 ** 20) }]]));
    const folder = slowly(folderOf({ 'model.safetensors': large }), 2 ** 20);
    const index = await openWeights(folder);
    expect(folder.ranges).toEqual([['model.safetensors', 0, 2 ** 16]]);
    expect(index.get('x')!.count).toBe(3 * 2 ** 20);
    expect((await index.get('x')!.read(2 ** 20, 5)).length).toBe(5);
    expect(folder.ranges.length).toBe(2);
  });

  it('names the tensor and the value that is no number', async () => {
    const bits = new Uint8Array(new Float32Array([1, 2, NaN, 4]).buffer);
    const file = fileWith({ ok: entry('F16', [2], [0, 4]), w: entry('F32', [2, 2], [4, 20]) }, [0, 0x3c, 0, 0x3c, ...bits]);
    const nan = 'model.safetensors: tensor w: value 2 is not a number (NaN); take a checkpoint from before its training went wrong';
    await expect(gathered(await wantedOf(folderOf({ 'model.safetensors': file }), ['ok', 'w']))).rejects.toThrow(nan);
    await expect((await wantedOf(folderOf({ 'model.safetensors': file }), ['w'])).get('w')!.read(2, 1)).rejects.toThrow(nan);
    const half = fileWith({ w: entry('F16', [2], [0, 4]) }, [0, 0x3c, 0, 0xfc]);
    await expect(gathered(await wantedOf(folderOf({ 'model.safetensors': half }), ['w']))).rejects.toThrow('tensor w: value 1 is infinite (-Infinity)');
  });

  it('says that a file ended early', async () => {
    // A server that says another length than it sends.
    const folder = folderOf({ 'model.safetensors': FILE });
    const short: ModelFolder = { ...folder, async *stream(path) { yield (await folder.read(path)).slice(0, -10); } };
    await expect(gathered(await wantedOf(slowly(short, 100), ['b']))).resolves.toBeDefined();
    const index = await wantedOf({ ...short, list: async () => [{ path: 'model.safetensors', bytes: FILE.length }] }, ['b', 'scalar']);
    await expect(gathered(index)).rejects.toThrow(/^model.safetensors: ends at byte \d+, \d+ are needed; fetch the file again, it is cut off/);
  });
});
