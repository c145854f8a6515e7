/** The models that come with the page, and what a configuration has to know of them before their files are read (a test compares). */
import { ENCODER_TARGETS, type Target } from './peft';

export const MODEL_FOLDERS = ['nano-encoder', 'nano-decoder'] as const;
export type ModelFolder = (typeof MODEL_FOLDERS)[number];

export interface ModelFacts {
  /** Its architecture, as its authors call it. */
  architecture: string;
  /** Whether a token sees only what stands before it; such a model can write. */
  decoder: boolean;
  /** Whether its layers have biases, which BitFit trains. */
  biases: boolean;
  layers: number;
  /** Channels of the residual stream. */
  width: number;
  /** Channels of the keys, and of the values: fewer than `width` where heads share them. */
  keyValueWidth: number;
  targets: readonly Target[];
  /** One sentence for people who choose. */
  description: string;
}

export const MODELS: Record<ModelFolder, ModelFacts> = {
  'nano-encoder': {
    architecture: 'RoBERTa', decoder: false, biases: true, layers: 2, width: 64, keyValueWidth: 64, targets: ENCODER_TARGETS,
    description: 'A small RoBERTa: every token sees the whole text, and the first token’s vector is classified.',
  },
  'nano-decoder': {
    architecture: 'Llama', decoder: true, biases: false, layers: 2, width: 64, keyValueWidth: 32, targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
    description: 'A small Llama: a token sees what stands before it. It can classify by its last token, and write.',
  },
};

/** First layer of the upper half: where decoders start to drop in the paper (arXiv 2403.00812, appendix E: blocks 12–23 of GPT-2 medium). */
export const latterHalf = (layers: number): number => Math.floor(layers / 2);
