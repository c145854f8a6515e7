/** The two models that look words up: whole ones, and the longest parts from the left. */
import type { Json } from '../json';
import type { Model } from './model';
import { noUnknown, vocabularyOf } from './vocabulary';

export function createWordLevel(config: Json): Model {
  const vocabulary = vocabularyOf(config);
  const unknown = String(config.unk_token ?? '<unk>');
  return {
    size: vocabulary.size,
    idOf: (token) => vocabulary.get(token),
    entries: () => vocabulary,
    tokenize: (text) => [vocabulary.get(text) ?? vocabulary.get(unknown) ?? noUnknown(text, unknown)],
  };
}

export function createWordPiece(config: Json): Model {
  const vocabulary = vocabularyOf(config);
  const unknown = String(config.unk_token ?? '[UNK]');
  const prefix = String(config.continuing_subword_prefix ?? '##');
  const longest = Number(config.max_input_chars_per_word ?? 100);

  /** The longest known parts of a word, undefined where one of them is not known. */
  function partsOf(characters: string[]): number[] | undefined {
    const parts: number[] = [];
    for (let start = 0; start < characters.length;) {
      let [end, id]: [number, number | undefined] = [characters.length, undefined];
      for (; end > start; end--) {
        id = vocabulary.get((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
        if (id !== undefined) break;
      }
      if (id === undefined) return undefined;
      parts.push(id);
      start = end;
    }
    return parts;
  }

  return {
    size: vocabulary.size,
    idOf: (token) => vocabulary.get(token),
    entries: () => vocabulary,
    tokenize(text) {
      const characters = Array.from(text);
      const parts = characters.length > longest ? undefined : partsOf(characters);
      return parts ?? [vocabulary.get(unknown) ?? noUnknown(text, unknown)];
    },
  };
}
