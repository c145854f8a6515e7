/** What a configuration has to know of a model before its weights are there. The engine finds it out (`train/description.ts`); nothing here knows a model by name but those that come with the page. */
import builtIn from './builtInModels.json';
import { readReference, shortName } from './sources';
import type { Target } from './peft';

/** What cards, presets and problems ask of a model. */
export interface ModelTraits {
  /** As people know it. */
  name: string;
  /** Its architecture, as its authors call it. */
  architecture: string;
  /** Whether a token sees only what stands before it; such a model can write. */
  decoder: boolean;
  /** Whether its layers have biases, which BitFit trains. */
  biases: boolean;
  layers: number;
  /** Channels of the residual stream. */
  width: number;
  /** Channels of the keys, and of the values: fewer than `width` where heads share them. */
  keyValueWidth: number;
  targets: readonly Target[];
  /** Why the page's tasks cannot run with it (a tokenizer that is missing or not read), as a sentence without its stop. */
  obstacle?: string;
}

/** All that is found out of a source without its weights: from its list of files, config.json, the tokenizer and the header of the weights. */
export interface ModelFacts extends ModelTraits {
  /** Its reference, pinned where it can be. */
  source: string;
  heads: number;
  /** Rows of the token embedding. */
  vocabulary: number;
  /** Tokens of the longest text that it has positions for. */
  longest: number;
  /** How its tokenizer cuts text; left out where it has none that is read. */
  tokenizer?: string;
  /** Licence by its identifier, where the source says so. */
  licence?: string;
  /** Values of all tensors in the files, and the formats they are stored in. */
  parameters: number;
  formats: readonly string[];
  /** The files that a run needs, weights last. */
  files: readonly { path: string; bytes: number }[];
  /** Bytes of those with weights. */
  weightBytes: number;
}

/** Facts of the models that come with the page, by name; `description.test.ts` writes them (`npx vitest run --project unit src/train/description.test.ts -u`) and holds them against the files. */
export const BUILT_IN = builtIn as Readonly<Record<string, ModelFacts>>;
export const BUILT_IN_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** Facts of a model that comes with the page, undefined for every other. */
export const builtInFacts = (source: string): ModelFacts | undefined => (Object.hasOwn(BUILT_IN, source) ? BUILT_IN[source] : undefined);

const WRITER = BUILT_IN_NAMES.find((name) => BUILT_IN[name].decoder)!;

/** The model that is taken for these rows where one that writes is asked for: the small decoder has no words for what triples name. */
export const writerFor = (source: string): string => (source === 'triples' ? 'micro-decoder' : WRITER);

/** Whether a text is a reference that may stand in a configuration: one of any kind, and of the built-in ones only those that there are. */
export function isModelSource(text: unknown): text is string {
  const reference = typeof text === 'string' ? readReference(text) : undefined;
  return reference !== undefined && (reference.kind !== 'builtin' || Object.hasOwn(BUILT_IN, reference.name));
}

/** Whether a text is the reference of an adapter: none comes with the page. */
export function isAdapterSource(text: unknown): text is string {
  const reference = typeof text === 'string' ? readReference(text) : undefined;
  return reference !== undefined && reference.kind !== 'builtin';
}

/** What a model is called where its facts are not known yet. */
export function modelName(source: string): string {
  const reference = readReference(source);
  return reference ? shortName(reference) : source;
}

/** First layer of the upper half: where decoders start to drop in the paper (arXiv 2403.00812, appendix E: blocks 12–23 of GPT-2 medium). */
export const latterHalf = (layers: number): number => Math.floor(layers / 2);
