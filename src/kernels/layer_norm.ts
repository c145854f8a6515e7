/** Layer normalisation over the channels. */
import code from '../../shaders/layer_norm.wgsl?raw';
import { shader } from '../gpu/shader';
import { type Op, rows, type Tape, type Tensor, width } from '../graph/tape';
import { emitColumnSum } from './column_sum';

const layerNormShader = shader('layer_norm', code);

/** y = (x − μ)·rstd·γ + β; keeps μ and rstd of each row for the backward pass. */
export const layerNorm: Op<{ epsilon: number }> = {
  name: 'layer_norm',
  forward(emit, { label, inputs, outputs, attributes: { epsilon } }) {
    const [R, C] = [rows(outputs.y), width(outputs.y)];
    const { overrides, grid } = emit.reduction(R, C);
    emit.dispatch({
      label, shader: layerNormShader, entry: 'forward', overrides, grid,
      params: { rows: R, columns: C, epsilon },
      bindings: { x: inputs.x!, gamma: inputs.gamma!, beta: inputs.beta!, y: outputs.y, statistics: outputs.statistics },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { epsilon } }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const [R, C] = [rows(dy), width(dy)];
    const params = { rows: R, columns: C, epsilon };
    const dx = gradients.into(inputs.x);
    if (dx) {
      const { overrides, grid } = emit.reduction(R, C);
      emit.dispatch({
        label: `${label} dx`, shader: layerNormShader, entry: 'backward', grid, params,
        overrides: { ...overrides, ACCUMULATE: dx.accumulate },
        bindings: { x: inputs.x!, gamma: inputs.gamma!, dy, saved: outputs.statistics, dx: dx.tensor },
      });
    }
    const dGamma = gradients.into(inputs.gamma);
    const dBeta = gradients.into(inputs.beta);
    // A method may train β alone (BitFit): its gradient is a plain column sum.
    if (dBeta && !dGamma) emitColumnSum(emit, `${label} dβ`, dy, dBeta);
    if (dGamma && !dBeta) throw new Error(`layer_norm: ${label} trains γ but not β; train both or only β`);
    if (dGamma && dBeta) {
      const { overrides, grid } = emit.reduction(C, R);
      emit.dispatch({
        label: `${label} parameters`, shader: layerNormShader, entry: 'parameters', grid, params,
        overrides: { ...overrides, ACCUMULATE: dGamma.accumulate },
        bindings: { x: inputs.x!, dy, saved: outputs.statistics, d_gamma: dGamma.tensor, d_beta: dBeta.tensor },
      });
    }
  },
};

export function recordLayerNorm(tape: Tape, label: string, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  return tape.record(layerNorm, label, { x, gamma, beta }, { y: x.shape, statistics: [rows(x), 2] }, { epsilon }).y;
}
