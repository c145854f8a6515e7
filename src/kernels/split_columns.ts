/** Cuts a tensor into column parts of equal width: GPT-2's fused q, k, v, and the layers of a prefix. */
import code from '../../shaders/split_columns.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor, width } from '../graph/tensor';

const splitShader = shader('split_columns', code);

/** y_i = columns i·c … (i+1)·c − 1 of x. dx is assembled from the parts; a part that nobody uses gets no gradient, so all must be used. */
export const splitColumns: Op<null> = {
  name: 'split_columns',
  forward(emit, { label, inputs, outputs }) {
    Object.values(outputs).forEach((y, index) => {
      const count = elements(y.shape);
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} ${index}`, shader: splitShader, entry: 'forward', grid, bindings: { x: inputs.x!, y },
        params: { elements: count, width: width(inputs.x!), part: width(y), first: index * width(y), row_stride },
      });
    });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const parts = Object.values(outputs).map((y) => gradients.of(y));
    if (parts.every((dy) => !dy)) return;
    const dx = gradients.into(inputs.x);
    if (!dx) return;
    parts.forEach((dy, index) => {
      if (!dy) throw new Error(`split_columns: part ${index} of ${label} has no gradient although others have; use every part`);
      const count = elements(dy.shape);
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} dx ${index}`, shader: splitShader, entry: 'backward', grid, bindings: { dy, dx: dx.tensor }, constants: { ACCUMULATE: dx.accumulate },
        params: { elements: count, width: width(inputs.x!), part: width(dy), first: index * width(dy), row_stride },
      });
    });
  },
};

/** @returns `parts` tensors, each with 1/parts of the columns of x */
export function recordSplitColumns(tape: Tape, label: string, x: Tensor, parts: number): Tensor[] {
  const part = width(x) / parts;
  if (!Number.isInteger(part)) throw new Error(`split_columns: ${label} has ${width(x)} columns, which ${parts} parts cannot share`);
  const shape = [...x.shape.slice(0, -1), part];
  return Object.values(tape.record(splitColumns, label, { x }, Object.fromEntries(Array.from({ length: parts }, (_, index) => [`y${index}`, shape])), null));
}
