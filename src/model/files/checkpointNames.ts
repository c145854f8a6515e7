/** The tensors of a checkpoint under the names transformers writes today, with their shapes, and the other names they go by. */
import { architectureOf } from '../architectures';
import type { TensorShapes } from '../architectures/description';
import type { ModelConfig } from '../modelConfig';

/** What every checkpoint must have: embeddings and layers. */
export const bodyShapes = (config: ModelConfig): TensorShapes => architectureOf(config).body(config);

/** What a checkpoint may lack, one linear layer a group: BERT's pooler, and the head of a problem that the model was never trained for. */
export const headShapes = (config: ModelConfig): TensorShapes[] => architectureOf(config).heads(config);

/**
 * Every name under which a file may hold `name`: as it is, without the body's prefix or with one that is too many, and with LayerNorm's names
 * of TensorFlow times.
 */
export function namesOf(name: string, architecture: string): string[] {
  const { prefix } = architectureOf({ architecture });
  const plain = [name, name.startsWith(prefix) ? name.slice(prefix.length) : `${prefix}${name}`];
  const legacy = plain.filter((one) => one.includes('LayerNorm')).map((one) => one.replace(/\.weight$/, '.gamma').replace(/\.bias$/, '.beta'));
  return [...plain, ...legacy];
}
