/** What a checkpoint's folder says about writing. */
import type { WritingOptions } from '../protocol/writingMessages';
import { rangeProblems } from './settings';

export interface FolderSettings {
  /** None: texts end by their length alone. */
  endTokens: number[];
  defaults: WritingOptions;
  /** Fields that transformers would heed and we do not. */
  ignored: string[];
}

const FILE = 'generation_config.json';

const HEEDED: Record<string, keyof WritingOptions> = {
  temperature: 'temperature', top_k: 'topK', top_p: 'topP', no_repeat_ngram_size: 'noRepeatNgram', repetition_penalty: 'repetitionPenalty', length_penalty: 'lengthPenalty',
};

/** With the values that change nothing. */
const NOT_HEEDED: Record<string, unknown> = {
  bad_words_ids: undefined, suppress_tokens: undefined, begin_suppress_tokens: undefined, forced_bos_token_id: undefined, forced_eos_token_id: undefined, sequence_bias: undefined,
  exponential_decay_length_penalty: undefined, min_length: 0, min_new_tokens: 0, guidance_scale: 1, min_p: undefined, typical_p: 1, epsilon_cutoff: 0, eta_cutoff: 0, stop_strings: undefined,
};

/**
 * As transformers reads them: `generation_config.json` where there is one, else `config.json`, and never a bit of both.
 * @param read a file of the folder as text, undefined where it is not there
 * @throws with file, field and value where one cannot be meant
 */
export async function readGenerationFiles(read: (file: string) => Promise<string | undefined>): Promise<FolderSettings> {
  const own = await read(FILE);
  const [file, text] = own === undefined ? ['config.json', await read('config.json')] : [FILE, own];
  const fields = parse(file, text ?? '{}');
  const defaults: Record<string, unknown> = {};
  for (const [field, name] of Object.entries(HEEDED)) if (given(fields[field])) defaults[name] = fields[field];
  const [problem] = rangeProblems(defaults as WritingOptions);
  if (problem) throw new Error(`${file}: ${problem}; or take the field out of the file`);
  const early = fields.early_stopping;
  if (given(early)) {
    if (typeof early !== 'boolean' && early !== 'never') throw new Error(`${file}: early_stopping is ${JSON.stringify(early)}; it can be true, false or "never"`);
    defaults.earlyStopping = early;
  }
  const ignored = Object.entries(NOT_HEEDED).filter(([field, nothing]) => given(fields[field]) && fields[field] !== nothing).map(([field]) => field);
  return { endTokens: endTokensOf(file, fields.eos_token_id), defaults: defaults as WritingOptions, ignored };
}

const given = (value: unknown) => value !== undefined && value !== null;

function parse(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message}); fetch the file again`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${file}: not a JSON object (${text.slice(0, 40)}); fetch the file again`);
  return value as Record<string, unknown>;
}

/** One id or several; none where the file says nothing, or null. One that the vocabulary does not have ends nothing. */
function endTokensOf(file: string, value: unknown): number[] {
  if (!given(value)) return [];
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  const wrong = ids.find((id) => !Number.isInteger(id) || (id as number) < 0);
  if (wrong !== undefined) throw new Error(`${file}: eos_token_id is no token id (${JSON.stringify(wrong)}); write one whole number, or a list of them`);
  return ids as number[];
}
