/** Byte pair encoding: characters become ids, then the pair that was merged earliest in training is merged, the leftmost first, until none is left. */
import type { Json } from '../json';
import { bytesOf } from '../unicode';
import { MergeQueue } from './mergeQueue';
import type { Model } from './model';
import { noUnknown, vocabularyOf } from './vocabulary';

const CACHED_PIECES = 10_000;

interface Merges {
  /** Rank of a pair of ids, as first × stride + second. */
  ranks: Map<number, number>;
  /** What the pair of each rank becomes. */
  merged: Uint32Array;
  stride: number;
}

/** @throws where a merge names a token that the vocabulary lacks, or is no pair */
function mergesOf(config: Json, vocabulary: Map<string, number>, prefix: string): Merges {
  const list = Array.isArray(config.merges) ? (config.merges as unknown[]) : [];
  let stride = 1;
  for (const id of vocabulary.values()) stride = Math.max(stride, id + 1);
  const ranks = new Map<number, number>();
  const merged = new Uint32Array(list.length);
  const need = (token: string, rank: number) => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new Error(`tokenizer.json: merge ${rank + 1} needs a token that the vocabulary lacks (${token}); take vocabulary and merges from one tokenizer.`);
    return id;
  };
  list.forEach((merge, rank) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2) throw new Error(`tokenizer.json: merge ${rank + 1} is not a pair (${JSON.stringify(merge)}); export the tokenizer again.`);
    const [first, second] = pair as [string, string];
    ranks.set(need(first, rank) * stride + need(second, rank), rank);
    merged[rank] = need(first + second.slice(prefix.length), rank);
  });
  return { ranks, merged, stride };
}

export function createBpe(config: Json): Model {
  const vocabulary = vocabularyOf(config);
  const { unk_token: unknown, fuse_unk: fuse = false, byte_fallback: byteFallback = false, ignore_merges: ignoreMerges = false } = config;
  if (Number(config.dropout ?? 0) > 0) throw new Error(`tokenizer.json: the model drops merges at random (dropout ${String(config.dropout)}), so no two encodings are alike; set dropout to null.`);
  const prefix = String(config.continuing_subword_prefix ?? '');
  const suffix = String(config.end_of_word_suffix ?? '');
  const { ranks, merged, stride } = mergesOf(config, vocabulary, prefix);
  const byteIds = Array.from({ length: 256 }, (_, byte) => vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`));

  /** One id a character; for one that is not known its bytes, else the unknown token, else nothing. */
  function symbolsOf(text: string): number[] {
    const symbols: number[] = [];
    // Held back so that the next unknown character can join it. As in the library, bytes go past it.
    let held: number | undefined;
    const characters = Array.from(text);
    characters.forEach((character, i) => {
      const token = (i > 0 ? prefix : '') + character + (i === characters.length - 1 ? suffix : '');
      const id = vocabulary.get(token);
      if (id !== undefined) {
        if (held !== undefined) symbols.push(held);
        held = undefined;
        symbols.push(id);
        return;
      }
      if (byteFallback) {
        const bytes = Array.from(bytesOf(token), (byte) => byteIds[byte]);
        if (bytes.every((byte) => byte !== undefined)) {
          symbols.push(...bytes);
          return;
        }
      }
      if (typeof unknown !== 'string') return;
      if (held !== undefined && !fuse) symbols.push(held);
      held = vocabulary.get(unknown) ?? noUnknown(character, unknown);
    });
    if (held !== undefined) symbols.push(held);
    return symbols;
  }

  function merge(symbols: number[]): number[] {
    const next = symbols.map((_, i) => (i + 1 < symbols.length ? i + 1 : -1));
    const previous = symbols.map((_, i) => i - 1);
    const gone = new Uint8Array(symbols.length);
    const queue = new MergeQueue();
    const offer = (at: number) => {
      if (at < 0 || next[at] < 0) return;
      const rank = ranks.get(symbols[at] * stride + symbols[next[at]]);
      if (rank !== undefined) queue.push(rank, at);
    };
    for (let i = 0; i + 1 < symbols.length; i++) offer(i);
    for (let entry = queue.pop(); entry; entry = queue.pop()) {
      const [rank, at] = entry;
      if (gone[at] || next[at] < 0) continue;
      const right = next[at];
      const current = ranks.get(symbols[at] * stride + symbols[right]);
      // The pair may have changed since it was offered.
      if (current === undefined || merged[current] !== merged[rank]) continue;
      symbols[at] = merged[rank];
      gone[right] = 1;
      next[at] = next[right];
      if (next[at] >= 0) previous[next[at]] = at;
      offer(previous[at]);
      offer(at);
    }
    return symbols.filter((_, i) => !gone[i]);
  }

  const cache = new Map<string, number[]>();
  return {
    size: vocabulary.size,
    idOf: (token) => vocabulary.get(token),
    entries: () => vocabulary,
    tokenize(text) {
      const whole = ignoreMerges ? vocabulary.get(text) : undefined;
      if (whole !== undefined) return [whole];
      let ids = cache.get(text);
      if (!ids) {
        ids = merge(symbolsOf(text));
        if (cache.size >= CACHED_PIECES) cache.clear();
        cache.set(text, ids);
      }
      return ids;
    },
  };
}
