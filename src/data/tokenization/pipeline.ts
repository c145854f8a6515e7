/** A tokenizer as tokenizer.json describes it: text → added tokens, normaliser, pre-tokeniser, model → special tokens around → ids, those of Python's `tokenizers`. */
import { AddedTokens } from './addedTokens';
import { createDecoder } from './decoders';
import { isObject, type Json } from './json';
import { createModel } from './models/create';
import { createNormalizer } from './normalizers';
import { createPostProcessor } from './postProcessors';
import { createPreTokenizer } from './preTokenizers';
import { lengthsFor } from './truncation';

export interface Pipeline {
  /** One more than the greatest id. */
  readonly idCount: number;
  /** How many special tokens stand around one text, or around two. */
  added(pair: boolean): number;
  /** The ids of one text, without special tokens around it. */
  textIds(text: string): number[];
  /** Special tokens around the ids of one text or of two. */
  around(texts: number[][]): number[];
  /**
   * The row of a text or a pair, cut to the greatest length with its special tokens. `cutOff`: how many tokens it had too many.
   * @throws RangeError where the special tokens alone are longer
   */
  row(text: string, pair: string | undefined, greatestLength: number): { ids: number[]; cutOff: number };
  /** The ids of a text that something is to be written behind: special tokens in front of it, none after it. */
  promptIds(text: string): number[];
  /** The text of ids, special tokens left out, and ids that only the model has. */
  decode(ids: ArrayLike<number>): string;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  isSpecial(id: number): boolean;
}

/** @param json tokenizer.json as parsed. @throws with a sentence where a part is not known or does not fit */
export function createPipeline(json: Json): Pipeline {
  const model = createModel(json.model);
  const normalizer = isObject(json.normalizer) ? createNormalizer(json.normalizer) : undefined;
  const preTokenizer = isObject(json.pre_tokenizer) ? createPreTokenizer(json.pre_tokenizer) : undefined;
  const postProcessor = createPostProcessor(json.post_processor);
  const addedTokens = new AddedTokens(json.added_tokens, model, normalizer);

  const tokens: string[] = [];
  for (const [token, id] of model.entries()) tokens[id] = token;
  for (const [id, { content }] of addedTokens.all()) tokens[id] = content;

  /** The ids of a text, and how many of them the library has when it stops, which it does behind the first piece that reaches the limit (added tokens count, but it does not stop at one). */
  function tokenize(text: string, limit: number): { ids: number[]; counted: number } {
    const ids: number[] = [];
    let counted: number | undefined;
    for (const section of addedTokens.split(text)) {
      if (typeof section === 'number') {
        ids.push(section);
        continue;
      }
      for (const piece of preTokenizer?.(section) ?? [section]) {
        if (piece.text === '') continue;
        for (const id of model.tokenize(piece.text)) ids.push(id);
        if (ids.length >= limit) counted ??= ids.length;
      }
    }
    return { ids, counted: counted ?? ids.length };
  }

  // A tokenizer that only reads need not know how to write.
  let decoder: ReturnType<typeof createDecoder> | undefined;
  const around = (texts: number[][]) => postProcessor.process(texts).flat();
  /** −1 stands for the text. */
  const marked = around([[-1]]);
  const stray = [...marked, ...around([[-1], [-1]])].find((id) => id >= tokens.length);
  if (stray !== undefined) throw new Error(`tokenizer.json: the post-processor puts an id around a text that belongs to no token (${stray} of ${tokens.length}); export the tokenizer again.`);
  const textIds = (text: string) => tokenize(text, Infinity).ids;
  const isSpecial = (id: number) => addedTokens.get(id)?.special === true;

  return {
    idCount: tokens.length,
    added: (pair) => postProcessor.added(pair),
    textIds,
    promptIds: (text) => [...marked.slice(0, Math.max(0, marked.indexOf(-1))), ...textIds(text)],
    decode(ids) {
      return (decoder ??= createDecoder(json.decoder))(Array.from(ids).filter((id) => tokens[id] !== undefined && !isSpecial(id)).map((id) => tokens[id]));
    },
    around,
    row(text, pair, greatestLength) {
      const texts = [text, ...(pair === undefined ? [] : [pair])].map((one) => tokenize(one, greatestLength));
      const special = postProcessor.added(pair !== undefined);
      const room = greatestLength - special;
      if (room < 0)
        throw new RangeError(`tokenizer: the greatest length leaves no room for the special tokens (${greatestLength}, of them ${special} around ${pair === undefined ? 'a text' : 'a pair'}); raise it to at least ${special}.`);
      const lengths = lengthsFor(room, texts[0].counted, texts[1]?.counted ?? 0);
      const total = texts.reduce((sum, { ids }) => sum + ids.length, 0);
      return { ids: around(texts.map(({ ids }, i) => ids.slice(0, lengths[i]))), cutOff: Math.max(0, total - room) };
    },
    tokenToId: (token) => addedTokens.idOf(token) ?? model.idOf(token),
    idToToken: (id) => tokens[id],
    isSpecial,
  };
}
