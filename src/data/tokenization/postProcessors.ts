/** Special tokens around one text or two: one function a kind of post-processor in tokenizer.json. */
import { isObject, type Json, partsOf } from './json';

export interface PostProcessor {
  /** How many tokens it adds to one text, or to two. */
  added(pair: boolean): number;
  /** Takes the ids of one text or of two, and gives lists whose sum is the row. */
  process(texts: number[][]): number[][];
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** `["[SEP]", 102]` → 102. */
function idOf(token: unknown, name: string): number {
  const id = Array.isArray(token) ? (token[1] as unknown) : undefined;
  if (!isId(id)) throw new Error(`tokenizer.json: the post-processor has no ${name} token with an id (${JSON.stringify(token)}); export the tokenizer again.`);
  return id;
}

/** BERT: [CLS] a [SEP] b [SEP]. RoBERTa, with a second separator: <s> a </s></s> b </s>. */
function separated(config: Json, doubled: boolean): PostProcessor {
  const [begin, end] = [idOf(config.cls, 'cls'), idOf(config.sep, 'sep')];
  return {
    added: (pair) => (pair ? (doubled ? 4 : 3) : 2),
    process: (texts) => texts.map((ids, i) => [...(i === 0 ? [begin] : doubled ? [end] : []), ...ids, end]),
  };
}

type Part = { text: 0 | 1 } | { ids: number[] };

function template(config: Json): PostProcessor {
  const special = isObject(config.special_tokens) ? config.special_tokens : {};
  const read = (pieces: unknown): Part[] => partsOf(pieces).map(({ Sequence: sequence, SpecialToken: token }) => {
    if (isObject(sequence)) return { text: sequence.id === 'B' ? 1 : 0 };
    const name = isObject(token) ? String(token.id) : '';
    const entry = special[name];
    if (!isObject(entry) || !Array.isArray(entry.ids)) throw new Error(`tokenizer.json: the template names a special token without ids (${name}); export the tokenizer again.`);
    const wrong = (entry.ids as unknown[]).find((id) => !isId(id));
    if (wrong !== undefined) throw new Error(`tokenizer.json: an id of the template's token ${name} is not a whole number of 0 or more (${JSON.stringify(wrong)}); export the tokenizer again.`);
    return { ids: entry.ids as number[] };
  });
  const [single, pair] = [read(config.single), read(config.pair)];
  const count = (parts: Part[]) => parts.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);
  return {
    added: (isPair) => count(isPair ? pair : single),
    process: (texts) => (texts.length > 1 ? pair : single).map((part) => ('ids' in part ? part.ids : texts[part.text] ?? [])),
  };
}

/** Adds nothing: what ByteLevel does concerns places in the text. */
const NOTHING: PostProcessor = { added: () => 0, process: (texts) => texts };

/** @throws where the kind is not known */
export function createPostProcessor(config: unknown): PostProcessor {
  if (!isObject(config)) return NOTHING;
  switch (config.type) {
    case 'BertProcessing': return separated(config, false);
    case 'RobertaProcessing': return separated(config, true);
    case 'TemplateProcessing': return template(config);
    case 'ByteLevel': return NOTHING;
    case 'Sequence': {
      const all = partsOf(config.processors).map(createPostProcessor);
      return {
        added: (pair) => all.reduce((sum, processor) => sum + processor.added(pair), 0),
        process: (texts) => all.reduce((now, processor) => processor.process(now), texts),
      };
    }
    default: throw new Error(`tokenizer.json: a post-processor of this kind is not known (${String(config.type)}); export the tokenizer without it.`);
  }
}
