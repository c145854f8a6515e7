/** The scalars of a step, into the ring. */
import stepUniform from '../../shaders/lib/step.wgsl?raw';
import code from '../../shaders/step_metrics.wgsl?raw';
import { shader } from '../gpu/shader';
import type { Emitter } from '../graph/emitter';
import { elements, type Tensor } from '../graph/tensor';

const stepMetricsShader = shader('step_metrics', code, [stepUniform]);

/** Steps that the ring holds before it is written over. */
export const RING_SLOTS = 256;
/** f32 values of a slot: cross-entropy, consistency, gradient norm, unused. */
export const RING_WIDTH = 4;

/** Emits ring[slot] = (weight·Σ losses / rows, Σ values / rows, norm, 0). `lossRows` limits the sum to the rows that carry a cross-entropy. */
export function emitStepMetrics(emit: Emitter, parts: { losses: Tensor; secondLosses?: Tensor; lossRows: number; lossWeight: number; values?: Tensor; norm: Tensor; ring: Tensor }): void {
  const bindings: Record<string, Tensor> = { losses: parts.losses, norm: parts.norm, ring: parts.ring };
  if (parts.values) bindings.values = parts.values;
  if (parts.secondLosses) bindings.second_losses = parts.secondLosses;
  const { LANES } = emit.reduction(1, parts.lossRows).constants;
  emit.dispatch({
    label: 'step metrics', shader: stepMetricsShader, entry: 'forward', grid: [1, 1, 1], bindings,
    constants: { LANES, ROWS: 1, CONSISTENCY: Number(parts.values !== undefined), SECOND: Number(parts.secondLosses !== undefined) },
    params: { losses: parts.lossRows, values: parts.values ? elements(parts.values.shape) : 0, loss_weight: parts.lossWeight },
  });
}
