/**
 * Whether the head of a language model is the token embedding. transformers (`tie_weights`) lets the file have the last word: `tie_word_embeddings`
 * ties what the file does not hold twice, whichever of the two names it is stored under, and two tensors that differ are kept apart.
 */
import type { StoredTensor } from './storedTensors';

/**
 * Settles the pair in `tensors`, which has each of the two only where the file has it: a tied head is left out, and an embedding that is
 * stored under the head's name gets its own. Only where the file holds both are they read, to the first piece that differs.
 * @param asked `tie_word_embeddings`
 * @returns whether head and embedding are one
 */
export async function settleTie(tensors: Map<string, StoredTensor>, { embedding, head }: { embedding: string; head: string }, asked: boolean): Promise<boolean> {
  const [table, matrix] = [tensors.get(embedding), tensors.get(head)];
  if (!asked || !matrix) return asked;
  if (table && !(await table.equals(matrix))) return false;
  tensors.delete(head);
  tensors.set(embedding, table ?? matrix);
  return true;
}
