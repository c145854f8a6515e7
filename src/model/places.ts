/** Places of tokens among those of their row that are not padding: what RoBERTa makes positions of. */
import { NO_PLACE } from '../kernels/position';

/** Label of the input, (B,T). */
export const PLACES = 'places';

/** For each token, how many before it in its row are not padding; `NO_PLACE` for padding itself. @param ids (B·T) */
export function placesOf(ids: Uint32Array, tokens: number, padId: number | undefined): Uint32Array {
  let count = 0;
  return ids.map((id, index) => {
    if (index % tokens === 0) count = 0;
    return id === padId ? NO_PLACE : count++;
  });
}
