/** The tokenizer of a folder, whichever files it is kept in. */
import { isObject, type Json, tokenText } from './json';
import { tokenizerJsonOf } from './vocabularyFiles';

/** Reads a file of the folder. @throws where it is not there */
export type ReadFile = (file: string) => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>;

export interface TokenizerFiles {
  tokenizerJson: Json;
  tokenizerConfig: Json;
}

const CONVERT = `from transformers import AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("FOLDER")
tokenizer.save_pretrained("FOLDER")`;

function parse(file: string, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: it is not JSON (${(error as Error).message}); fetch the file again.`);
  }
  if (!isObject(value)) throw new Error(`${file}: it is not a JSON object; take the file that belongs to this tokenizer.`);
  return value;
}

/**
 * tokenizer.json, else what vocab.txt or vocab.json with merges.txt make. tokenizer_config.json, config.json and added_tokens.json may be missing.
 * @throws with the file's name where none of them is there, one cannot be read, or there is only SentencePiece's own file
 */
export async function readTokenizer(read: ReadFile): Promise<TokenizerFiles> {
  const text = (file: string) => read(file).then((bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), () => undefined);
  const object = (file: string) => text(file).then((content) => (content === undefined ? undefined : parse(file, content)));
  const [tokenizer, tokenizerConfig = {}] = await Promise.all([object('tokenizer.json'), object('tokenizer_config.json')]);
  if (tokenizer) return { tokenizerJson: tokenizer, tokenizerConfig: await withSpecialTokens(tokenizer, tokenizerConfig, object) };

  const [vocabTxt, vocabJson, mergesTxt] = await Promise.all([text('vocab.txt'), text('vocab.json'), text('merges.txt')]);
  if (vocabTxt !== undefined || (vocabJson !== undefined && mergesTxt !== undefined)) {
    const [config, addedTokens] = await Promise.all([object('config.json'), object('added_tokens.json')]);
    const { json, names } = tokenizerJsonOf({ vocabTxt, vocabJson, mergesTxt, tokenizerConfig, config, addedTokens });
    return { tokenizerJson: json, tokenizerConfig: { ...names, ...tokenizerConfig } };
  }
  if (vocabJson !== undefined) throw new Error('merges.txt: it is missing, and vocab.json is not read without it; take both files from one tokenizer.');
  if ((await text('tokenizer.model')) !== undefined)
    throw new Error(`tokenizer.model: SentencePiece's own file is not read; convert it once with Python, and take the tokenizer.json that this writes:\n${CONVERT}`);
  // Why there is none (not there, not served, no connection), the reader knows best.
  await read('tokenizer.json');
  throw new Error('tokenizer.json: it could not be read; load again.');
}

/**
 * What a conversation is put into text with: tokenizer_config.json, with what special_tokens_map.json names beside it, and chat_template.jinja.
 * @param listed paths of the files that are there
 * @throws as `read`, and where one of them is no JSON
 */
export async function readChatFiles(read: ReadFile, listed: readonly string[]): Promise<{ config: Json; jinja?: string }> {
  const text = async (file: string) => (listed.includes(file) ? new TextDecoder().decode(await read(file)) : undefined);
  const object = async (file: string) => {
    const content = await text(file);
    return content === undefined ? {} : parse(file, content);
  };
  const [config, map, jinja] = await Promise.all([object('tokenizer_config.json'), object('special_tokens_map.json'), text('chat_template.jinja')]);
  const named = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  return { config: { ...map, ...named }, jinja };
}

const NAMED = ['pad_token', 'eos_token'] as const;

/**
 * Padding and end token where tokenizer_config.json does not name them, as in many older repositories (GPT-2's, BERT's): by name from
 * special_tokens_map.json, else by number from config.json.
 */
async function withSpecialTokens(tokenizerJson: Json, tokenizerConfig: Json, object: (file: string) => Promise<Json | undefined>): Promise<Json> {
  const lacking = (names: Json) => NAMED.filter((key) => tokenText(names[key]) === undefined);
  if (lacking(tokenizerConfig).length === 0) return tokenizerConfig;
  const [map = {}, config = {}] = await Promise.all([object('special_tokens_map.json'), object('config.json')]);
  const names = { ...tokenizerConfig };
  for (const key of lacking(names)) names[key] = tokenText(map[key]) ?? tokenOf(tokenizerJson, config[`${key}_id`]);
  return names;
}

/** The token of an id, by the files. */
function tokenOf({ added_tokens: added, model }: Json, id: unknown): string | undefined {
  if (typeof id !== 'number') return undefined;
  const named = (Array.isArray(added) ? added : []).find((token): token is Json => isObject(token) && token.id === id);
  const vocab = isObject(model) ? model.vocab : undefined;
  if (named) return tokenText(named);
  if (Array.isArray(vocab)) return Array.isArray(vocab[id]) ? String(vocab[id][0]) : undefined;
  return isObject(vocab) ? Object.keys(vocab).find((token) => vocab[token] === id) : undefined;
}

/** @throws with both numbers where a token has no row in the model's table of embeddings */
export function checkIds(idCount: number, vocabularySize: number): void {
  if (idCount > vocabularySize)
    throw new Error(`tokenizer.json: its greatest id has no row in the model's table of embeddings (${idCount - 1} of ${vocabularySize} rows, vocab_size in config.json); take model and tokenizer from one checkpoint.`);
}
