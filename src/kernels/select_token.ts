/** The token that a classification head reads. */
import code from '../../shaders/select_token.wgsl?raw';
import lastToken from '../../shaders/lib/last_token.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const selectShader = shader('select_token', code, [lastToken]);

interface SelectAttributes {
  /** B: samples before any doubling. */
  samples: number;
  virtualTokens: number;
}

/** y (S,D) = x at its first row, or at its last real token where lengths are given. dx is dy at that row and 0 elsewhere. */
export const selectToken: Op<SelectAttributes> = {
  name: 'select_token',
  forward(emit, { label, inputs, outputs, attributes: { samples, virtualTokens } }) {
    const [, rows, D] = inputs.x!.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    const bindings: Record<string, Tensor> = { x: inputs.x!, y: outputs.y };
    if (inputs.lengths) bindings.lengths = inputs.lengths;
    emit.dispatch({
      label, shader: selectShader, entry: 'forward', grid, bindings, constants: { LAST: Number(inputs.lengths !== undefined) },
      params: { elements: count, rows, width: D, samples, virtual_tokens: virtualTokens, row_stride },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { samples, virtualTokens } }, gradients) {
    const dy = gradients.of(outputs.y);
    const dx = dy && gradients.into(inputs.x);
    if (!dx) return;
    const [, rows, D] = inputs.x!.shape;
    const count = elements(dx.tensor.shape);
    const { grid, row_stride } = linearGrid(count);
    const bindings: Record<string, Tensor> = { dy, dx: dx.tensor };
    if (inputs.lengths) bindings.lengths = inputs.lengths;
    emit.dispatch({
      label: `${label} dx`, shader: selectShader, entry: 'backward', grid, bindings,
      constants: { LAST: Number(inputs.lengths !== undefined), ACCUMULATE: dx.accumulate },
      params: { elements: count, rows, width: D, samples, virtual_tokens: virtualTokens, row_stride },
    });
  },
};

/** Records the first row of each sample; with `lengths` (B) and `virtualTokens`, its last real token. */
export function recordSelectToken(tape: Tape, label: string, x: Tensor, last?: { lengths: Tensor; virtualTokens: number }): Tensor {
  const [S, , D] = x.shape;
  return tape.record(selectToken, label, { x, lengths: last?.lengths }, { y: [S, D] }, { samples: last?.lengths.shape[0] ?? S, virtualTokens: last?.virtualTokens ?? 0 }).y;
}
