/**
 * Tokenizers that are kept as a bare vocabulary: BERT's vocab.txt, and vocab.json with merges.txt of GPT-2, RoBERTa and Qwen2. They become what
 * transformers 5.18 makes of them: normaliser, pre-tokeniser and template of their class, special tokens by their names.
 */
import { type Json, isObject, tokenText } from './json';

/** Named tokens in transformers' order; those that a class or tokenizer_config.json names become added tokens. */
const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;
type Names = Partial<Record<(typeof NAMED)[number], string>>;

const BERT: Names = { unk_token: '[UNK]', sep_token: '[SEP]', pad_token: '[PAD]', cls_token: '[CLS]', mask_token: '[MASK]' };
const ROBERTA: Names = { bos_token: '<s>', eos_token: '</s>', sep_token: '</s>', cls_token: '<s>', unk_token: '<unk>', pad_token: '<pad>', mask_token: '<mask>' };
const GPT2: Names = { unk_token: '<|endoftext|>', bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' };
const QWEN2: Names = { unk_token: '<|endoftext|>', eos_token: '<|endoftext|>', pad_token: '<|endoftext|>' };

const QWEN2_SPLIT = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

export interface VocabularyFiles {
  vocabTxt?: string;
  vocabJson?: string;
  mergesTxt?: string;
  tokenizerConfig: Json;
  /** config.json, where there is one: its model_type decides where tokenizer_config.json names no class. */
  config?: Json;
  addedTokens?: Json;
}

interface Built { json: Json; names: Names }

/** Lines as Rust reads them: the end of the file ends the last one. */
const linesOf = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/);

type Family = 'bert' | 'roberta' | 'gpt2' | 'qwen2';
const FAMILIES: Record<string, Family> = {
  bert: 'bert', distilbert: 'bert', electra: 'bert', roberta: 'roberta', bart: 'roberta', longformer: 'roberta', gpt2: 'gpt2', qwen2: 'qwen2', qwen3: 'qwen2',
};

/** Which class transformers would take. @throws where it is one that is not known here, or nothing says which it is */
function familyOf({ vocabTxt, vocabJson, tokenizerConfig, config }: VocabularyFiles): Family {
  const fits = (family: Family) => (family === 'bert') === (vocabTxt !== undefined);
  const named = tokenizerConfig.tokenizer_class ?? config?.tokenizer_class;
  const key = String(named ?? config?.model_type ?? '').replace(/Tokenizer(Fast)?$/, '').toLowerCase();
  const family = FAMILIES[key];
  if (family && fits(family)) return family;
  const file = vocabTxt === undefined ? 'vocab.json' : 'vocab.txt';
  if (key !== '' && key !== 'pretrained')
    throw new Error(`${file}: how ${String(named ?? config?.model_type)} makes a tokenizer of it is not known; open the folder with transformers, and save_pretrained writes a tokenizer.json that is.`);
  if (vocabTxt !== undefined) return 'bert';
  for (const [token, guess] of [['"</s>"', 'roberta'], ['"<|endoftext|>"', 'gpt2']] as const) if (vocabJson?.includes(token)) return guess;
  throw new Error('vocab.json: nothing says which tokenizer this is; add a tokenizer_config.json with tokenizer_class (GPT2Tokenizer, RobertaTokenizer or Qwen2Tokenizer).');
}

function wordPieceOf(text: string): Json {
  const vocab = Object.fromEntries(linesOf(text).map((line, id) => [line.replace(/\p{White_Space}+$/u, ''), id]));
  return { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab };
}

function bpeOf(vocabJson: string, mergesTxt: string): Json {
  const merges = linesOf(mergesTxt).filter((line) => !line.startsWith('#version')).map((line, i) => {
    const pair = line.split(' ');
    if (pair.length !== 2) throw new Error(`merges.txt: merge ${i + 1} is not a pair (${JSON.stringify(line)}); take the file of one tokenizer, unchanged.`);
    return pair;
  });
  let vocab: unknown;
  try {
    vocab = JSON.parse(vocabJson);
  } catch (error) {
    throw new Error(`vocab.json: it is not JSON (${(error as Error).message}); fetch the file again.`);
  }
  return { type: 'BPE', vocab, merges: mergesTxt.trim() === '' ? [] : merges };
}

/** What each class builds around the model. `token` gives a named token's text and id. */
function partsFor(family: Family, options: Json): { names: Names; normalizer: Json | null; preTokenizer: Json } {
  const prefix = { type: 'ByteLevel', add_prefix_space: options.add_prefix_space === true };
  switch (family) {
    case 'bert': return {
      names: BERT,
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: options.tokenize_chinese_chars ?? true, strip_accents: options.strip_accents ?? null, lowercase: options.do_lower_case ?? true },
      preTokenizer: { type: 'BertPreTokenizer' },
    };
    case 'roberta': return { names: ROBERTA, normalizer: null, preTokenizer: prefix };
    case 'gpt2': return { names: GPT2, normalizer: null, preTokenizer: prefix };
    case 'qwen2': return {
      names: QWEN2,
      normalizer: { type: 'NFC' },
      preTokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: QWEN2_SPLIT }, behavior: 'Isolated', invert: false }, { ...prefix, use_regex: false }] },
    };
  }
}

