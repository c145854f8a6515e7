/** What gelu, tanh and their like share: y = f(x) element by element, dx = dy·f′, from x or from y, whichever is simpler. */
import { shader } from '../gpu/shader';
import { blockGrid } from '../graph/compile';
import { elements, type Op, type Tensor } from '../graph/tape';

/**
 * @param saves what the backward pass reads: the input x, or the output y (bound as `saved`)
 */
export function elementwise(name: string, code: string, saves: 'x' | 'y'): Op<null> {
  const compiled = shader(name, code);
  return {
    name,
    forward(emit, { label, inputs, outputs }) {
      const count = elements(outputs.y.shape);
      const { grid, row_stride } = blockGrid(count);
      emit.dispatch({ label, shader: compiled, entry: 'forward', grid, params: { elements: count, row_stride }, bindings: { x: inputs.x!, y: outputs.y } });
    },
    backward(emit, { label, inputs, outputs }, gradients) {
      const dy = gradients.of(outputs.y);
      const dx = dy && gradients.into(inputs.x);
      if (!dx) return;
      const count = elements(dy.shape);
      const { grid, row_stride } = blockGrid(count);
      const saved: Record<string, Tensor> = saves === 'x' ? { x: inputs.x! } : { saved: outputs.y };
      emit.dispatch({
        label: `${label} dx`, shader: compiled, entry: 'backward', grid,
        overrides: { ACCUMULATE: dx.accumulate }, params: { elements: count, row_stride }, bindings: { ...saved, dy, dx: dx.tensor },
      });
    },
  };
}
