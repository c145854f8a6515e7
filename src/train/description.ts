/** What a source holds, found out without its weights: from its list of files, config.json, the tokenizer and the headers of the weights. */
import { type ModelFacts } from '../config/models';
import { referenceText } from '../config/sources';
import { checkIds, readTokenizer } from '../data/tokenization/files';
import { createTokenizer, type TextTokenizer } from '../data/tokenizer';
import { architectureOf } from '../model/architectures';
import { longestSequence, parseCheckpointConfig } from '../model/files/checkpointConfig';
import { bodyShapes, namesOf } from '../model/files/checkpointNames';
import { missingSentence } from '../model/files/folder';
import { LoadError } from '../model/files/loadError';
import { declared } from '../model/files/safetensorsHeader';
import { readEntries } from '../model/files/storedTensors';
import { openWeightFile } from '../model/files/weightFile';
import type { ModelConfig } from '../model/modelConfig';
import { traitsOf } from '../model/traits';
import { MODEL_FILES } from '../sources/address';
import { refuseLfsPointer } from '../sources/hub/hub';
import type { ReadOptions, Source, SourceFile } from '../sources/source';
import { SourceError } from '../sources/sourceError';

type Declared = ReturnType<typeof declared>;

export interface Description {
  facts: ModelFacts;
  config: ModelConfig;
  /** Left out where there is none that is read; `facts.obstacle` says why. */
  tokenizer?: TextTokenizer;
}

export const WEIGHTS = 'model.safetensors';
const INDEX = `${WEIGHTS}.index.json`;
const README = 'README.md';
const PICKLE = /\.(bin|pt|pth|ckpt|msgpack|h5)$/;

/**
 * Describes a source; of its weights only the headers are read.
 * @throws SourceError or LoadError with a sentence; code `pickle_only` where the weights could run a program when they are opened
 */
export async function describeSource(source: Source, options: ReadOptions = {}): Promise<Description> {
  const listed = new Map((await source.list(options)).map((file) => [file.path, file]));
  const weights = await weightFilesOf(source, listed, options);
  const config = parseCheckpointConfig(await textOf(source, 'config.json', options));
  const stored = new Map<string, Declared>();
  for (const { path } of weights) {
    const file = await openWeightFile(source, path);
    if (!file) throw new SourceError('no_file', path, `is not among the files of ${source.name}; take all of them from one checkpoint`);
    for (const [name, entry] of (await readEntries(file)).entries) stored.set(name, declared(path, entry));
  }
  checkBody(config, stored, weights[0].path);
  const licence = source.licence ?? (listed.has(README) ? licenceIn(await textOf(source, README, options)) : undefined);
  const { tokenizer, kind, obstacle } = await tokenizerOf(source, listed, config, options);
  const small = MODEL_FILES.flatMap((path) => listed.get(path) ?? []);
  const sized = [...small, ...weights].map(({ path, bytes = 0 }) => ({ path, bytes }));
  const facts: ModelFacts = {
    ...traitsOf(config, source.name), ...(obstacle !== undefined && { obstacle }),
    source: referenceText(source.reference), heads: config.heads, vocabulary: config.vocabulary, longest: longestSequence(config),
    ...(kind !== undefined && { tokenizer: kind }), ...(licence !== undefined && { licence }),
    parameters: [...stored.values()].reduce((sum, { shape }) => sum + shape.reduce((product, extent) => product * extent, 1), 0),
    formats: [...new Set([...stored.values()].map(({ dtype }) => dtype))].sort(),
    files: sized, weightBytes: sized.slice(small.length).reduce((sum, { bytes }) => sum + bytes, 0),
  };
  return { facts, config, tokenizer };
}

/** Bytes of weights that are not on this machine yet. */
export async function toFetch(source: Source, { files, weightBytes }: ModelFacts): Promise<number> {
  if (!source.here) return weightBytes;
  let missing = 0;
  for (const { path, bytes } of files.filter((file) => file.path.endsWith('.safetensors'))) missing += Math.max(0, bytes - (await source.here(path)));
  return missing;
}

async function textOf(source: Source, path: string, options: ReadOptions): Promise<string> {
  const bytes = await source.read(path, options);
  refuseLfsPointer(path, bytes);
  return new TextDecoder().decode(bytes);
}

