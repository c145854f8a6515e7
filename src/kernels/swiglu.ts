/** y = silu(gate)·up. d(up) = dy·silu(gate); d(gate) = dy·up·silu′(gate). */
import code from '../../shaders/swiglu.wgsl?raw';
import { shader } from '../gpu/shader';
import { blockGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const swigluShader = shader('swiglu', code);

export const swiglu: Op<null> = {
  name: 'swiglu',
  forward(emit, { label, inputs, outputs }) {
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = blockGrid(count);
    emit.dispatch({ label, shader: swigluShader, entry: 'forward', grid, params: { elements: count, row_stride }, bindings: { gate: inputs.gate!, up: inputs.up!, y: outputs.y } });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    const dGate = dy && gradients.into(inputs.gate);
    const dUp = dy && gradients.into(inputs.up);
    if (!dy || (!dGate && !dUp)) return;
    const count = elements(dy.shape);
    const { grid, row_stride } = blockGrid(count);
    // Gate and up are projections of one input, so both need a gradient or neither does; a scratch takes the place of one nobody wants.
    const scratch = (name: string) => ({ tensor: emit.scratch(`${label} unused ${name}`, dy.shape), accumulate: 0 as const });
    const gate = dGate ?? scratch('gate');
    const up = dUp ?? scratch('up');
    emit.dispatch({
      label: `${label} dx`, shader: swigluShader, entry: 'backward', grid,
      constants: { ACCUMULATE_GATE: gate.accumulate, ACCUMULATE_UP: up.accumulate }, params: { elements: count, row_stride },
      bindings: { gate: inputs.gate!, up: inputs.up!, dy, d_gate: gate.tensor, d_up: up.tensor },
    });
  },
};

export function recordSwiglu(tape: Tape, label: string, gate: Tensor, up: Tensor): Tensor {
  return tape.record(swiglu, label, { gate, up }, { y: gate.shape }, null).y;
}
