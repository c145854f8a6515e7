/** An L1 penalty on the front of the arena, as a gradient. */
import code from '../../shaders/l1_penalty.wgsl?raw';
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import { shader } from '../gpu/shader';
import { type Emitter, linearGrid } from '../graph/emitter';
import type { Arena } from './adamw';

const l1PenaltyShader = shader('l1_penalty', code, [stepUniform]);

/** Emits gradient += λ·sign(value) for the first `count` elements of the arena. */
export function emitL1Penalty(emit: Emitter, { values, gradients }: Pick<Arena, 'values' | 'gradients'>, count: number): void {
  const { grid, row_stride } = linearGrid(count);
  emit.dispatch({ label: 'L1 penalty', shader: l1PenaltyShader, entry: 'forward', grid, params: { elements: count, row_stride }, bindings: { values, gradients } });
}
