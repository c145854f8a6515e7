/** The texts that `npm run evaluate` is given, as rows of token ids. */
import type { Pipeline } from '../data/tokenization/pipeline';

export interface RowLimits {
  /** Most tokens that a row may have: the model's positions, less those that virtual tokens take. */
  longest: number;
  /** Rows of the token embedding. */
  vocabulary: number;
  /** Whether the model writes: one text a row, of two tokens or more, since the first predicts the second. */
  writes: boolean;
}

/** A value in a sentence about it. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const isIds = (value: unknown): value is number[] => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number');

/**
 * @param texts as parsed: a list whose items are a text, of a classifier also [text, pair], or a list of token ids
 * @param pipeline undefined where the model's folder has no tokenizer: then only token ids are taken
 * @throws with a sentence that names the item, counted from 1
 */
export function rowsOf(texts: unknown, pipeline: Pipeline | undefined, limits: RowLimits): number[][] {
  if (!Array.isArray(texts)) throw new Error(`it is not a list (${shown(texts)}); write ["a text", …]`);
  if (texts.length === 0) throw new Error('the list is empty; give at least one text');
  return texts.map((item: unknown, index) => {
    try {
      return checked(rowOf(item, pipeline, limits), limits);
    } catch (error) {
      throw new Error(`text ${index + 1}: ${(error as Error).message}`);
    }
  });
}

function rowOf(item: unknown, pipeline: Pipeline | undefined, { writes, vocabulary }: RowLimits): number[] {
  if (isIds(item)) {
    const wrong = item.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (wrong !== undefined) throw new Error(`${wrong} is no token id; the model has ids 0 to ${vocabulary - 1}`);
    return item;
  }
  const [text, pair] = Array.isArray(item) ? pairOf(item, writes) : [item, undefined];
  if (typeof text !== 'string') throw new Error(`it is no text (${shown(item)}); write a string${writes ? '' : ', or [text, pair]'}, or a list of token ids`);
  if (text === '' || pair === '') throw new Error(`${pair === '' ? 'its pair' : 'it'} is empty; leave it out or write something`);
  if (!pipeline) throw new Error('the model\'s folder has no tokenizer, so a text cannot be read; add its tokenizer.json, or give lists of token ids');
  const { ids } = pipeline.row(text, pair, Number.MAX_SAFE_INTEGER);
  if (ids.length === pipeline.added(pair !== undefined)) throw new Error(`no token is left of it (${shown(item)}); write something that the tokenizer knows`);
  return ids;
}

function pairOf(item: unknown[], writes: boolean): [string, string] {
  if (writes) throw new Error(`it is a list (${shown(item)}), and a language model takes one text; write a string`);
  if (item.length !== 2 || typeof item[0] !== 'string' || typeof item[1] !== 'string') {
    throw new Error(`a pair is two texts, and this is ${shown(item)}; write [text, pair], or the text alone`);
  }
  return [item[0], item[1]];
}

function checked(ids: number[], { longest, writes }: RowLimits): number[] {
  if (ids.length > longest) throw new Error(`it has ${ids.length} tokens, and the model has positions for ${longest}; shorten it`);
  if (writes && ids.length < 2) throw new Error(`it has one token (${ids[0]}), so that nothing is predicted; write more`);
  return ids;
}
