/** Virtual rows in front of every sample: prompt vectors before the embeddings, prefix keys and values before a layer's own. */
import code from '../../shaders/prepend.wgsl?raw';
import { shader } from '../gpu/shader';
import { linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor, width } from '../graph/tensor';

const prependShader = shader('prepend', code);

/** y (S,V+T,D) = v (V,D) before x (S,T,D). dx = the rows behind; dv = the rows in front, summed over the samples. */
export const prepend: Op<null> = {
  name: 'prepend',
  forward(emit, { label, inputs, outputs }) {
    const [S, T, D] = inputs.x!.shape;
    const count = elements(outputs.y.shape);
    const { grid, row_stride } = linearGrid(count);
    emit.dispatch({
      label, shader: prependShader, entry: 'forward', grid, bindings: { v: inputs.v!, x: inputs.x!, y: outputs.y },
      params: { elements: count, width: D, tokens: T, virtual_tokens: inputs.v!.shape[0], samples: S, row_stride },
    });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    const [V] = inputs.v!.shape;
    const [S, rows, D] = dy.shape;
    for (const [entry, input] of [['tokens', inputs.x], ['rows', inputs.v]] as const) {
      const target = gradients.into(input);
      if (!target) continue;
      const count = elements(target.tensor.shape);
      const { grid, row_stride } = linearGrid(count);
      emit.dispatch({
        label: `${label} d${entry}`, shader: prependShader, entry, grid, constants: { ACCUMULATE: target.accumulate },
        params: { elements: count, width: D, tokens: rows - V, virtual_tokens: V, samples: S, row_stride }, bindings: { dy, target_gradient: target.tensor },
      });
    }
  },
};

export function recordPrepend(tape: Tape, label: string, v: Tensor, x: Tensor): Tensor {
  const [S, T, D] = x.shape;
  if (width(v) !== D) throw new Error(`prepend: ${label} puts rows of ${width(v)} channels before rows of ${D}`);
  return tape.record(prepend, label, { v, x }, { y: [S, v.shape[0] + T, D] }, null).y;
}
