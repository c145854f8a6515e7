/** Column sums: the gradient of a bias. */
import code from '../../shaders/column_sum.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import type { GradientTarget } from '../graph/gradients';
import { rows, type Tensor, width } from '../graph/tensor';

const columnSum = shader('column_sum', code);

/** Emits target (C) (+)= Σ over rows of x (R,C). */
export function emitColumnSum(emit: Emitter, label: string, x: Tensor, target: GradientTarget): void {
  const { constants, grid } = emit.reduction(width(x), rows(x));
  emit.dispatch({
    label, shader: columnSum, entry: 'forward', grid,
    constants: { ...constants, ACCUMULATE: target.accumulate },
    params: { rows: rows(x), columns: width(x) },
    bindings: { x, y: target.tensor },
  });
}
