/** Where a checkpoint's tensors lie, and the sentence for every folder that does not say so or says it wrongly. */
import { describe, expect, it } from 'vitest';
import { normals } from '../../kernels/testing/numbers';
import { writeSafetensors } from './safetensors';
import { openWeights } from './shards';
import { intoMemory } from './storedTensors';
import { bytesOfText, entry, fileWith, folderOf } from './testing/made';

const tensor = (seed: number) => ({ shape: [4], values: normals(4, seed) });
const ONE = writeSafetensors(new Map([['a', tensor(1)], ['b', tensor(2)]]));
const TWO = writeSafetensors(new Map([['c', tensor(3)]]));
const MAP = { a: 'model-00001-of-00002.safetensors', b: 'model-00001-of-00002.safetensors', c: 'model-00002-of-00002.safetensors' };
const index = (weight_map: unknown) => JSON.stringify({ metadata: { total_size: 1 }, weight_map });
const SHARDED = { 'model.safetensors.index.json': index(MAP), 'model-00001-of-00002.safetensors': ONE, 'model-00002-of-00002.safetensors': TWO };
const INDEX = 'model.safetensors.index.json';
const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 440449768\n';
const large = (length: bigint) => fileWith('{}', [], length);

describe('the files of a checkpoint', () => {
  it('are those that the index names, whatever it says of their size', async () => {
    const found = await openWeights(folderOf(SHARDED));
    const tensors = await intoMemory(new Map(['a', 'b', 'c'].map((name) => [name, found.get(name)!])));
    expect([...tensors.values()]).toEqual([tensor(1), tensor(2), tensor(3)]);
    expect([found.has('d'), found.get('d')]).toEqual([false, undefined]);
  });

  it('are one file where there is one, with an index beside it or without', async () => {
    expect((await openWeights(folderOf({ ...SHARDED, 'model.safetensors': TWO }))).has('a')).toBe(false);
  });

  it.each<[string, Record<string, Uint8Array | string>, RegExp]>([
    ['no weights', { 'config.json': '{}' }, /^model\.safetensors: is not in made, nor is model\.safetensors\.index\.json; choose the folder of a complete checkpoint/],
    ['a pickle only', { 'pytorch_model.bin': 'x' }, /^pytorch_model\.bin: is a pickle, which can run any code when it is opened, so it is not read, .*; take a conversion to safetensors/],
    ['shards of a pickle', { 'pytorch_model-00001-of-00002.bin': 'x' }, /^pytorch_model-00001-of-00002\.bin: is a pickle/],
    ['TensorFlow only', { 'tf_model.h5': 'x' }, /^tf_model\.h5: is not read, and made has no safetensors beside it; save/],
    ['a missing shard', { ...SHARDED, 'model-00002-of-00002.safetensors': undefined } as never, /^model-00002-of-00002\.safetensors: is missing among the 2 files that model\.safetensors\.index\.json names; take the whole folder/],
    ['two missing shards', { [INDEX]: SHARDED[INDEX] }, /^model-00001-of-00002\.safetensors: is missing, and so are 1 more of the 2 files/],
    ['a tensor that is not where the index says', { ...SHARDED, [INDEX]: index({ ...MAP, d: MAP.c }) }, /^model-00002-of-00002\.safetensors: does not hold d, though model\.safetensors\.index\.json says so/],
    ['an index that is not JSON', { [INDEX]: '{' }, /^model\.safetensors\.index\.json: not JSON .*; fetch the file again/],
    ['an index without a map', { [INDEX]: '{}' }, /has no weight_map/],
    ['an index that names nothing', { [INDEX]: index({}) }, /names 0 files; a checkpoint has between 1 and 10000/],
    ['an index that leads out of the folder', { [INDEX]: index({ a: '../x.safetensors' }) }, /tensor a: its file is no safetensors file of this folder \("\.\.\/x\.safetensors"\)/],
    ['an index of pickles', { [INDEX]: index({ a: 'pytorch_model.bin' }) }, /is no safetensors file of this folder/],
    ['an index that names a number', { [INDEX]: index({ a: 3 }) }, /is no safetensors file of this folder \(3\)/],
    ['an index that is a pointer of git', { [INDEX]: pointer }, /is only git’s pointer to the file/],
    ['a pointer of git', { 'model.safetensors': pointer }, /^model\.safetensors: is only git’s pointer to the weights, not the weights themselves; run `git lfs pull`/],
    ['a web page', { 'model.safetensors': '<!DOCTYPE html><html>Sign in</html>' }, /^model\.safetensors: is a web page and not safetensors; check the address/],
    ['a pickle under another name', { 'model.safetensors': Uint8Array.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]) }, /^model\.safetensors: is a pickle of PyTorch under another name/],
    ['a zip under another name', { 'model.safetensors': new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0]) }, /is a pickle of PyTorch under another name/],
    ['a header of a gigabyte', { 'model.safetensors': large(2n ** 30n) }, /the header is said to be longer than the file \(1073741824 of 10 bytes\)/],
    ['a header longer than numbers go', { 'model.safetensors': large(2n ** 63n) }, /longer than the file \(9223372036854775808 of 10 bytes\)/],
    ['a file of five bytes', { 'model.safetensors': bytesOfText('abcde') }, /too short for a safetensors file \(5 bytes\)/],
    ['overlapping tensors', { 'model.safetensors': fileWith({ a: entry('F32', [1], [0, 4]), b: entry('F32', [1], [2, 6]) }, [0, 0, 0, 0, 0, 0]) }, /tensor b: overlaps the one before it/],
    ['offsets beyond the file', { 'model.safetensors': fileWith({ a: entry('F32', [2 ** 40], [0, 2 ** 42]) }, [0]) }, /tensor a: lies outside the file/],
    ['offsets that are no whole numbers', { 'model.safetensors': fileWith({ a: entry('F32', [1], [0.5, 4.5]) }, [0, 0, 0, 0]) }, /offsets are not a begin and an end/],
    ['no offsets', { 'model.safetensors': fileWith({ a: { dtype: 'F32', shape: [1] } }, [0, 0, 0, 0]) }, /offsets are not a begin and an end/],
  ])('say what is wrong with %s', async (_, files, sentence) => {
    const present = Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined));
    await expect(openWeights(folderOf(present))).rejects.toThrow(sentence);
  });

  it('a header of a gigabyte is not asked for where the file is said to be longer', async () => {
    const folder = folderOf({ 'model.safetensors': large(2n ** 30n) });
    const ranges: number[] = [];
    const huge = { ...folder, list: async () => [{ path: 'model.safetensors', bytes: 2 ** 33 }], range: (path: string, begin: number, end: number) => { ranges.push(end - begin); return folder.range(path, begin, end); } };
    await expect(openWeights(huge)).rejects.toThrow('the header is said to have 1073741824 bytes, and 26214400 are the most that are read; fetch the file again');
    expect(ranges).toEqual([2 ** 16]);
  });
});
