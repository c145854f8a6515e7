/** How a text is written: the settings of transformers' `generate`, under its names in our spelling, with its defaults. */
import type { WritingOptions } from '../protocol/writingMessages';

export interface Sampling {
  temperature: number;
  /** Only the k most probable tokens; 0: all. */
  topK: number;
  /** Only the most probable tokens whose probabilities add up to p; 1: all. */
  topP: number;
  seed: number;
}

export interface GenerationSettings {
  maxNewTokens: number;
  /** N; 1: no beam search. */
  beams: number;
  /** A beam's score is the sum of its log-probabilities over its number of new tokens to this power. */
  lengthPenalty: number;
  earlyStopping: boolean | 'never';
  /** No n tokens in a row may come twice, those of the prompt counted; 0: no such rule. */
  noRepeatNgram: number;
  /** Scores of tokens that are there already are divided, negative ones multiplied, by this; 1: not at all. */
  repetitionPenalty: number;
  /** Left out: the most probable token, or beam. */
  sampling?: Sampling;
  /** Any of them ends a text. */
  endTokens: readonly number[];
}

/** Tokens of a text where nobody says how many. */
export const DEFAULT_NEW_TOKENS = 64;

const MOST_BEAMS = 64;

interface Range { name: keyof WritingOptions; whole?: boolean; from: number; to: number; words: string }

const RANGES: readonly Range[] = [
  { name: 'maxNewTokens', whole: true, from: 1, to: 2 ** 20, words: 'a whole number of 1 or more' },
  { name: 'beams', whole: true, from: 1, to: MOST_BEAMS, words: `a whole number from 1 to ${MOST_BEAMS}` },
  { name: 'lengthPenalty', from: -100, to: 100, words: 'a number from −100 to 100' },
  { name: 'noRepeatNgram', whole: true, from: 0, to: 2 ** 20, words: 'a whole number of 0 (no such rule) or more' },
  { name: 'repetitionPenalty', from: Number.MIN_VALUE, to: Infinity, words: 'a number above 0' },
  { name: 'temperature', from: Number.MIN_VALUE, to: Infinity, words: 'a number above 0; for the most probable token every time leave out temperature, top-k, top-p and seed' },
  { name: 'topK', whole: true, from: 0, to: 2 ** 31, words: 'a whole number of 0 (all tokens) or more' },
  { name: 'topP', from: Number.MIN_VALUE, to: 1, words: 'a number above 0, and 1 (all tokens) at most' },
  { name: 'seed', whole: true, from: 0, to: 2 ** 32 - 1, words: 'a whole number from 0 to 4294967295' },
];

/** `maxNewTokens` → `max-new-tokens`, as the command writes it. */
export const optionName = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Values that cannot be meant, a sentence each. */
export function rangeProblems(options: WritingOptions): string[] {
  return RANGES.flatMap(({ name, whole, from, to, words }) => {
    const value = options[name];
    if (value === undefined) return [];
    const right = typeof value === 'number' && value >= from && value <= to && Number.isFinite(value) && (!whole || Number.isInteger(value));
    return right ? [] : [`${optionName(name)} is ${String(value)}; choose ${words}`];
  });
}

/** What is wrong with these options, alone or beside each other, a sentence each. */
export function optionProblems(options: WritingOptions): string[] {
  const problems = rangeProblems(options);
  if (problems.length > 0) return problems;
  const sampled = sampledBy(options);
  const { beams = 1 } = options;
  if (beams > 1 && sampled) problems.push(`beams ${beams} and ${optionName(sampled)} contradict each other: beam search takes the most probable text and draws nothing; leave out one of them`);
  for (const name of ['lengthPenalty', 'earlyStopping'] as const) {
    if (beams === 1 && options[name] !== undefined) problems.push(`${optionName(name)} is for beam search only, and beams is ${beams}; ask for beams of 2 or more, or leave it out`);
  }
  return problems;
}

/** The option that asks for a draw. */
const sampledBy = (options: WritingOptions) => (['temperature', 'topK', 'topP', 'seed'] as const).find((name) => options[name] !== undefined);

/**
 * Options over what the folder says over transformers' own defaults. Texts are drawn only where an option asks for it.
 * @param folder `generation_config.json`, see `readGenerationFiles`
 */
export function settingsOf(options: WritingOptions, folder: { endTokens: readonly number[]; defaults: WritingOptions }): GenerationSettings {
  const { defaults, endTokens } = folder;
  const pick = <K extends keyof WritingOptions>(name: K, otherwise: NonNullable<WritingOptions[K]>) => options[name] ?? defaults[name] ?? otherwise;
  return {
    maxNewTokens: options.maxNewTokens ?? DEFAULT_NEW_TOKENS, beams: options.beams ?? 1, lengthPenalty: pick('lengthPenalty', 1), earlyStopping: pick('earlyStopping', false),
    noRepeatNgram: pick('noRepeatNgram', 0), repetitionPenalty: pick('repetitionPenalty', 1), endTokens,
    sampling: sampledBy(options) && { temperature: pick('temperature', 1), topK: pick('topK', 50), topP: pick('topP', 1), seed: options.seed ?? 0 },
  };
}
