/** A checkpoint as the model of one problem, with nothing left to guess. */
import { architectureOf } from './architectures';
import type { Problem } from './modelConfig';
import type { CheckpointOf } from './files/folder';
import { LoadError } from './files/loadError';
import type { Trained } from './method';
import { parameterSpecs } from './parameters';

const FILE = 'model.safetensors';

/**
 * The checkpoint with the head that a problem needs, and only the tensors that this model has: a decoder that was saved as a classifier can
 * write, one that was saved as a language model can classify. A head of classes that the file lacks, or has for another number of classes,
 * is made anew where `trained` trains it.
 * @throws LoadError where the file lacks what nothing makes: the head of a language model, or what stays frozen
 */
export function checkpointFor<T extends { shape: readonly number[] }>({ config: stored, tensors }: CheckpointOf<T>, { problem, labels }: { problem: Problem; labels: number }, trained: Trained): CheckpointOf<T> {
  const config = { ...stored, problem, labels };
  const architecture = architectureOf(config);
  const { tie, name } = architecture;
  if (problem === 'language_model' && !config.causal) throw new LoadError(FILE, `${name} sees the words to come, so it cannot be a language model; choose a decoder`);
  if (problem === 'language_model' && !config.tied && !tensors.has(tie.head)) {
    throw new LoadError(FILE, `${tie.head} is missing, and config.json does not tie it to ${tie.embedding} (tie_word_embeddings); choose a checkpoint that was saved as a language model`);
  }
  const made = new Set(parameterSpecs(config, trained).map(({ of }) => of));
  const heads = architecture.heads(config).flatMap((group) => [...group]);
  const found = heads.filter(([tensor, shape]) => String(tensors.get(tensor)?.shape) === String(shape)).map(([tensor]) => tensor);
  const frozen = heads.find(([tensor]) => !found.includes(tensor) && !made.has(tensor));
  if (frozen) throw new LoadError(FILE, `${frozen[0]} is missing, and ${trained.peft} does not train it; choose a checkpoint that has it, or full fine-tuning`);
  return { config, tensors: new Map([...architecture.body(config).keys(), ...found].map((tensor) => [tensor, tensors.get(tensor)!])) };
}
