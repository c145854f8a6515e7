import { describe, expect, it } from 'vitest';
import { shader } from '../gpu/shader';
import { word } from '../random/words';
import type { Dispatch } from './emitter';
import { liveBytes, place } from './place';
import { Tape } from './tape';
import { elements, type Role, type Tensor } from './tensor';

const nothing = shader('nothing', '');
const dispatch = (...tensors: Tensor[]): Dispatch =>
  ({ label: '', shader: nothing, entry: '', constants: {}, params: {}, bindings: Object.fromEntries(tensors.map((tensor, i) => [`t${i}`, tensor])), grid: [1, 1, 1] });

/** A random list: tensors of random sizes and roles, each dispatch using a few that were used lately. */
function randomDispatches(seed: number): { dispatches: Dispatch[]; kept: Set<Tensor> } {
  let at = 0;
  const below = (limit: number) => word(seed, 0, 0, at++) % limit;
  const tape = new Tape();
  const roles: Role[] = ['activation', 'activation', 'activation', 'weight', 'input'];
  const tensors = Array.from({ length: 5 + below(40) }, (_, i) => tape.tensor(`t${i}`, [1 + below(7), 1 + below(200)], roles[below(roles.length)]));
  const dispatches = Array.from({ length: 1 + below(60) }, (_, step) => {
    const recent = Math.floor((step / 60) * tensors.length);
    return dispatch(...Array.from({ length: 1 + below(4) }, () => tensors[Math.min(tensors.length - 1, recent + below(8))]));
  });
  return { dispatches, kept: new Set(tensors.filter((tensor) => tensor.role === 'activation' && below(6) === 0)) };
}

/** First and last dispatch of every activation that is used; kept ones live to the end. */
function lifetimes(dispatches: Dispatch[], kept: Set<Tensor>): Map<Tensor, [number, number]> {
  const lives = new Map<Tensor, [number, number]>();
  dispatches.forEach(({ bindings }, index) => {
    for (const tensor of Object.values(bindings)) {
      if (tensor.role === 'activation') lives.set(tensor, [lives.get(tensor)?.[0] ?? index, kept.has(tensor) ? Infinity : index]);
    }
  });
  return lives;
}

describe('random plans', () => {
  it('share a buffer only between tensors whose lives do not touch, and every tensor fits', () => {
    let shared = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { dispatches, kept } = randomDispatches(seed);
      const { bufferOf, buffers, bytes } = place(dispatches, kept);
      const lives = [...lifetimes(dispatches, kept)];
      expect([...bufferOf.keys()].sort((a, b) => a.id - b.id)).toEqual(lives.map(([tensor]) => tensor).sort((a, b) => a.id - b.id));
      for (const [one, [start, end]] of lives) {
        expect(buffers[bufferOf.get(one)!].bytes).toBeGreaterThanOrEqual(elements(one.shape) * 4);
        for (const [other, [otherStart, otherEnd]] of lives) {
          if (one.id >= other.id || bufferOf.get(one) !== bufferOf.get(other)) continue;
          shared++;
          expect(end < otherStart || otherEnd < start, `seed ${seed}: ${one.label} and ${other.label}`).toBe(true);
        }
      }
      expect(bytes).toBeGreaterThanOrEqual(liveBytes(dispatches, kept));
      expect(place(dispatches, kept).bufferOf).toEqual(bufferOf);
      expect(bytes).toBe(buffers.reduce((sum, buffer) => sum + buffer.bytes, 0));
      for (const buffer of buffers) expect(buffer.bytes % 256).toBe(0);
    }
    expect(shared).toBeGreaterThan(300);
  });
});

it('puts small tensors into what large ones leave, where the order of use would grow a small buffer', () => {
  const tape = new Tape();
  const [small, large, middle] = [64, 256, 128].map((count, index) => tape.tensor(`t${index}`, [count], 'activation'));
  const dispatches = [dispatch(small), dispatch(large), dispatch(large, middle)];
  expect(liveBytes(dispatches, new Set())).toBe(1024 + 512);
  expect(place(dispatches, new Set()).bytes).toBe(1024 + 512);
});

describe('a chain of equal layers', () => {
  const tape = new Tape();
  const chain = Array.from({ length: 20 }, (_, i) => tape.tensor(`x${i}`, [64], 'activation'));
  const dispatches = chain.slice(1).map((tensor, i) => dispatch(chain[i], tensor));

  it('takes two buffers that swap', () => {
    expect(place(dispatches, new Set()).bytes).toBe(2 * 256);
  });

  it('takes one more for each tensor that is kept', () => {
    const { bufferOf, bytes } = place(dispatches, new Set([chain[3], chain[9]]));
    expect(bytes).toBe(4 * 256);
    for (const kept of [chain[3], chain[9]]) for (const other of chain) if (other !== kept && chain.indexOf(other) > chain.indexOf(kept)) expect(bufferOf.get(other)).not.toBe(bufferOf.get(kept));
  });
});

it('gives weights, inputs and gradients no buffer of the plan', () => {
  const tape = new Tape();
  const { bufferOf, bytes } = place([dispatch(tape.weight('w', [4]), tape.input('x', [4], 'f32'), tape.tensor('g', [4], 'gradient'))], new Set());
  expect([bufferOf.size, bytes]).toEqual([0, 0]);
});
