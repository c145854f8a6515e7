/** Tensors of the model that an adapter brings whole: heads, biases, embeddings. */
import { architectureOf } from '../model/architectures';
import type { HeldCheckpoint } from '../model/files/folder';
import type { Named } from './keys';
import type { ModelModules } from './modules';
import type { Unfit } from './unfit';

export interface Tying {
  /** Whether a module is one of `modules_to_save`. */
  savedWhole(module: string): boolean;
  /** `ensure_weight_tying`. */
  ensured: boolean;
}

/**
 * Keeps the token embedding and the head of a language model apart from here on, where they were one tensor.
 * @param checkpoint changed
 */
export function untie(checkpoint: HeldCheckpoint): void {
  const { config, tensors } = checkpoint;
  if (!config.tied || !config.causal) return;
  const { embedding, head } = architectureOf(config).tie;
  checkpoint.config = { ...config, tied: false };
  tensors.set(head, tensors.get(embedding)!);
}

/**
 * Puts `whole` in place of the model's own tensors. An embedding that peft saved as a module of its own leaves a tied head as it was; one that
 * it saved because the vocabulary changed is the head, too.
 * @param checkpoint changed
 */
export function setWhole(checkpoint: HeldCheckpoint, { shapes }: ModelModules, whole: ReadonlyMap<string, Named>, tying: Tying, unfit: Unfit): void {
  const { embedding, head } = architectureOf(checkpoint.config).tie;
  const isCopied = (name: string) => tying.savedWhole(name.replace(/\.weight$/, '')) && !tying.ensured;
  const [table, matrix] = [whole.get(embedding), whole.get(head)];
  const apart = (table !== undefined && isCopied(embedding)) || (matrix !== undefined && (isCopied(head) || (table !== undefined && !tying.ensured && table.values.some((value, index) => value !== matrix.values[index]))));
  if (apart) untie(checkpoint);
  for (const [name, tensor] of whole) {
    const shape = shapes.get(name);
    if (!shape) unfit.unknown(tensor);
    else if (unfit.check(tensor, shape)) checkpoint.tensors.set(name === head && checkpoint.config.tied ? embedding : name, { shape: [...tensor.shape], values: tensor.values });
  }
}
