/** Root-mean-square normalisation, over the channels or over each head. */
import code from '../../shaders/rms_norm.wgsl?raw';
import { shader } from '../gpu/shader';
import { elements, type Op, type Tape, type Tensor } from '../graph/tape';

const rmsNormShader = shader('rms_norm', code);

/** y = x·rstd·γ over groups of γ's length; keeps rstd of each group for the backward pass. */
export const rmsNorm: Op<{ epsilon: number }> = {
  name: 'rms_norm',
  forward(emit, { label, inputs, outputs, attributes: { epsilon } }) {
    const [C] = inputs.gamma!.shape;
    const R = elements(outputs.y.shape) / C;
    const { overrides, grid } = emit.reduction(R, C);
    emit.dispatch({
      label, shader: rmsNormShader, entry: 'forward', overrides, grid, params: { rows: R, columns: C, epsilon },
      bindings: { x: inputs.x!, gamma: inputs.gamma!, y: outputs.y, scales: outputs.scales },
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
      const { overrides, grid } = emit.reduction(R, C);
      emit.dispatch({
        label: `${label} dx`, shader: rmsNormShader, entry: 'backward', grid, params, overrides: { ...overrides, ACCUMULATE: dx.accumulate },
        bindings: { x: inputs.x!, gamma: inputs.gamma!, dy, saved: outputs.scales, dx: dx.tensor },
      });
    }
    const dGamma = gradients.into(inputs.gamma);
    if (dGamma) {
      const { overrides, grid } = emit.reduction(C, R);
      emit.dispatch({
        label: `${label} parameters`, shader: rmsNormShader, entry: 'parameters', grid, params, overrides: { ...overrides, ACCUMULATE: dGamma.accumulate },
        bindings: { x: inputs.x!, dy, saved: outputs.scales, d_gamma: dGamma.tensor },
      });
    }
  },
};

/** @param gamma (C), where C divides the channels of x */
export function recordRmsNorm(tape: Tape, label: string, x: Tensor, gamma: Tensor, epsilon: number): Tensor {
  return tape.record(rmsNorm, label, { x, gamma }, { y: x.shape, scales: [elements(x.shape) / gamma.shape[0]] }, { epsilon }).y;
}
