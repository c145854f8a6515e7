/** SentencePiece's unigram model: of all ways to cut a piece into tokens the one with the greatest sum of scores. */
import type { Json } from '../json';
import { bytesOf } from '../unicode';
import type { Model } from './model';
import { noUnknown } from './vocabulary';

/** A character without a token scores this much less than the worst token. */
const UNKNOWN_PENALTY = 10;

/** Tokens in order of their code units, so that those which begin a text are found by narrowing a range. */
class Beginnings {
  private readonly tokens: string[];
  constructor(tokens: Iterable<string>) {
    this.tokens = [...tokens].filter((token) => token !== '').sort((a, b) => (a < b ? -1 : 1));
  }

  /** First index in the range whose token has a code unit of at least `unit` at `depth`. */
  private bound(low: number, high: number, depth: number, unit: number): number {
    while (low < high) {
      const middle = (low + high) >> 1;
      const { length } = this.tokens[middle];
      if (depth < length && this.tokens[middle].charCodeAt(depth) >= unit) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The tokens that `text` goes on with at `from`, the shortest first. */
  *at(text: string, from: number): Generator<string> {
    let [low, high] = [0, this.tokens.length];
    for (let depth = 0; from + depth < text.length; depth++) {
      const unit = text.charCodeAt(from + depth);
      low = this.bound(low, high, depth, unit);
      high = this.bound(low, high, depth, unit + 1);
      if (low === high) return;
      if (this.tokens[low].length === depth + 1) yield this.tokens[low];
    }
  }
}

export function createUnigram(config: Json): Model {
  const pieces = config.vocab as [string, number][];
  if (!Array.isArray(pieces)) throw new Error('tokenizer.json: model.vocab of a Unigram model is not a list of tokens and scores; export the tokenizer again.');
  const ids = new Map(pieces.map(([token], id) => [token, id]));
  const unknown = config.unk_id as number | null | undefined;
  const least = pieces.reduce((worst, [, score]) => Math.min(worst, score), Infinity) - UNKNOWN_PENALTY;
  const beginnings = new Beginnings(ids.keys());

  interface Best { id: number; score: number; from: number }

  /** For each position the best path that ends there. */
  function pathsOf(text: string): (Best | undefined)[] {
    const best: (Best | undefined)[] = new Array<Best | undefined>(text.length + 1).fill(undefined);
    const offer = (to: number, id: number, score: number, from: number) => {
      const so = best[to];
      if (!so || score > so.score) best[to] = { id, score, from };
    };
    let from = 0;
    for (const character of text) {
      const here = best[from]?.score ?? 0;
      let single = false;
      for (const token of beginnings.at(text, from)) {
        const id = ids.get(token)!;
        offer(from + token.length, id, pieces[id][1] + here, from);
        single ||= token.length === character.length;
      }
      if (!single) offer(from + character.length, unknown ?? -1, least + here, from);
      from += character.length;
    }
    return best;
  }

  /** Tokens of the best path; what is unknown in one run stays together. */
  function cutUp(text: string): string[] {
    const best = pathsOf(text);
    const tokens: string[] = [];
    let run = '';
    for (let to = text.length; to > 0;) {
      const { id, from } = best[to]!;
      if (id < 0) noUnknown(text.slice(from, to), undefined);
      if (id === unknown) run = text.slice(from, to) + run;
      else {
        if (run !== '') tokens.push(run);
        run = '';
        tokens.push(text.slice(from, to));
      }
      to = from;
    }
    if (run !== '') tokens.push(run);
    return tokens.reverse();
  }

  function idsOf(token: string): number[] {
    const id = ids.get(token);
    if (id !== undefined) return [id];
    if (config.byte_fallback) {
      const bytes = Array.from(bytesOf(token), (byte) => ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`));
      if (bytes.every((byte) => byte !== undefined)) return bytes;
    }
    return [unknown ?? noUnknown(token, undefined)];
  }

  return {
    size: pieces.length,
    idOf: (token) => ids.get(token),
    entries: () => pieces.map(([token], id) => [token, id] as const),
    tokenize: (text) => cutUp(text).flatMap(idsOf),
  };
}
