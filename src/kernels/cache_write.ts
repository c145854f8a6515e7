/** Keys and values on their way into a cache that outlives the plan. */
import code from '../../shaders/cache_write.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor, width } from '../graph/tensor';

const writeShader = shader('cache_write', code);

/** cache[s·spread, t] = x[s,t], or with lengths cache[s, front + lengths[s] − 1] = x[s,0]. */
export const cacheWrite: Op<{ front: number }> = {
  name: 'cache_write',
  forward(emit, { label, inputs, outputs, attributes: { front } }) {
    const x = inputs.x!;
    const [S, R, D] = x.shape;
    const [samples, keys] = outputs.cache.shape;
    const count = elements(x.shape);
    const { grid, row_stride } = linearGrid(count);
    const bindings: Record<string, Tensor> = inputs.lengths ? { x, lengths: inputs.lengths, cache: outputs.cache } : { x, cache: outputs.cache };
    emit.dispatch({
      label, shader: writeShader, entry: 'forward', grid, bindings, constants: { BEHIND: Number(inputs.lengths !== undefined) },
      params: { elements: count, width: D, rows: R, keys, spread: samples / S, front, row_stride },
    });
  },
};

/**
 * Records that the rows of x (S,R,D) go into `cache` (S·n, C, D): to its front, each sample's into every n-th row; or, with `behind`, its one row a
 * sample behind the `front` virtual keys and the tokens that are there.
 * @param behind `lengths` (S): tokens of each sample, the one that is written included
 * @throws when the extents do not fit
 */
export function recordCacheWrite(tape: Tape, label: string, x: Tensor, cache: Tensor, behind?: { lengths: Tensor; front: number }): void {
  const [S, R] = x.shape;
  const [samples, keys] = cache.shape;
  if (width(x) !== width(cache)) throw new Error(`cache: ${label} puts rows of ${width(x)} channels into a cache of ${width(cache)}`);
  if (samples % S !== 0 || (behind && samples !== S)) throw new Error(`cache: ${label} puts ${S} samples into a cache of ${samples}`);
  if (behind ? R !== 1 : R > keys) throw new Error(`cache: ${label} puts ${R} rows a sample where ${behind ? 1 : keys} have room`);
  tape.record(cacheWrite, label, { x, lengths: behind?.lengths }, { cache }, { front: behind?.front ?? 0 });
}
