/** What each beam sees of a cache in which beams share what they have in common. */
import code from '../../shaders/cache_gather.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const gatherShader = shader('cache_gather', code);

/** y[s,c] = cache[sources[s,c], c], 0 behind the last token of s. */
export const cacheGather: Op<{ front: number }> = {
  name: 'cache_gather',
  forward(emit, { label, inputs, outputs, attributes: { front } }) {
    const [, keys, D] = outputs.y.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    emit.dispatch({
      label, shader: gatherShader, entry: 'forward', grid, bindings: { cache: inputs.cache!, sources: inputs.sources!, lengths: inputs.lengths!, y: outputs.y },
      params: { elements: count, width: D, keys, front, row_stride },
    });
  },
};

/**
 * @param cache (S,C,D) @param sources (S,C) u32: the sample in whose row of the cache a key lies @param lengths (S) u32: tokens of each sample, behind
 *   `front` virtual keys
 */
export function recordCacheGather(tape: Tape, label: string, cache: Tensor, sources: Tensor, lengths: Tensor, front: number): Tensor {
  return tape.record(cacheGather, label, { cache, sources, lengths }, { y: cache.shape }, { front }).y;
}
