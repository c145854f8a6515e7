/** Every architecture that can be loaded, by the `model_type` of its configuration. */
import type { Architecture } from './architecture';
import type { ModelConfig } from '../modelConfig';
import { bert } from './bert';
import { distilbert } from './distilbert';
import { gpt2 } from './gpt2';
import { llama } from './llama';
import { qwen2 } from './qwen2';
import { qwen3 } from './qwen3';
import { roberta } from './roberta';

export const ARCHITECTURES: readonly Architecture[] = [bert, roberta, distilbert, gpt2, llama, qwen2, qwen3];

/** @throws when nobody taught the engine this architecture */
export function architectureOf(config: Pick<ModelConfig, 'architecture'>): Architecture {
  const found = ARCHITECTURES.find(({ name }) => name === config.architecture);
  if (!found) throw new Error(`model: architecture "${config.architecture}" is unknown; choose one of ${ARCHITECTURES.map(({ name }) => name).join(', ')}`);
  return found;
}
