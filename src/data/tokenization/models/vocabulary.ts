/** Tokens and their numbers. */
import { isObject, type Json } from '../json';

/** @throws where an id is no whole number of 0 or more */
export function vocabularyOf(config: Json): Map<string, number> {
  if (!isObject(config.vocab)) throw new Error('tokenizer.json: model.vocab is not an object of tokens and ids; export the tokenizer again.');
  const vocabulary = new Map(Object.entries(config.vocab as Record<string, number>));
  for (const [token, id] of vocabulary) if (!Number.isInteger(id) || id < 0) throw new Error(`tokenizer.json: the id of a token is not a whole number of 0 or more (${token}: ${String(id)}).`);
  return vocabulary;
}

/** @throws with what was met, since the library fails there too */
export function noUnknown(text: string, token: unknown): never {
  throw new Error(`tokenizer: a piece of text has no token, and the vocabulary no unknown token for it (${JSON.stringify(text)}; unk_token is ${token === undefined || token === null ? 'not set' : String(token)}); take a tokenizer that has one.`);
}
