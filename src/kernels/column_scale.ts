/** Scales columns by a trained magnitude over a norm: DoRA. */
import code from '../../shaders/column_scale.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, rows, type Tensor, width } from '../graph/tensor';

const columnScaleShader = shader('column_scale', code);

/** y += x·μ/n. dx = dy·μ/n; dμ = Σ dy·x/n; n is not differentiated. */
export const columnScale: Op<null> = {
  name: 'column_scale',
  forward(emit, { label, inputs, outputs }) {
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    emit.dispatch({
      label, shader: columnScaleShader, entry: 'forward', grid, params: { elements: count, columns: width(outputs.y), row_stride },
      bindings: { x: inputs.x!, magnitude: inputs.magnitude!, norm: inputs.norm!, y: outputs.y },
    });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const params = { elements: elements(dy.shape), columns: width(dy) };
    const dMagnitude = gradients.into(inputs.magnitude);
    if (dMagnitude) {
      const { constants, grid } = emit.reduction(width(dy), rows(dy));
      emit.dispatch({
        label: `${label} d(magnitude)`, shader: columnScaleShader, entry: 'magnitudes', grid, constants: { ...constants, ACCUMULATE: dMagnitude.accumulate },
        params: { ...params, row_stride: 0 }, bindings: { x: inputs.x!, norm: inputs.norm!, dy, d_magnitude: dMagnitude.tensor },
      });
    }
    const dx = gradients.into(inputs.x);
    if (dx) {
      const { grid, row_stride } = linearGrid(params.elements);
      emit.dispatch({
        label: `${label} dx`, shader: columnScaleShader, entry: 'backward', grid, constants: { ACCUMULATE: dx.accumulate },
        params: { ...params, row_stride }, bindings: { magnitude: inputs.magnitude!, norm: inputs.norm!, dy, dx: dx.tensor },
      });
    }
  },
};

/** Records into += x · magnitude / norm. */
export function recordColumnScale(tape: Tape, label: string, x: Tensor, magnitude: Tensor, norm: Tensor, into: Tensor): Tensor {
  return tape.record(columnScale, label, { x, magnitude, norm }, { y: into }, null).y;
}
