/** Layer normalisation over the channels, and root-mean-square normalisation over the channels or over each head. */
import code from '../../shaders/norm.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { Gradients } from '../graph/gradients';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';
import { emitColumnSum } from './column_sum';

const normShader = shader('norm', code);

/** Over groups of γ's length. LayerNorm has a β, RMSNorm neither β nor mean. Keeps mean and rstd of each group for the backward pass. */
export const norm: Op<{ epsilon: number }> = {
  name: 'norm',
  forward(emit, { label, inputs, outputs, attributes: { epsilon } }) {
    const [C] = inputs.gamma!.shape;
    const R = elements(outputs.y.shape) / C;
    const { constants, grid } = emit.reduction(R, C);
    emit.dispatch({
      label, shader: normShader, entry: 'forward', grid, params: { rows: R, columns: C, epsilon },
      constants: { ...constants, CENTRED: Number(inputs.beta !== undefined) },
      // Something must be bound for β; where there is none it is not read.
      bindings: { x: inputs.x!, gamma: inputs.gamma!, beta: inputs.beta ?? inputs.gamma!, y: outputs.y, statistics: outputs.statistics },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { epsilon } }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const [C] = inputs.gamma!.shape;
    const R = elements(dy.shape) / C;
    const params = { rows: R, columns: C, epsilon };
    const dx = gradients.into(inputs.x);
    if (dx) {
      const { constants, grid } = emit.reduction(R, C);
      emit.dispatch({
        label: `${label} dx`, shader: normShader, entry: 'backward', grid, params,
        constants: { ...constants, CENTRED: Number(inputs.beta !== undefined), ACCUMULATE: dx.accumulate },
        bindings: { x: inputs.x!, gamma: inputs.gamma!, dy, saved: outputs.statistics, dx: dx.tensor },
      });
    }
    emitNormParameters(emit, label, { x: inputs.x!, dy, statistics: outputs.statistics, gamma: inputs.gamma!, beta: inputs.beta }, gradients);
  },
};

/** Emits the gradients of γ and β, of those that are trained. */
export function emitNormParameters(emit: Emitter, label: string, of: { x: Tensor; dy: Tensor; statistics: Tensor; gamma: Tensor; beta?: Tensor }, gradients: Gradients): void {
  const { x, dy, statistics, gamma, beta } = of;
  const [C] = gamma.shape;
  const R = elements(dy.shape) / C;
  const dGamma = gradients.into(gamma);
  const dBeta = gradients.into(beta);
  if (dGamma) {
    const { constants, grid } = emit.reduction(C, R);
    // A scratch takes the place of a gradient that nobody wants.
    const shift = dBeta?.tensor ?? emit.scratch(`${label} unused dβ`, [C]);
    emit.dispatch({
      label: `${label} parameters`, shader: normShader, entry: 'parameters', grid, params: { rows: R, columns: C, epsilon: 0 },
      constants: { ...constants, SHIFT: Number(dBeta !== undefined), ACCUMULATE: dGamma.accumulate },
      bindings: { x, dy, saved: statistics, d_gamma: dGamma.tensor, d_beta: shift },
    });
  } else if (dBeta) {
    // A method may train β alone (BitFit): its gradient is a plain column sum.
    emitColumnSum(emit, `${label} dβ`, dy, dBeta);
  }
}

/** y = (x − μ)·rstd·γ + β. */
export function recordLayerNorm(tape: Tape, label: string, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  return record(tape, label, { x, gamma, beta }, epsilon);
}

/** y = x·rstd·γ. @param gamma (C), where C divides the channels of x */
export function recordRmsNorm(tape: Tape, label: string, x: Tensor, gamma: Tensor, epsilon: number): Tensor {
  return record(tape, label, { x, gamma }, epsilon);
}

function record(tape: Tape, label: string, inputs: { x: Tensor; gamma: Tensor; beta?: Tensor }, epsilon: number): Tensor {
  const { x, gamma } = inputs;
  return tape.record(norm, label, inputs, { y: x.shape, statistics: [elements(x.shape) / gamma.shape[0], 2] }, { epsilon }).y;
}
