/** y = tanh(x). dx = dy·(1 − tanh²x). */
import code from '../../shaders/tanh.wgsl?raw';
import type { Tape, Tensor } from '../graph/tape';
import { elementwise } from './elementwise';

export const tanh = elementwise('tanh', code, 'x');

export function recordTanh(tape: Tape, label: string, x: Tensor): Tensor {
  return tape.record(tanh, label, { x }, { y: x.shape }, null).y;
}
