/**
 * Models that the engine reads, for the picker: what each is good for, and how far it was tried. Sizes of models on the Hub are those of its
 * pages in November 2026; what is fetched and what a run takes is found out anew before a byte of weights.
 */
import { BUILT_IN } from './models';

/**
 * `run`: trained with this engine, its own weights. `random`: its exact configuration was trained for a step with random weights and compared
 * with PyTorch (docs/models.md). `sized`: read from its configuration only.
 */
export type Tried = 'run' | 'random' | 'sized';

export interface CatalogueEntry {
  /** Reference as it is asked for; the answer pins it. */
  source: string;
  name: string;
  /** One sentence for people who choose. */
  purpose: string;
  parameters: number;
  weightBytes: number;
  licence: string;
  tried: Tried;
  /** Its terms have to be accepted on its page first. */
  gated?: boolean;
}

const builtIn = (name: string, purpose: string): CatalogueEntry => {
  const { source, parameters, weightBytes, licence = 'not said' } = BUILT_IN[name];
  return { source, name, purpose, parameters, weightBytes, licence, tried: 'run' };
};

const hub = (name: string, parameters: number, megabytes: number, licence: string, purpose: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => (
  { source: `hub:${name}@main`, name, purpose, parameters, weightBytes: megabytes * 1e6, licence, tried: 'sized', ...more }
);

/** Compared with PyTorch at its exact size (`tools/weights/exact.mjs`). */
const RANDOM: Partial<CatalogueEntry> = { tried: 'random' };

export const BUILT_IN_CATALOGUE: readonly CatalogueEntry[] = [
  builtIn('nano-encoder', 'A small RoBERTa: every token sees the whole text, and the first token’s vector is classified.'),
  builtIn('nano-decoder', 'A small Llama: a token sees what stands before it. It can classify by its last token, and write.'),
  builtIn('micro-encoder', 'A RoBERTa of four layers of twice the width, which has read of what every task of classes asks.'),
  builtIn('micro-decoder', 'Four layers of twice the width, which have read of more things: writes triples as well.'),
];

export const HUB_CATALOGUE: readonly CatalogueEntry[] = [
  hub('nickypro/tinyllama-15M', 15_191_712, 30.4, 'mit', 'A Llama of children’s stories: the smallest that writes.'),
  hub('distilbert/distilbert-base-uncased', 66_362_880, 268, 'apache-2.0', 'Half of BERT: classifies, quickly.', RANDOM),
  hub('distilbert/distilroberta-base', 82_800_000, 331, 'apache-2.0', 'Half of RoBERTa: classifies.'),
  hub('google-bert/bert-base-uncased', 110_106_428, 440, 'apache-2.0', 'Classifies; the model of most studies before 2020.', RANDOM),
  hub('FacebookAI/roberta-base', 124_697_433, 499, 'mit', 'Classifies better than BERT; what LoRA and its kin are compared on.', RANDOM),
  hub('FacebookAI/roberta-large', 355_412_057, 1420, 'mit', 'The encoder of the HiddenKey paper (arXiv 2403.00812).'),
  hub('distilbert/distilgpt2', 81_912_576, 353, 'apache-2.0', 'Half of GPT-2: writes.'),
  hub('openai-community/gpt2', 124_439_808, 548.1, 'mit', 'Writes, and classifies by its last token.', RANDOM),
  hub('openai-community/gpt2-medium', 354_823_168, 1520, 'mit', 'The decoder of the HiddenKey paper for E2E and WebNLG.'),
  hub('HuggingFaceTB/SmolLM2-135M', 134_515_008, 269, 'apache-2.0', 'A recent small Llama: writes, and follows.', RANDOM),
  hub('HuggingFaceTB/SmolLM2-360M', 361_821_120, 724, 'apache-2.0', 'Its larger sister.'),
  hub('Qwen/Qwen2.5-0.5B', 494_032_768, 988, 'apache-2.0', 'Writes in many languages.'),
  hub('Qwen/Qwen3-0.6B', 596_049_920, 1503, 'apache-2.0', 'Writes in many languages; normalises queries and keys.'),
  hub('TinyLlama/TinyLlama-1.1B-Chat-v1.0', 1_100_048_384, 2200, 'apache-2.0', 'A Llama that answers; for large GPUs.'),
  hub('meta-llama/Llama-2-7b-hf', 6_738_415_616, 13_480, 'llama2', 'The large decoder of the HiddenKey paper; too large for nearly every page.', { gated: true }),
];

export const CATALOGUE: readonly CatalogueEntry[] = [...BUILT_IN_CATALOGUE, ...HUB_CATALOGUE];

export const TRIED_WORDS: Record<Tried, string> = {
  run: 'run here', random: 'run at its exact size with random weights', sized: 'only sized',
};
