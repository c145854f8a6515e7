import { describe, expect, it } from 'vitest';
import { moduleText } from './moduleText';
import { shader } from './shader';

const CODE = `// set by the host
const LANES: u32 = 1;
const ROWS: u32 = 64;   // a row each; of columns
const SHARE: f32 = 0.5;
const SHIFT: i32 = 0;
const LEAVE: bool = false;

const LINE = ROWS * 2u + 1u;
const OWN: u32 = 3;
var<workgroup> lines: array<vec4f, LANES * LINE>;
var<private> own: array<f32, OWN>;

@compute @workgroup_size(LANES * ROWS)
fn forward(@builtin(local_invocation_index) invocation: u32) {
}

@compute @workgroup_size(LANES, 2)
fn backward(@builtin(local_invocation_index) invocation: u32) {
}
`;
const plain = shader('plain', CODE);
const reducing = shader('reducing', `${CODE}\nfn sum(value: f32) -> f32 { return reduce_sum(value, 0u, 0u); }\n`);

describe('the text of a module', () => {
  it('has the given values in the place of those in the file, and keeps the others', () => {
    const text = moduleText(plain, { LANES: 4, SHARE: 2, SHIFT: -3, LEAVE: 1 }, 0);
    for (const line of ['const LANES: u32 = 4u;', 'const ROWS: u32 = 64u;   // a row each; of columns', 'const SHARE: f32 = 2f;', 'const SHIFT: i32 = -3i;', 'const LEAVE: bool = true;', 'const OWN: u32 = 3;']) expect(text.split('\n')).toContain(line);
    expect(moduleText(plain, {}, 0)).toContain('const LANES: u32 = 1u;');
  });

  it('has numbers for the sizes of arrays and workgroups, through constants of constants', () => {
    const text = moduleText(plain, { LANES: 4, ROWS: 8 }, 0);
    for (const piece of ['array<vec4f, 68>', 'array<f32, 3>', '@workgroup_size(32)', '@workgroup_size(4, 2)']) expect(text).toContain(piece);
    expect(() => moduleText(shader('unknown', 'var<private> x: array<f32, SIZE>;'), {}, 0)).toThrow('size SIZE: SIZE is neither a number nor a constant of the text');
  });

  it('reduces in the form that the lanes and the device ask for', () => {
    const form = (constants: Record<string, number>, subgroupSize: number) => /^\/\/ reduce \((\w+) form\)/m.exec(moduleText(reducing, constants, subgroupSize))?.[1];
    expect([form({}, 32), form({ LANES: 1 }, 32), form({ LANES: 32 }, 32), form({ LANES: 32 }, 16), form({ LANES: 2 }, 0)]).toEqual(['serial', 'serial', 'subgroup', 'tree', 'tree']);
    expect(moduleText(reducing, { LANES: 8 }, 8)).toMatch(/^enable subgroups;/);
    expect(moduleText(plain, { LANES: 8 }, 8)).not.toMatch(/subgroup|reduce_/);
  });

  it('refuses a constant that the host does not set, and a value of another type', () => {
    expect(() => moduleText(plain, { OWN: 4 }, 0)).toThrow('plain: no constant OWN is set by the host; it has LANES, ROWS, SHARE, SHIFT, LEAVE');
    expect(() => moduleText(shader('none', 'fn forward() {\n}'), { A: 4 }, 0)).toThrow('none: no constant A is set by the host; it has none');
    for (const [name, value] of [['LANES', -1], ['LANES', 1.5], ['LANES', 2 ** 32], ['LEAVE', 2], ['SHARE', NaN], ['SHARE', 1e39], ['SHIFT', 0.5]] as const) expect(() => moduleText(plain, { [name]: value }, 0)).toThrow(`plain: ${value} is no value for the`);
  });
});
