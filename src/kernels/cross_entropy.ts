/** Cross-entropy with label smoothing: a loss, where the backward walk starts. */
import code from '../../shaders/cross_entropy.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Op, Tape } from '../graph/tape';
import { elements, rows, type Tensor, width } from '../graph/tensor';

const crossEntropyShader = shader('cross_entropy', code, [stepUniform]);

/** losses (N) of z (N,C). dz = weight/rows·(p − target); `weight` is ½ where both passes of a consistency loss carry a cross-entropy. */
export const crossEntropy: Op<{ weight: number; smoothed: boolean }> = {
  name: 'cross_entropy',
  forward(emit, { label, inputs, outputs, attributes: { weight, smoothed } }) {
    const z = inputs.z!;
    const { constants, grid } = emit.reduction(rows(z), width(z));
    emit.dispatch({
      label, shader: crossEntropyShader, entry: 'forward', constants: { ...constants, SMOOTHED: Number(smoothed) }, grid,
      params: { rows: rows(z), classes: width(z), labels: elements(inputs.labels!.shape), weight },
      bindings: { z, labels: inputs.labels!, losses: outputs.losses },
    });
  },
  backward(emit, { label, inputs, attributes: { weight } }, gradients) {
    const dz = gradients.into(inputs.z);
    if (!dz) return;
    const { constants, grid } = emit.reduction(rows(dz.tensor), width(dz.tensor));
    emit.dispatch({
      label: `${label} dz`, shader: crossEntropyShader, entry: 'backward', grid,
      constants: { ...constants, ACCUMULATE: dz.accumulate },
      params: { rows: rows(dz.tensor), classes: width(dz.tensor), labels: elements(inputs.labels!.shape), weight },
      bindings: { z: inputs.z!, labels: inputs.labels!, dz: dz.tensor },
    });
  },
};

/**
 * @param labels (B) i32, negative where a row does not count
 * @param options.smoothed whether the step's label smoothing applies: not where a model is judged
 */
export function recordCrossEntropy(tape: Tape, label: string, z: Tensor, labels: Tensor, weight: number, { smoothed = true } = {}): Tensor {
  return tape.record(crossEntropy, label, { z, labels }, { losses: [rows(z)] }, { weight, smoothed }).losses;
}
