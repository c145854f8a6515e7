import { describe, expect, it } from 'vitest';
import { bindingsOf, packParams, paramsBytes, shader } from './shader';

const LIB = `
struct Step { seed: u32 }
@group(0) @binding(1) var<uniform> step: Step;
fn draw(index: u32) -> u32 {
  return step.seed + index;
}`;
const CODE = `// a comment may name saved and reduce_sum( without using them
// set by the host
const LANES: u32 = 1;  // a remark; another
const HALF: f32 = 0.5;
const LEAVE: bool = false;

const OWN: u32 = 3;
struct Params {
  rows: u32, columns: u32,  // extents: a colon in a comment: f32
  epsilon: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage,read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read> saved: array<f32>;

fn value(at: u32) -> f32 {
  // saved is not read here
  return x[at] + f32(draw(at));
}

@compute @workgroup_size(64)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.rows) {
    y[id.x] = value(id.x);
  }
}

@compute @workgroup_size(64)
fn backward(@builtin(global_invocation_id) id: vec3<u32>) {
  y[id.x] = saved[id.x];
}
`;
const example = shader('example', CODE, [LIB]);

describe('what the host reads from WGSL', () => {
  it('bindings with their kinds, of libraries too', () => {
    expect([...example.bindings.values()]).toEqual([
      { name: 'step', binding: 1, type: 'uniform' }, { name: 'params', binding: 0, type: 'uniform' }, { name: 'x', binding: 2, type: 'read-only-storage' },
      { name: 'y', binding: 3, type: 'storage' }, { name: 'saved', binding: 5, type: 'read-only-storage' },
    ]);
  });

  it('the constants that the host sets, and no others', () => {
    expect(example.constants).toEqual([{ name: 'LANES', type: 'u32', value: 1 }, { name: 'HALF', type: 'f32', value: 0.5 }, { name: 'LEAVE', type: 'bool', value: 0 }]);
  });

  it('the fields of Params in their order, comments aside', () => {
    expect(example.params).toEqual([{ name: 'rows', type: 'u32' }, { name: 'columns', type: 'u32' }, { name: 'epsilon', type: 'f32' }]);
    expect(paramsBytes(example)).toBe(16);
    expect(paramsBytes(shader('none', 'fn forward() {\n}'))).toBe(0);
  });

  it('the bindings of an entry point, through the functions it calls', () => {
    expect(bindingsOf(example, 'forward').map(({ name }) => name)).toEqual(['step', 'params', 'x', 'y']);
    expect(bindingsOf(example, 'backward').map(({ name }) => name)).toEqual(['y', 'saved']);
    expect(() => bindingsOf(example, 'middle')).toThrow('example: no entry point middle; it has draw, value, forward, backward');
  });

  it('whether it reduces over rows', () => {
    expect(shader('sum', 'fn forward() {\n  let s = reduce_sum(1.0, 0u, 0u);\n}').reduces).toBe(true);
    expect(shader('copy', 'fn forward() {\n}').reduces).toBe(false);
  });
});

describe('packing Params', () => {
  it('writes u32 and f32 in the order of the struct, wherever it is told', () => {
    const view = new DataView(new ArrayBuffer(48));
    packParams(example, { epsilon: 0.5, columns: 0xffffffff, rows: 7 }, view, 16);
    expect([view.getUint32(16, true), view.getUint32(20, true), view.getFloat32(24, true)]).toEqual([7, 0xffffffff, 0.5]);
    expect([view.getUint32(0, true), view.getUint32(28, true)]).toEqual([0, 0]);
  });

  it('refuses a field that is missing, unknown or not a number', () => {
    const pack = (values: Record<string, number>) => packParams(example, values, new DataView(new ArrayBuffer(16)), 0);
    expect(() => pack({ rows: 1, columns: 2 })).toThrow('example: Params needs epsilon (undefined); pass it with the dispatch');
    expect(() => pack({ rows: 1, columns: NaN, epsilon: 1 })).toThrow('example: Params needs columns (NaN)');
    expect(() => pack({ rows: 1, columns: 2, epsilon: 1, scale: 1 })).toThrow('example: Params has no field scale; it has rows, columns, epsilon');
  });
});
