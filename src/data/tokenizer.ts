/** Text into rows of token ids, for whoever trains or shows: the pipeline of a tokenizer with what tokenizer_config.json says about padding and ends. */
import type { Example } from './tasks/task';
import { isObject, type Json, tokenText } from './tokenization/json';
import { createPipeline } from './tokenization/pipeline';
import { GLYPHS } from './tokenization/unicode';

export interface EncodedText {
  /** With special tokens, cut to the greatest length. */
  ids: Uint32Array;
  /** How many tokens the text and its pair, or the whole row of a language model, had too many. */
  cutOff: number;
  /** With a completion: index of its first token. It and what follows are what a language model is scored on. */
  scoredFrom?: number;
  /** Ranges of tokens behind the first scored one that are not scored, [from, to): of a conversation what others say, where there are any. */
  unscored?: [number, number][];
}

type Input = Pick<Example, 'text' | 'pair' | 'completion' | 'scored'>;

export interface TextTokenizer {
  /** One more than the greatest id. */
  readonly vocabularySize: number;
  readonly padId: number;
  /** What a completion ends with, undefined where tokenizer_config.json names no such token. */
  readonly endId?: number;
  /**
   * A text or a pair with the special tokens of the tokenizer's post-processor around it. With a completion: the post-processor's begin
   * token if it has one, the tokens of the prompt, those of the completion, the end token. Prompt and completion are tokenised apart and put
   * one after the other, so that a prompt has the same tokens whatever follows it; byte-level BPE with a prefix space gives the same tokens
   * for both joined by a space.
   * @throws RangeError where the greatest length leaves no text, or no token that is scored
   */
  encode(example: Input, maxLength: number): EncodedText;
  /** A text that something is to be written behind: special tokens in front of it, none after it. */
  promptIds(text: string): number[];
  /** A text as it stands, whose special tokens are in it: what a chat template makes. */
  textIds(text: string): number[];
  /** How many tokens of a row stand before the first scored one. */
  promptLength(example: Input): number;
  /** The text of ids, special tokens left out. */
  decode(ids: ArrayLike<number>): string;
  /** One readable string a token: no mark for a leading space, bytes as the text they stand for. */
  tokenStrings(ids: ArrayLike<number>): string[];
  /** Whether a token stands for structure (`<s>`, `[SEP]`, padding) and not for text. */
  isSpecial(id: number): boolean;
}

const BYTES = new Map(GLYPHS.map((glyph, byte) => [glyph, byte]));

function isByteLevel(part: unknown): boolean {
  if (!isObject(part)) return false;
  const { type, ...rest } = part;
  return type === 'ByteLevel' || Object.values(rest).some((value) => Array.isArray(value) && value.some(isByteLevel));
}

/** Reads a tokenizer from its two parsed files. @throws with a sentence that names the file */
export function createTokenizer(tokenizerJson: Json, tokenizerConfig: Json): TextTokenizer {
  const pipeline = createPipeline(tokenizerJson);
  const endToken = tokenText(tokenizerConfig.eos_token);
  const endId = endToken === undefined ? undefined : pipeline.tokenToId(endToken);
  const padToken = tokenText(tokenizerConfig.pad_token);
  // Nothing reads what is padded, so a model without a token of its own for that is padded with its end.
  const padId = padToken === undefined ? (pipeline.tokenToId('<pad>') ?? endId) : pipeline.tokenToId(padToken);
  if (padId === undefined)
    throw new Error(`tokenizer_config.json: the padding token is not in the vocabulary (${padToken ?? '<pad>'}); set pad_token to one of its tokens.`);
  const byteLevel = isByteLevel(tokenizerJson.pre_tokenizer) || isByteLevel(tokenizerJson.decoder);

  function encodeCompletion(text: string, completion: string, maxLength: number): EncodedText {
    if (endId === undefined)
      throw new Error(`tokenizer_config.json: the end token is not in the vocabulary (${endToken ?? 'eos_token is missing'}); set eos_token to one of its tokens.`);
    const prompt = pipeline.promptIds(text);
    const full = [...prompt, ...pipeline.textIds(completion), endId];
    if (prompt.length >= maxLength) throw leavesNone(prompt.length, maxLength);
    return { ids: Uint32Array.from(full.slice(0, maxLength)), cutOff: Math.max(0, full.length - maxLength), scoredFrom: prompt.length };
  }

  const leavesNone = (prompt: number, maxLength: number) => new RangeError(`tokenizer: the prompt leaves no room for a token that is scored (${prompt} tokens of ${maxLength}); shorten the prompt or raise the greatest length.`);

  /** A token that begins before a range and ends inside counts as the range's: what is before it is not one token of what was read. */
  function encodeScored(text: string, ranges: readonly [number, number][], maxLength: number): EncodedText {
    const ids = pipeline.textIds(text);
    const tokensBefore = (end: number) => (end >= text.length ? ids.length : sharedStart(ids, pipeline.textIds(text.slice(0, end))));
    const scored = ranges.map(([from, to]) => [tokensBefore(from), tokensBefore(to)]).filter(([from, to]) => from < to && from < maxLength);
    if (scored.length === 0) throw leavesNone(tokensBefore(ranges[0]?.[0] ?? text.length), maxLength);
    const kept = Math.min(ids.length, maxLength);
    const gaps = scored.map(([, to], index): [number, number] => [to, Math.min(kept, scored[index + 1]?.[0] ?? ids.length)]);
    const unscored = gaps.filter(([from, to]) => from < to);
    return { ids: Uint32Array.from(ids.slice(0, kept)), cutOff: ids.length - kept, scoredFrom: scored[0][0], ...(unscored.length > 0 && { unscored }) };
  }

  const promptLength = ({ text, completion = '', scored }: Input) => (scored ? pipeline.textIds((text + completion).slice(0, scored[0][0])) : pipeline.promptIds(text)).length;

  function encode({ text, pair, completion, scored }: Input, maxLength: number): EncodedText {
    if (scored) return encodeScored(text + (completion ?? ''), scored, maxLength);
    if (completion !== undefined) return encodeCompletion(text, completion, maxLength);
    const { ids, cutOff } = pipeline.row(text, pair, maxLength);
    // A row of special tokens alone teaches nothing; of a pair each text should keep a token.
    const least = pipeline.added(pair !== undefined) + (pair === undefined ? 1 : 2);
    if (cutOff > 0 && maxLength < least) throw new RangeError(`tokenizer: the greatest length leaves no room for text (${maxLength}); raise it to at least ${least}.`);
    return { ids: Uint32Array.from(ids), cutOff };
  }

  function tokenStrings(ids: ArrayLike<number>): string[] {
    return Array.from(ids, (id) => {
      const token = pipeline.idToToken(id);
      if (token === undefined) throw new RangeError(`tokenizer: no token has this id (${id}); ids run from 0 to ${pipeline.idCount - 1}.`);
      if (pipeline.isSpecial(id)) return token;
      return (byteLevel ? readGlyphs(token) : token).replace(/^(?:[\s▁]+|##)/u, '') || token;
    });
  }

  const { promptIds, textIds, decode, isSpecial } = pipeline;
  return { vocabularySize: pipeline.idCount, padId, endId, encode, promptIds, textIds, promptLength, decode, tokenStrings, isSpecial };
}

function sharedStart(one: readonly number[], other: readonly number[]): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

/** A token of byte-level BPE as text; a token that holds half a character shows its bytes. */
function readGlyphs(token: string): string {
  const bytes = Uint8Array.from(Array.from(token), (glyph) => BYTES.get(glyph) ?? 63);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  }
}