type Added = Json & { content: string };

function addedToken(value: unknown, special: boolean): Added {
  const flags = isObject(value) ? value : {};
  const isSpecial = special || flags.special === true;
  return { single_word: false, lstrip: false, rstrip: false, normalized: !isSpecial, ...flags, content: tokenText(value) ?? '', special: isSpecial };
}

/** The added tokens in transformers' order: those with numbers, the named ones, further special ones. */
function addedTokensOf({ tokenizerConfig: options, addedTokens }: VocabularyFiles, named: unknown[]): Added[] {
  const further = [options.extra_special_tokens, options.additional_special_tokens].flatMap((list) => (Array.isArray(list) ? list : isObject(list) ? Object.values(list) : []));
  const special = new Set([...named, ...further].map(tokenText));
  const numbered = isObject(options.added_tokens_decoder)
    ? Object.entries(options.added_tokens_decoder).map(([id, token]): [number, Added] => [Number(id), addedToken(token, false)])
    : Object.entries(addedTokens ?? {}).map(([content, id]): [number, Added] => [Number(id), addedToken(content, special.has(content))]);
  const tokens = numbered.sort(([a], [b]) => a - b).map(([, token]) => token);
  for (const value of [...named, ...further]) if (!tokens.some(({ content }) => content === tokenText(value))) tokens.push(addedToken(value, true));
  return tokens.filter(({ content }) => content !== '');
}

/** Around BERT and RoBERTa their separators; GPT-2 and Qwen2 have begin and end tokens only where the configuration asks for them. */
function postProcessorFor(family: Family, options: Json, tokenOf: (name: keyof Names) => [string, number]): Json {
  if (family === 'bert') return { type: 'BertProcessing', sep: tokenOf('sep_token'), cls: tokenOf('cls_token') };
  if (family === 'roberta') return { type: 'RobertaProcessing', sep: tokenOf('sep_token'), cls: tokenOf('cls_token') };
  const special: Json = {};
  const part = (name: 'bos_token' | 'eos_token', asked: unknown): Json[] => {
    if (asked !== true) return [];
    const [token, id] = tokenOf(name);
    special[token] = { id: token, ids: [id], tokens: [token] };
    return [{ SpecialToken: { id: token } }];
  };
  const [begin, end] = [part('bos_token', options.add_bos_token), part('eos_token', options.add_eos_token)];
  const around = (id: string) => [...begin, { Sequence: { id } }, ...end];
  return { type: 'TemplateProcessing', single: around('A'), pair: [...around('A'), ...around('B')], special_tokens: special };
}

/**
 * The tokenizer.json of a vocabulary, and the tokens that its class names where tokenizer_config.json does not.
 * @throws with the file where it is not understood
 */
export function tokenizerJsonOf(files: VocabularyFiles): Built {
  const options = files.tokenizerConfig;
  const family = familyOf(files);
  const { names, normalizer, preTokenizer } = partsFor(family, options);
  const model = files.vocabTxt === undefined ? bpeOf(files.vocabJson ?? '', files.mergesTxt ?? '') : wordPieceOf(files.vocabTxt);
  const valueOf = (name: keyof Names): unknown => (options[name] === undefined ? names[name] : options[name]);
  if (family === 'bert') model.unk_token = tokenText(valueOf('unk_token')) ?? '[UNK]';
  const added = addedTokensOf(files, NAMED.map(valueOf).filter((value) => tokenText(value) !== undefined));
  // Ids of tokens that the vocabulary lacks follow behind it, in order; the pipeline gives the same.
  const ids = new Map(Object.entries(model.vocab as Record<string, number>));
  let next = ids.size;
  for (const { content } of added) if (!ids.has(content)) ids.set(content, next++);
  const tokenOf = (name: keyof Names): [string, number] => {
    const token = tokenText(valueOf(name)) ?? '';
    const id = ids.get(token);
    if (id === undefined) throw new Error(`tokenizer_config.json: ${name} is not set, and rows of this tokenizer need it; name one of its tokens.`);
    return [token, id];
  };
  const json = { added_tokens: added, normalizer, pre_tokenizer: preTokenizer, post_processor: postProcessorFor(family, options, tokenOf), decoder: family === 'bert' ? { type: 'WordPiece' } : { type: 'ByteLevel' }, model };
  return { json, names };
}
