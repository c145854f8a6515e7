/** Global gradient norm and clip factor. */
import code from '../../shaders/gradient_norm.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import { elements, type Tensor } from '../graph/tensor';

const gradientNormShader = shader('gradient_norm', code, [stepUniform]);

/** Emits partial sums of the squares of the whole arena. */
export function emitSquares(emit: Emitter, gradients: Tensor): Tensor {
  const count = elements(gradients.shape);
  const partials = Math.min(1024, Math.max(64, Math.ceil(count / 256)));
  const sums = emit.scratch('gradient norm partials', [partials]);
  emit.dispatch({ label: 'gradient norm partials', shader: gradientNormShader, entry: 'partial', grid: [Math.ceil(partials / 64), 1, 1], params: { elements: count, partials }, bindings: { gradients, partials: sums } });
  return sums;
}

/** Emits norm (2) = the L2 norm of the whole arena before clipping, and the factor that clipping multiplies gradients by. */
export function emitGradientNorm(emit: Emitter, gradients: Tensor, norm: Tensor): void {
  const sums = emitSquares(emit, gradients);
  emit.dispatch({ label: 'gradient norm', shader: gradientNormShader, entry: 'finish', grid: [1, 1, 1], params: { elements: elements(gradients.shape), partials: elements(sums.shape) }, bindings: { sums, norm } });
}
