/** y = ½x(1 + tanh(√(2/π)(x + 0.044715x³))), which transformers calls gelu_new. */
import code from '../../shaders/gelu_tanh.wgsl?raw';
import type { Tape, Tensor } from '../graph/tape';
import { elementwise } from './elementwise';

export const geluTanh = elementwise('gelu_tanh', code, 'x');

export function recordGeluTanh(tape: Tape, label: string, x: Tensor): Tensor {
  return tape.record(geluTanh, label, { x }, { y: x.shape }, null).y;
}
