/** Learned positions and segments, added to the token embeddings. */
import code from '../../shaders/position.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor } from '../graph/tensor';

const positionShader = shader('position', code);

interface PositionAttributes {
  /** Row of the first token in the position table (RoBERTa: padding id + 1). */
  offset: number;
}

/** y = x + position[offset + t] + segment[0]. dx = dy; the tables' gradients are sums over samples. */
export const position: Op<PositionAttributes> = {
  name: 'position',
  forward(emit, { label, inputs, outputs, attributes: { offset } }) {
    const [S, T, D] = outputs.y.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    const tables: Record<string, Tensor> = inputs.segment ? { position: inputs.position!, segment: inputs.segment } : { position: inputs.position! };
    emit.dispatch({
      label, shader: positionShader, entry: 'forward', grid, bindings: { x: inputs.x!, ...tables, y: outputs.y }, constants: { SEGMENTS: Number(inputs.segment !== undefined) },
      params: { elements: count, width: D, tokens: T, samples: S, offset, row_stride },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { offset } }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const [S, T, D] = dy.shape;
    for (const [entry, input] of [['positions', inputs.position], ['segments', inputs.segment]] as const) {
      const target = gradients.into(input);
      if (!target) continue;
      const count = elements(target.tensor.shape);
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} d${entry}`, shader: positionShader, entry, grid, constants: { ACCUMULATE: target.accumulate },
        params: { elements: count, width: D, tokens: T, samples: S, offset, row_stride }, bindings: { dy, d_table: target.tensor },
      });
    }
    gradients.pass(inputs.x, dy);
  },
};

/** @throws when the rows of x need more positions than the table has */
export function recordPosition(tape: Tape, label: string, x: Tensor, tables: { position: Tensor; segment?: Tensor }, offset: number): Tensor {
  const [tokens, positions] = [x.shape[1], tables.position.shape[0]];
  if (offset + tokens > positions) {
    throw new Error(`${label}: rows of ${tokens} tokens from position ${offset} on, virtual ones included, need more positions than the model has (${positions}); shorten the texts to ${Math.max(0, positions - offset)} or take fewer virtual tokens`);
  }
  return tape.record(position, label, { x, ...tables }, { y: x.shape }, { offset }).y;
}
