import { Tokenizer } from '@huggingface/tokenizers';
import type { Example } from './tasks/task';

export interface EncodedText {
  /** With special tokens, cut to the greatest length. */
  ids: Uint32Array;
  /** How many tokens the text and its pair, or the whole row of a language model, had too many. */
  cutOff: number;
  /** With a completion: index of its first token. It and what follows are what a language model is scored on. */
  scoredFrom?: number;
}

type Input = Pick<Example, 'text' | 'pair' | 'completion'>;

export interface TextTokenizer {
  readonly vocabularySize: number;
  readonly padId: number;
  /**
   * A text or a pair with the special tokens of the tokenizer's post-processor around it. With a completion: the post-processor's begin
   * token if it has one, the tokens of the prompt, those of the completion, the end token. Prompt and completion are tokenised apart and put
   * one after the other, so that a prompt has the same tokens whatever follows it; byte-level BPE with a prefix space gives the same tokens
   * for both joined by a space.
   * @throws RangeError where the greatest length leaves no text, or no token that is scored
   */
  encode(example: Input, maxLength: number): EncodedText;
  /** One readable string a token: no mark for a leading space, bytes as the text they stand for. */
  tokenStrings(ids: ArrayLike<number>): string[];
  /** Whether a token stands for structure (`<s>`, `[SEP]`, padding) and not for text. */
  isSpecial(id: number): boolean;
}

/** A JSON object as parsed; both files are ordinary Hugging Face files whose shape the library checks. */
type Json = Record<string, unknown>;

function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : undefined;
}

/** The printable stand-ins of byte-level BPE for the bytes that have no glyph of their own. */
function bytesOfGlyphs(): Map<string, number> {
  const bytes = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return bytes;
}

function isByteLevel(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { type, ...rest } = part as Json;
  return type === 'ByteLevel' || Object.values(rest).some((value) => Array.isArray(value) && value.some(isByteLevel));
}

/** Reads a tokenizer from its two parsed files. */
export function createTokenizer(tokenizerJson: Json, tokenizerConfig: Json): TextTokenizer {
  const model = tokenizerJson.model as { vocab?: unknown; type?: string } | undefined;
  if (!model?.vocab) throw new Error('tokenizer.json: there is no vocabulary (model.vocab is missing); export the tokenizer as a fast Hugging Face tokenizer.');
  const tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);
  const padToken = tokenText(tokenizerConfig.pad_token) ?? '<pad>';
  const padId = tokenizer.token_to_id(padToken);
  if (padId === undefined)
    throw new Error(`tokenizer_config.json: the padding token is not in the vocabulary (${padToken}); set pad_token to one of its tokens.`);

  const endToken = tokenText(tokenizerConfig.eos_token);
  const endId = endToken === undefined ? undefined : tokenizer.token_to_id(endToken);

  const special = new Set<number>();
  for (const [id, token] of tokenizer.get_added_tokens_decoder()) if (token.special) special.add(id);
  const vocabularySize = tokenizer.get_vocab(true).size;
  const separators = countSpecial(tokenizer, special);
  const glyphs = isByteLevel(tokenizerJson.pre_tokenizer) || isByteLevel(tokenizerJson.decoder) ? bytesOfGlyphs() : undefined;

  /** Ids without special tokens, so that a cut never takes one of them away. */
  const plain = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const begin = leadingSpecial(tokenizer.encode('a').ids, special);

  function encodeCompletion(text: string, completion: string, maxLength: number): EncodedText {
    if (endId === undefined)
      throw new Error(`tokenizer_config.json: the end token is not in the vocabulary (${endToken ?? 'eos_token is missing'}); set eos_token to one of its tokens.`);
    const prompt = [...begin, ...plain(text)];
    const full = [...prompt, ...plain(completion), endId];
    if (prompt.length >= maxLength)
      throw new RangeError(`tokenizer: the prompt leaves no room for a token that is scored (${prompt.length} tokens of ${maxLength}); shorten the prompt or raise the greatest length.`);
    return { ids: Uint32Array.from(full.slice(0, maxLength)), cutOff: Math.max(0, full.length - maxLength), scoredFrom: prompt.length };
  }

  function encode({ text, pair, completion }: Input, maxLength: number): EncodedText {
    if (completion !== undefined) return encodeCompletion(text, completion, maxLength);
    const full = tokenizer.encode(text, { text_pair: pair ?? null, add_special_tokens: true }).ids;
    if (full.length <= maxLength) return { ids: Uint32Array.from(full), cutOff: 0 };
    const room = maxLength - (pair === undefined ? separators.single : separators.pair);
    if (room < (pair === undefined ? 1 : 2))
      throw new RangeError(`tokenizer: the greatest length leaves no room for text (${maxLength}); raise it to at least ${maxLength - room + 2}.`);
    const cut = cutTo(room, plain(text), pair === undefined ? undefined : plain(pair));
    return { ids: Uint32Array.from(insert(full, special, cut)), cutOff: full.length - maxLength };
  }

  function tokenStrings(ids: ArrayLike<number>): string[] {
    return Array.from(ids, (id) => {
      const token = tokenizer.id_to_token(id);
      if (token === undefined) throw new RangeError(`tokenizer: no token has this id (${id}); ids run from 0 to ${vocabularySize - 1}.`);
      if (special.has(id)) return token;
      return (glyphs ? readGlyphs(token, glyphs) : token).replace(/^(?:[\s▁]+|##)/u, '') || token;
    });
  }

  return { vocabularySize, padId, encode, tokenStrings, isSpecial: (id) => special.has(id) };
}

/** How many special tokens the tokenizer puts around one text and around two. */
function countSpecial(tokenizer: Tokenizer, special: Set<number>): { single: number; pair: number } {
  const count = (ids: number[]) => ids.filter((id) => special.has(id)).length;
  return { single: count(tokenizer.encode('a').ids), pair: count(tokenizer.encode('a', { text_pair: 'a' }).ids) };
}

/** Takes tokens off the end of the longer text, one at a time, as Hugging Face's `longest_first` does. */
function cutTo(room: number, first: number[], second?: number[]): [number[], number[]] {
  let [firstLength, secondLength] = [first.length, second?.length ?? 0];
  while (firstLength + secondLength > room) {
    if (firstLength > secondLength) firstLength--;
    else secondLength--;
  }
  return [first.slice(0, firstLength), second?.slice(0, secondLength) ?? []];
}

/** The special tokens in front of the first token of text. */
function leadingSpecial(ids: number[], special: Set<number>): number[] {
  return ids.slice(0, ids.findIndex((id) => !special.has(id)));
}

/** The special tokens of `full` in their places, the shortened texts between them. */
function insert(full: number[], special: Set<number>, [first, second]: [number[], number[]]): number[] {
  const head = leadingSpecial(full, special);
  const tail = leadingSpecial([...full].reverse(), special).reverse();
  const between = full.slice(head.length, full.length - tail.length).filter((id) => special.has(id));
  return [...head, ...first, ...between, ...second, ...tail];
}

/** A token of byte-level BPE as text; a token that holds half a character shows its bytes. */
function readGlyphs(token: string, glyphs: Map<string, number>): string {
  const bytes = Uint8Array.from(Array.from(token), (glyph) => glyphs.get(glyph) ?? 63);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  }
}
