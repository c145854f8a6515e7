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
  /** Row that padding takes and that learns nothing, where `places` say what is padding. */
  padding: number;
}

/** The place of a token that is padding. */
export const NO_PLACE = 0xffffffff;

/** y = x + position[offset + t] + segment[0], with `places` offset + place instead of offset + t. dx = dy; the tables' gradients are sums over samples. */
export const position: Op<PositionAttributes> = {
  name: 'position',
  forward(emit, { label, inputs, outputs, attributes: { offset, padding } }) {
    const [S, T, D] = outputs.y.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    const tables: Record<string, Tensor> = inputs.segment ? { position: inputs.position!, segment: inputs.segment } : { position: inputs.position! };
    emit.dispatch({
      label, shader: positionShader, entry: 'forward', grid, bindings: { x: inputs.x!, ...tables, ...placesOf(inputs.places), y: outputs.y },
      constants: { SEGMENTS: Number(inputs.segment !== undefined), COUNTED: Number(inputs.places !== undefined) },
      params: { elements: count, width: D, tokens: T, samples: S, offset, row_stride, padding, places: placeCount(inputs.places) },
    });
  },
  backward(emit, { label, inputs, outputs, attributes: { offset, padding } }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const [S, T, D] = dy.shape;
    for (const [entry, input] of [['positions', inputs.position], ['segments', inputs.segment]] as const) {
      const target = gradients.into(input);
      if (!target) continue;
      const count = elements(target.tensor.shape);
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} d${entry}`, shader: positionShader, entry, grid,
        constants: { ACCUMULATE: target.accumulate, ...(entry === 'positions' && { COUNTED: Number(inputs.places !== undefined) }) },
        params: { elements: count, width: D, tokens: T, samples: S, offset, row_stride, padding, places: placeCount(inputs.places) },
        bindings: { dy, d_table: target.tensor, ...(entry === 'positions' && placesOf(inputs.places)) },
      });
    }
    gradients.pass(inputs.x, dy);
  },
};

const placesOf = (places?: Tensor): Record<string, Tensor> => (places ? { places } : {});
const placeCount = (places?: Tensor) => (places ? elements(places.shape) : 0);

/**
 * @param counted `places` (B,T) u32: the place of each token among those that are not padding, NO_PLACE for padding, which takes row `padding`
 * @throws when the rows of x need more positions than the table has
 */
export function recordPosition(
  tape: Tape, label: string, x: Tensor, tables: { position: Tensor; segment?: Tensor }, offset: number, counted?: { places: Tensor; padding: number },
): Tensor {
  const [tokens, positions] = [x.shape[1], tables.position.shape[0]];
  if (offset + tokens > positions) {
    throw new Error(`${label}: rows of ${tokens} tokens from position ${offset} on, virtual ones included, need more positions than the model has (${positions}); shorten the texts to ${Math.max(0, positions - offset)} or take fewer virtual tokens`);
  }
  return tape.record(position, label, { x, ...tables, places: counted?.places }, { y: x.shape }, { offset, padding: counted?.padding ?? NO_PLACE }).y;
}
