/** The functions between linear layers (ReLU, tanh and the two forms of GELU): y = f(x) element by element, dx = dy·f′(x). */
import code from '../../shaders/activation.wgsl?raw';
import functions from '../../shaders/lib/activation_functions.wgsl?raw';
import { shader } from '../gpu/shader';
import { blockGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const activationShader = shader('activation', code, [functions]);

/** Numbers of the functions in `shaders/lib/activation_functions.wgsl`. */
export const ACTIVATION_NUMBER = { relu: 0, tanh: 1, gelu: 2, gelu_tanh: 3 };

export type ActivationKind = keyof typeof ACTIVATION_NUMBER;

export const activation: Op<{ kind: ActivationKind }> = {
  name: 'activation',
  forward(emit, { label, inputs, outputs, attributes: { kind } }) {
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = blockGrid(count);
    emit.dispatch({
      label, shader: activationShader, entry: 'forward', grid,
      constants: { KIND: ACTIVATION_NUMBER[kind] }, params: { elements: count, row_stride }, bindings: { x: inputs.x!, y: outputs.y },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { kind } }, gradients) {
    const dy = gradients.of(outputs.y);
    const dx = dy && gradients.into(inputs.x);
    if (!dx) return;
    const count = elements(dy.shape);
    const { grid, row_stride } = blockGrid(count);
    emit.dispatch({
      label: `${label} dx`, shader: activationShader, entry: 'backward', grid,
      constants: { KIND: ACTIVATION_NUMBER[kind], ACCUMULATE: dx.accumulate }, params: { elements: count, row_stride }, bindings: { x: inputs.x!, dy, dx: dx.tensor },
    });
  },
};

/** @param kind `gelu` is the erf form, `gelu_tanh` what transformers calls gelu_new */
export function recordActivation(tape: Tape, label: string, kind: ActivationKind, x: Tensor): Tensor {
  return tape.record(activation, label, { x }, { y: x.shape }, { kind }).y;
}
