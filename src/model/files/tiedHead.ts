/**
 * Whether the head of a language model is the token embedding. transformers (`tie_weights`) lets the file have the last word: `tie_word_embeddings`
 * ties what the file does not hold twice, whichever of the two names it is stored under, and two tensors that differ are kept apart.
 */
import type { TensorFile } from './safetensors';

/** `torch.equal`: a value that is not a number equals nothing. */
export const sameValues = (one: TensorFile, other: TensorFile): boolean => one.values.length === other.values.length && one.values.every((value, index) => value === other.values[index]);

/**
 * Settles the pair in `tensors`, which has each of the two only where the file has it: a tied head is left out, and an embedding that is
 * stored under the head's name gets its own.
 * @param asked `tie_word_embeddings`
 * @returns whether head and embedding are one
 */
export function settleTie(tensors: Map<string, TensorFile>, { embedding, head }: { embedding: string; head: string }, asked: boolean): boolean {
  const [table, matrix] = [tensors.get(embedding), tensors.get(head)];
  if (!asked || !matrix) return asked;
  if (table && !sameValues(table, matrix)) return false;
  tensors.delete(head);
  tensors.set(embedding, table ?? matrix);
  return true;
}
