/** y = x·Φ(x). dx = dy·(Φ(x) + x·φ(x)). */
import code from '../../shaders/gelu.wgsl?raw';
import type { Tape, Tensor } from '../graph/tape';
import { elementwise } from './elementwise';

export const gelu = elementwise('gelu', code, 'x');

export function recordGelu(tape: Tape, label: string, x: Tensor): Tensor {
  return tape.record(gelu, label, { x }, { y: x.shape }, null).y;
}
