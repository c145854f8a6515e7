/** The border between what is computed once and a batch that runs twice. */
import code from '../../shaders/repeat.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const repeatShader = shader('repeat', code);

/** y (2B,…) = x (B,…) twice. dx = the sum of both halves of dy, or its one half where the second pass is not differentiated. */
export const repeat: Op<null> = {
  name: 'repeat',
  batched: true,
  forward(emit, { label, inputs, outputs }) {
    const half = elements(inputs.x!.shape);
    const { grid, row_stride } = linearGrid(half);
    emit.dispatch({ label, shader: repeatShader, entry: 'forward', grid, params: { half, row_stride }, bindings: { x: inputs.x!, y: outputs.y } });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const half = elements(inputs.x!.shape);
    if (elements(dy.shape) === half) return gradients.pass(inputs.x, dy);
    const dx = gradients.into(inputs.x);
    if (!dx) return;
    const { grid, row_stride } = linearGrid(half);
    emit.dispatch({ label: `${label} dx`, shader: repeatShader, entry: 'backward', grid, constants: { ACCUMULATE: dx.accumulate }, params: { half, row_stride }, bindings: { dy, dx: dx.tensor } });
  },
};

/** Records x for both passes: the rows of the second behind those of the first. */
export function recordRepeat(tape: Tape, label: string, x: Tensor): Tensor {
  return tape.record(repeat, label, { x }, { y: [2 * x.shape[0], ...x.shape.slice(1)] }, null).y;
}
