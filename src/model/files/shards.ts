/** Which files hold a checkpoint's tensors: one, or several that an index lists. What else a folder may hold in their place is refused with the way out. */
import { LoadError } from './loadError';
import type { ModelFolder } from './modelFolder';
import type { HeaderEntry } from './safetensorsHeader';
import { readEntries, storedTensor, type StoredTensor } from './storedTensors';
import { openWeightFile, type WeightFile } from './weightFile';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** More shards than any model has (huggingface.js stops there too). */
const MOST_SHARDS = 10_000;

/** Longest index that is read: 100,000 tensors take about 10 MB. */
const LONGEST_INDEX = 25 * 2 ** 20;

/** All tensors that the files list; one is made when it is asked for, since not even the number format of the others matters. */
export class TensorIndex {
  private readonly made = new Map<string, StoredTensor>();

  /** @param file how all of it is called in an error: the one file, or the index */
  constructor(readonly file: string, private readonly listed: ReadonlyMap<string, { file: WeightFile; entry: HeaderEntry; start: number }>) {}

  has(name: string): boolean {
    return this.listed.has(name);
  }

  /** @throws LoadError for a number format that is not read, and a shape that does not fit its bytes */
  get(name: string): StoredTensor | undefined {
    const found = this.listed.get(name);
    if (!found) return undefined;
    const tensor = this.made.get(name) ?? storedTensor(found.file, found.entry, found.start);
    this.made.set(name, tensor);
    return tensor;
  }
}

/**
 * Reads the headers of a folder's weights: `model.safetensors`, or the shards of `model.safetensors.index.json`.
 * @throws LoadError where there are none, or one of them is missing or damaged
 */
export async function openWeights(folder: ModelFolder): Promise<TensorIndex> {
  const file = await openWeightFile(folder, SINGLE);
  if (file) {
    const { entries, start } = await readEntries(file);
    return new TensorIndex(SINGLE, new Map([...entries].map(([name, entry]) => [name, { file, entry, start }])));
  }
  const index = await openWeightFile(folder, INDEX);
  if (!index) throw await nothingToRead(folder);
  if ((index.bytes ?? 0) > LONGEST_INDEX) throw new LoadError(INDEX, `has ${index.bytes} bytes, more than any index (${LONGEST_INDEX}); check what was chosen`);
  return openShards(folder, readIndex(new TextDecoder().decode(await folder.read(INDEX))));
}

/** The shard of each tensor, by the tensor's name. Throws LoadError. */
function readIndex(text: string): Map<string, string> {
  const refuse = (detail: string) => new LoadError(INDEX, detail);
  if (text.startsWith('version https://git-lfs')) throw refuse('is only git’s pointer to the file, not the file itself; run `git lfs pull` in the folder it came from');
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw refuse(`not JSON (${(error as Error).message}); fetch the file again`);
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw refuse('has no weight_map, which says in which file a tensor lies; save the checkpoint again with save_pretrained');
  for (const [tensor, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !/^[^/\\]+\.safetensors$/.test(shard) || shard.startsWith('.')) {
      throw refuse(`tensor ${tensor}: its file is no safetensors file of this folder (${JSON.stringify(shard)?.slice(0, 80)}); save the checkpoint as safetensors again`);
    }
  }
  const shards = new Set(Object.values(map)).size;
  if (shards === 0 || shards > MOST_SHARDS) throw refuse(`names ${shards} files; a checkpoint has between 1 and ${MOST_SHARDS}`);
  return new Map(Object.entries(map as Record<string, string>));
}

async function openShards(folder: ModelFolder, shardOf: Map<string, string>): Promise<TensorIndex> {
  const names = [...new Set(shardOf.values())].sort();
  const opened = await Promise.all(names.map(async (name) => ({ name, file: await openWeightFile(folder, name) })));
  const missing = opened.filter(({ file }) => !file).map(({ name }) => name);
  if (missing.length > 0) {
    throw new LoadError(missing[0], `is missing, and so are ${missing.length - 1} more of the ${names.length} files that ${INDEX} names; take the whole folder`.replace(', and so are 0 more of', ' among'));
  }
  const shards = new Map(await Promise.all(opened.map(async ({ name, file }) => [name, { file: file!, ...(await readEntries(file!)) }] as const)));
  return new TensorIndex(INDEX, new Map([...shardOf].map(([tensor, shard]) => {
    const { file, entries, start } = shards.get(shard)!;
    const entry = entries.get(tensor);
    if (!entry) throw new LoadError(shard, `does not hold ${tensor}, though ${INDEX} says so; take all files from one checkpoint`);
    return [tensor, { file, entry, start }];
  })));
}

/** What to say of a folder without safetensors. */
async function nothingToRead(folder: ModelFolder): Promise<LoadError> {
  const files = (await folder.list().catch(() => [])).map(({ path }) => path);
  const pickle = files.find((path) => /^(pytorch_model.*\.bin|[^/]+\.(pt|pth|ckpt))$/.test(path));
  if (pickle) {
    return new LoadError(pickle, `is a pickle, which can run any code when it is opened, so it is not read, and ${folder.name} has no safetensors beside it; take a conversion to safetensors of the same model, or save it anew in Python with save_pretrained`);
  }
  const other = files.find((path) => /\.(h5|msgpack|gguf|onnx)$/.test(path));
  if (other) return new LoadError(other, `is not read, and ${folder.name} has no safetensors beside it; save the model as safetensors in Python with save_pretrained`);
  return new LoadError(SINGLE, `is not in ${folder.name}, nor is ${INDEX}; choose the folder of a complete checkpoint`);
}
