/** AdamW over one flat arena. */
import code from '../../shaders/adamw.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import { type Emitter, linearGrid } from '../graph/emitter';
import { elements, type Tensor } from '../graph/tensor';

const adamwShader = shader('adamw', code, [stepUniform]);

export interface Arena {
  values: Tensor;
  gradients: Tensor;
  first: Tensor;
  second: Tensor;
  /** Rate multiplier of each element, negative where weight decay does not apply. */
  groups: Tensor;
}

/** Emits one update of every trained element; `norm` (2) holds the clip factor, or gets it, and the norm, from the partial `sums` of squares where these are given. */
export function emitAdamw(emit: Emitter, arena: Arena, norm: Tensor, sums?: Tensor): void {
  const count = elements(arena.values.shape);
  const { grid, row_stride } = linearGrid(count);
  const bindings: Record<string, Tensor> = sums ? { ...arena, sums, found: norm } : { ...arena, norm };
  emit.dispatch({ label: 'adamw', shader: adamwShader, entry: sums ? 'clipped' : 'forward', grid, params: { elements: count, row_stride, partials: sums ? elements(sums.shape) : 0 }, bindings });
}
