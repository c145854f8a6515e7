/** Cross-entropy with label smoothing: a loss, where the backward walk starts. */
import code from '../../shaders/cross_entropy.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, rows, type Tensor, width } from '../graph/tensor';

const crossEntropyShader = shader('cross_entropy', code, [stepUniform]);

/** A GPU computes the losses where it computes their gradient. */
const together = ({ options: { profile }, backward }: Emitter, z: Tensor): boolean => profile === 'gpu' && backward && z.needsGradient;

/** losses (N) of z (N,C). dz = weight/rows·(p − target); `weight` is ½ where both passes of a consistency loss carry a cross-entropy. */
export const crossEntropy: Op<{ weight: number; smoothed: boolean }> = {
  name: 'cross_entropy',
  forward(emit, { label, inputs, outputs, attributes: { weight, smoothed } }) {
    const z = inputs.z!;
    if (together(emit, z)) return;
    const { constants, grid } = emit.reduction(rows(z), width(z));
    emit.dispatch({
      label, shader: crossEntropyShader, entry: 'forward', constants: { ...constants, SMOOTHED: Number(smoothed) }, grid,
      params: { rows: rows(z), classes: width(z), labels: elements(inputs.labels!.shape), weight, gradient_rows: 0 },
      bindings: { z, labels: inputs.labels!, losses: outputs.losses },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { weight, smoothed } }, gradients) {
    const dz = gradients.into(inputs.z);
    if (!dz) return;
    const z = inputs.z!;
    const both = together(emit, z);
    const count = both ? rows(z) : rows(dz.tensor);
    const { constants, grid } = emit.reduction(count, width(z));
    emit.dispatch({
      label: both ? `${label}, dz` : `${label} dz`, shader: crossEntropyShader, entry: both ? 'both' : 'backward', grid,
      constants: { ...constants, ACCUMULATE: dz.accumulate, ...(both && { SMOOTHED: Number(smoothed) }) },
      params: { rows: count, classes: width(z), labels: elements(inputs.labels!.shape), weight, gradient_rows: rows(dz.tensor) },
      bindings: { z, labels: inputs.labels!, dz: dz.tensor, ...(both && { losses: outputs.losses }) },
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
