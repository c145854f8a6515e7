/** y = max(x, 0). dx = dy where x > 0, else 0. */
import code from '../../shaders/relu.wgsl?raw';
import type { Tape, Tensor } from '../graph/tape';
import { elementwise } from './elementwise';

export const relu = elementwise('relu', code, 'y');

export function recordRelu(tape: Tape, label: string, x: Tensor): Tensor {
  return tape.record(relu, label, { x }, { y: x.shape }, null).y;
}