/** What the front matter of a model's page says, for places that do not know themselves. */
function licenceIn(page: string): string | undefined {
  const [first, ...lines] = page.slice(0, 5000).split(/\r?\n/);
  if (first !== '---') return undefined;
  const end = lines.indexOf('---');
  return lines.slice(0, Math.max(0, end)).map((line) => /^license: *(\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
}

/** One file, or the shards that an index names. */
async function weightFilesOf(source: Source, listed: ReadonlyMap<string, SourceFile>, options: ReadOptions): Promise<SourceFile[]> {
  const single = listed.get(WEIGHTS);
  if (single) return [single];
  if (listed.has(INDEX)) return shardsOf(await textOf(source, INDEX, options), listed);
  const pickled = [...listed.keys()].find((path) => PICKLE.test(path));
  if (pickled) {
    throw new SourceError('pickle_only', pickled, 'is a Python pickle, which can run a program when it is opened, so it is not read; take a repository with model.safetensors, or save it again with save_pretrained(…, safe_serialization=True)');
  }
  const names = [...listed.keys()].slice(0, 6).join(', ') || 'nothing';
  throw new SourceError('no_file', WEIGHTS, `is not among the files of ${source.name} (${names}${listed.size > 6 ? ', …' : ''}); take the folder of a checkpoint that was saved as safetensors`);
}

function shardsOf(text: string, listed: ReadonlyMap<string, SourceFile>): SourceFile[] {
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown } | null)?.weight_map;
  } catch (error) {
    throw new LoadError(INDEX, `not JSON (${(error as Error).message}); fetch the file again`);
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new LoadError(INDEX, `weight_map is no table of tensors and files (${JSON.stringify(map)?.slice(0, 40)}); save the checkpoint again`);
  const names = [...new Set(Object.values(map))];
  return names.map((name) => {
    const file = typeof name === 'string' && !/[/\\]|^\.\.$/.test(name) ? listed.get(name) : undefined;
    if (!file) throw new LoadError(INDEX, `names ${JSON.stringify(name)}, which is not among the files; take the folder with all of its ${names.length} parts`);
    return file;
  });
}

/** Whether the body of the model that config.json describes is there. */
function checkBody(config: ModelConfig, stored: ReadonlyMap<string, Declared>, file: string): void {
  const { tie } = architectureOf(config);
  const missing: string[] = [];
  for (const [name, shape] of bodyShapes(config)) {
    // The loader settles which of the two names a tied table has.
    const names = [...namesOf(name, config.architecture), ...(name === tie.embedding ? namesOf(tie.head, config.architecture) : [])];
    const found = names.find((one) => stored.has(one));
    if (found === undefined) missing.push(name);
    else if (String(stored.get(found)!.shape) !== String(shape)) throw new LoadError(file, `tensor ${found}: shape [${stored.get(found)!.shape.join()}] does not fit config.json ([${shape.join()}]); take both files from one checkpoint`);
  }
  if (missing.length > 0) throw new LoadError(file, missingSentence(missing));
}

async function tokenizerOf(source: Source, listed: ReadonlyMap<string, SourceFile>, config: ModelConfig, options: ReadOptions): Promise<{ tokenizer?: TextTokenizer; kind?: string; obstacle?: string }> {
  // Nobody is asked for what is not there.
  const read = async (path: string) => {
    if (!listed.has(path)) throw new SourceError('no_file', path, `is not among the files of ${source.name}; add it, since the tasks of this page are texts`);
    return (await source.read(path, options)).buffer;
  };
  try {
    const { tokenizerJson, tokenizerConfig } = await readTokenizer(read);
    const tokenizer = createTokenizer(tokenizerJson, tokenizerConfig);
    checkIds(tokenizer.vocabularySize, config.vocabulary);
    return { tokenizer, kind: kindOf(tokenizerJson) };
  } catch (error) {
    if (error instanceof SourceError && error.code !== 'no_file') throw error;
    return { obstacle: (error as Error).message.replace(/\.$/, '') };
  }
}

/** How a tokenizer cuts text, as its authors call it. */
function kindOf(tokenizerJson: Record<string, unknown>): string {
  const { type } = (tokenizerJson.model ?? {}) as { type?: unknown };
  if (type === 'BPE') return JSON.stringify([tokenizerJson.pre_tokenizer, tokenizerJson.decoder]).includes('"ByteLevel"') ? 'byte-level BPE' : 'BPE';
  return typeof type === 'string' ? type : 'unknown kind';
}
