/** The model of a tokenizer.json by its kind. */
import { isObject, type Json } from '../json';
import { createBpe } from './bpe';
import type { Model } from './model';
import { createUnigram } from './unigram';
import { createWordLevel, createWordPiece } from './words';

/** Files of old versions do not name the kind of their model; its fields give it away. */
function kindOf(config: Json): unknown {
  if (config.type !== undefined) return config.type;
  if (Array.isArray(config.merges)) return 'BPE';
  if (Array.isArray(config.vocab)) return 'Unigram';
  return 'continuing_subword_prefix' in config ? 'WordPiece' : 'WordLevel';
}

/** @throws where the model is not one that is known, or its parts do not fit together */
export function createModel(config: unknown): Model {
  if (!isObject(config) || !config.vocab) throw new Error('tokenizer.json: there is no vocabulary (model.vocab is missing); export the tokenizer as a fast Hugging Face tokenizer.');
  const kind = kindOf(config);
  switch (kind) {
    case 'BPE': return createBpe(config);
    case 'Unigram': return createUnigram(config);
    case 'WordLevel': return createWordLevel(config);
    case 'WordPiece': return createWordPiece(config);
    default: throw new Error(`tokenizer.json: a model of this kind is not known (${String(kind)}); BPE, WordPiece, WordLevel and Unigram are.`);
  }
}
