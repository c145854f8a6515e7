/** Rotary positions. */
import code from '../../shaders/rotary.wgsl?raw';
import { shader } from '../gpu/shader';
import { type Emitter, linearGrid } from '../graph/emitter';
import type { Op, Tape } from '../graph/tape';
import { elements, type Tensor, width } from '../graph/tensor';

const rotaryShader = shader('rotary', code);

interface RotaryAttributes { headSize: number }

function emitRotary(emit: Emitter, label: string, x: Tensor, angles: Tensor, y: Tensor, headSize: number, constants: Record<string, number>): void {
  const pairs = elements(x.shape) / 2;
  const { grid, row_stride } = linearGrid(pairs);
  emit.dispatch({
    label, shader: rotaryShader, entry: 'forward', grid, constants,
    params: { pairs, tokens: angles.shape[0], width: width(x), half_head: headSize / 2, row_stride }, bindings: { x, angles, y },
  });
}

/** y = x rotated by its positions. dx = dy rotated back. */
export const rotary: Op<RotaryAttributes> = {
  name: 'rotary',
  forward(emit, { label, inputs, outputs, attributes: { headSize } }) {
    emitRotary(emit, label, inputs.x!, inputs.angles!, outputs.y, headSize, { INVERSE: 0, ACCUMULATE: 0 });
  },
  backward(emit, { label, inputs, outputs, attributes: { headSize } }, gradients) {
    const dy = gradients.of(outputs.y);
    const dx = dy && gradients.into(inputs.x);
    if (dx) emitRotary(emit, `${label} dx`, dy, inputs.angles!, dx.tensor, headSize, { INVERSE: 1, ACCUMULATE: dx.accumulate });
  },
};

/**
 * Cosines and sines (T, d/2, 2) of positions `first` … `first + T − 1`: angle = position·θ^(−2i/d), in float32 as transformers computes them.
 */
export function rotaryTable(tokens: number, headSize: number, theta: number, first: number): Float32Array {
  const half = headSize / 2;
  const table = new Float32Array(tokens * half * 2);
  for (let i = 0; i < half; i++) {
    const frequency = Math.fround(1 / Math.fround(theta ** (Math.fround(2 * i) / headSize)));
    for (let token = 0; token < tokens; token++) {
      const angle = Math.fround(Math.fround(first + token) * frequency);
      table[(token * half + i) * 2] = Math.cos(angle);
      table[(token * half + i) * 2 + 1] = Math.sin(angle);
    }
  }
  return table;
}

/** @param x (S,T,H·d) @param angles (T, d/2, 2), see `rotaryTable`; where T is 1 also (S, d/2, 2), one position a sample */
export function recordRotary(tape: Tape, label: string, x: Tensor, angles: Tensor, headSize: number): Tensor {
  return tape.record(rotary, label, { x, angles }, { y: x.shape }, { headSize }).y;
}
