/** Squared error of a regression head: a loss, where the backward walk starts. */
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import code from '../../shaders/squared_error.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import { elements, rows, type Tensor, width } from '../graph/tensor';

const squaredErrorShader = shader('squared_error', code, [stepUniform]);

/** losses (N) of z (N,1). dz = weight/rows·2(z − label). */
export const squaredError: Op<{ weight: number }> = {
  name: 'squared_error',
  forward(emit, { label, inputs, outputs, attributes: { weight } }) {
    const R = rows(inputs.z!);
    emit.dispatch({
      label, shader: squaredErrorShader, entry: 'forward', grid: [Math.ceil(R / 64), 1, 1],
      params: { rows: R, labels: elements(inputs.labels!.shape), weight },
      bindings: { z: inputs.z!, labels: inputs.labels!, losses: outputs.losses },
    });
  },
  backward(emit, { label, inputs, attributes: { weight } }, gradients) {
    const dz = gradients.into(inputs.z);
    if (!dz) return;
    const R = rows(dz.tensor);
    emit.dispatch({
      label: `${label} dz`, shader: squaredErrorShader, entry: 'backward', grid: [Math.ceil(R / 64), 1, 1],
      constants: { ACCUMULATE: dz.accumulate }, params: { rows: R, labels: elements(inputs.labels!.shape), weight },
      bindings: { z: inputs.z!, labels: inputs.labels!, dz: dz.tensor },
    });
  },
};

/**
 * @param labels (B) f32
 * @throws when z has more than one output
 */
export function recordSquaredError(tape: Tape, label: string, z: Tensor, labels: Tensor, weight: number): Tensor {
  if (width(z) !== 1) throw new Error(`squared_error: ${label} has ${width(z)} outputs; a regression head has one`);
  return tape.record(squaredError, label, { z, labels }, { losses: [rows(z)] }, { weight }).losses;
}
