/** NEFTune's noise on the token embeddings. */
import code from '../../shaders/embedding_noise.wgsl?raw';
import masks from '../../shaders/lib/masks.wgsl?raw';
import random from '../../shaders/lib/random.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import type { Tensor } from '../graph/tensor';
import { noiseSite } from '../random/noise';
import type { Pass } from './site';

const embeddingNoiseShader = shader('embedding_noise', code, [random, stepUniform, masks]);

/** y (S,T,D) = x + noise at the real tokens, drawn anew for every step and branch. dx = dy. */
export const embeddingNoise: Op<{ pass: Pass }> = {
  name: 'embedding_noise',
  forward(emit, { label, inputs, outputs, attributes: { pass } }) {
    const [S, tokens, width] = outputs.y.shape;
    const count = pass.samples * tokens * width;
    const groups = Math.ceil(Math.ceil(count / 4) / 64);
    const across = Math.min(groups, 32768);
    emit.dispatch({
      label, shader: embeddingNoiseShader, entry: 'forward', bindings: { x: inputs.x!, lengths: inputs.lengths!, y: outputs.y },
      params: { elements: count, tokens, width, site: noiseSite(0), branch: pass.branch, clean_branch: pass.cleanBranch, row_stride: across * 64 },
      grid: [across, Math.ceil(groups / across), S / pass.samples],
    });
  },
  backward(_, { inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (dy) gradients.pass(inputs.x, dy);
  },
};

/**
 * @param x (S,T,D) token embeddings, without virtual tokens and before positions
 * @param inputs lengths (B): real tokens of each sample
 */
export function recordEmbeddingNoise(tape: Tape, label: string, x: Tensor, { lengths }: { lengths: Tensor }, pass: Pass): Tensor {
  if (x.shape.length !== 3) throw new Error(`embedding_noise: ${label} has shape [${x.shape}]; give it embeddings of shape (S,T,D)`);
  return tape.record(embeddingNoise, label, { x, lengths }, { y: x.shape }, { pass }).y;
}
