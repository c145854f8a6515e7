/** A checkpoint's sizes as cards, presets and problems ask for them. */
import { type ModelTraits } from '../config/models';
import { TARGETS } from '../config/peft';
import { architectureOf } from './architectures';
import type { ModelConfig } from './modelConfig';

/** @param name as people know the model */
export function traitsOf(config: ModelConfig, name: string): ModelTraits {
  const { title, body, targets } = architectureOf(config);
  return {
    name, architecture: title, decoder: config.causal, biases: [...body(config).keys()].some((tensor) => tensor.endsWith('bias')),
    layers: config.layers, width: config.hidden, keyValueWidth: config.keyValueHeads * config.headSize, targets: TARGETS.filter((target) => targets[target]),
  };
}
