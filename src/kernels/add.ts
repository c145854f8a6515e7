/** Residual addition, and the copying and adding of gradients. */
import code from '../../shaders/add.wgsl?raw';
import { shader } from '../gpu/shader';
import { blockGrid, type Emitter } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const addShader = shader('add', code);

/** y = a + b. da = dy, db = dy. */
export const add: Op<null> = {
  name: 'add',
  forward(emit, { label, inputs, outputs }) {
    const { grid, row_stride } = blockGrid(elements(outputs.y.shape));
    emit.dispatch({ label, shader: addShader, entry: 'forward', grid, params: { elements: elements(outputs.y.shape), row_stride }, bindings: { a: inputs.a!, b: inputs.b!, y: outputs.y } });
  },
  backward(_, { inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    // Both share the buffer of dy, which is what makes a residual connection free in the backward pass.
    gradients.pass(inputs.b, dy);
    gradients.pass(inputs.a, dy);
  },
};

/** Records a + b. */
export function recordAdd(tape: Tape, label: string, a: Tensor, b: Tensor): Tensor {
  return tape.record(add, label, { a, b }, { y: a.shape }, null).y;
}

/** Emits to = from, or to += from. */
export function emitAdd(emit: Emitter, from: Tensor, to: Tensor, accumulate: boolean): void {
  const { grid, row_stride } = blockGrid(elements(to.shape));
  emit.dispatch({ label: `${to.label} ${accumulate ? '+=' : '='} ${from.label}`, shader: addShader, entry: accumulate ? 'accumulate' : 'assign', grid, params: { elements: elements(to.shape), row_stride }, bindings: { a: from, y: to } });
}
