import { describe, expect, it } from 'vitest';
import { shader } from '../gpu/shader';
import { compile } from './compile';
import { blockGrid, type CompileOptions, Emitter, linearGrid } from './emitter';
import { type Op, Tape } from './tape';
import type { Tensor } from './tensor';

const nothing = shader('nothing', '');
const OPTIONS: CompileOptions = { profile: 'software', subgroupSize: 0, samples: 2, gradientSamples: 2 };

/** y = f(x, w), with a backward pass that says what it writes. */
const operation: Op<null> = {
  name: 'operation',
  forward(emit, { label, inputs, outputs }) {
    emit.dispatch({ label, shader: nothing, entry: 'forward', grid: [1, 1, 1], bindings: { x: inputs.x!, y: outputs.y, ...(inputs.w && { w: inputs.w }) } });
  },
  backward(emit, { label, inputs, outputs }, gradients) {
    const dy = gradients.of(outputs.y);
    if (!dy) return;
    for (const name of ['x', 'w']) {
      const target = gradients.into(inputs[name]);
      if (target) emit.dispatch({ label: `${label} d${name}`, shader: nothing, entry: 'backward', grid: [1, 1, 1], constants: { ACCUMULATE: target.accumulate }, bindings: { dy, out: target.tensor } });
    }
  },
};
/** A loss: its backward pass needs nothing from above. */
const loss: Op<null> = {
  name: 'loss',
  forward(emit, { label, inputs, outputs }) { emit.dispatch({ label, shader: nothing, entry: 'forward', grid: [1, 1, 1], bindings: { x: inputs.x!, y: outputs.y } }); },
  backward(emit, { label, inputs }, gradients) {
    const target = gradients.into(inputs.x);
    if (target) emit.dispatch({ label: `${label} dx`, shader: nothing, entry: 'backward', grid: [1, 1, 1], constants: { ACCUMULATE: target.accumulate }, bindings: { out: target.tensor } });
  },
};
/** y = x: hands its gradient on. */
const through: Op<null> = {
  name: 'through',
  forward(emit, { label, inputs, outputs }) { emit.dispatch({ label, shader: nothing, entry: 'forward', grid: [1, 1, 1], bindings: { x: inputs.x!, y: outputs.y } }); },
  backward(_, { inputs, outputs }, gradients) { gradients.pass(inputs.x, gradients.of(outputs.y)!); },
};
const frozen: Op<null> = { name: 'frozen', forward() {} };

const apply = (tape: Tape, label: string, x: Tensor, w?: Tensor) => tape.record(operation, label, { x, w }, { y: [2, 3] }, null).y;
const lose = (tape: Tape, x: Tensor, label = 'loss') => tape.record(loss, label, { x }, { y: [2] }, null).y;

function plan(tape: Tape, options: Partial<CompileOptions> = {}, parts: Partial<Parameters<typeof compile>[2]> = {}) {
  const added: string[] = [];
  const compiled = compile(tape, { ...OPTIONS, ...options }, {
    backward: true,
    add: (emit, from, to, accumulate) => {
      added.push(`${to.label} ${accumulate ? '+=' : '='} ${from.label}`);
      emit.dispatch({ label: 'add', shader: nothing, entry: accumulate ? 'accumulate' : 'assign', grid: [1, 1, 1], bindings: { from, to } });
    },
    ...parts,
  });
  return { ...compiled, added, labels: compiled.dispatches.map(({ label, constants }) => (constants.ACCUMULATE ? `${label} +` : label)) };
}

describe('the backward walk', () => {
  it('assigns the first gradient of a tensor and adds every later one', () => {
    const tape = new Tape();
    const [x, w] = [tape.parameter('x', [2, 3]), tape.parameter('w', [3])];
    const a = apply(tape, 'a', x, w);
    const [b, c] = [apply(tape, 'b', a, w), apply(tape, 'c', a)];
    lose(tape, b, 'loss b');
    lose(tape, c, 'loss c');
    expect(plan(tape).labels).toEqual(['a', 'b', 'c', 'loss b', 'loss c', 'loss c dx', 'loss b dx', 'c dx', 'b dx +', 'b dw', 'a dx', 'a dw +']);
  });

  it('adds every gradient of a parameter where the plan runs several times a step, and assigns those of activations', () => {
    const tape = new Tape();
    const [x, w] = [tape.parameter('x', [2, 3]), tape.parameter('w', [3])];
    const a = apply(tape, 'a', x, w);
    lose(tape, apply(tape, 'b', a, w));
    lose(tape, tape.record(through, 'through', { x: tape.parameter('p', [2, 3]) }, { y: [2, 3] }, null).y, 'loss p');
    const { labels, added, accumulating } = plan(tape, { accumulating: true });
    expect(labels.slice(5)).toEqual(['loss p dx', 'add', 'loss dx', 'b dx', 'b dw +', 'a dx +', 'a dw +']);
    expect(added).toEqual(['p += d(through.y)']);
    expect(accumulating).toBe(true);
    expect(plan(new Tape()).accumulating).toBe(false);
  });

  it('skips what leads to no trained tensor, and what no gradient reaches', () => {
    const tape = new Tape();
    const [input, w] = [tape.input('ids', [2, 3], 'f32'), tape.parameter('w', [3])];
    const below = apply(tape, 'below', input, tape.weight('frozen', [3]));
    const trained = apply(tape, 'trained', below, w);
    apply(tape, 'aside', trained, tape.parameter('aside w', [3]));
    lose(tape, trained);
    const { labels, parameterGradients } = plan(tape);
    expect(labels.slice(4)).toEqual(['loss dx', 'trained dw']);
    expect([...parameterGradients.keys()]).toEqual([w]);
  });

  it('does not walk at all in an evaluate plan', () => {
    const tape = new Tape();
    lose(tape, apply(tape, 'a', tape.parameter('x', [2, 3])));
    expect(plan(tape, {}, { backward: false }).labels).toEqual(['a', 'loss']);
  });

  it('names an operation that would need a backward pass and has none', () => {
    const tape = new Tape();
    tape.record(frozen, 'table', { x: tape.parameter('x', [2, 3]) }, { y: [2, 3] }, null);
    expect(() => plan(tape)).toThrow('plan: table (frozen) lies above a trained tensor, but frozen has no backward pass');
  });

  it('runs nothing of a teacher backwards', () => {
    const tape = new Tape();
    const x = tape.parameter('x', [2, 3]);
    tape.withoutGradients(() => lose(tape, apply(tape, 'teacher', x), 'teacher loss'));
    lose(tape, apply(tape, 'student', x));
    expect(plan(tape).labels.slice(4)).toEqual(['loss dx', 'student dx']);
  });

  it('starts at seeds where there is no loss', () => {
    const tape = new Tape();
    const y = apply(tape, 'a', tape.parameter('x', [2, 3]));
    expect(plan(tape).labels).toEqual(['a']);
    expect(plan(tape, {}, { seeds: new Map([[y, tape.input('seed', [2, 3], 'f32')]]) }).labels).toEqual(['a', 'a dx']);
  });

  it('gives the gradients of an activation the differentiated samples only', () => {
    const tape = new Tape();
    const x = apply(tape, 'a', tape.input('ids', [2, 5], 'f32'), tape.parameter('w', [3, 5]));
    lose(tape, apply(tape, 'b', x));
    const written = (label: string) => plan(tape, { samples: 2, gradientSamples: 1 }).dispatches.find((dispatch) => dispatch.label === label)!.bindings.out.shape;
    expect(written('b dx')).toEqual([1, 3]);
    expect(written('a dw')).toEqual([3, 5]);
  });
});

it('gives what is made from parameters alone its whole gradient: it has no samples', () => {
  const tape = new Tape();
  const rows = apply(tape, 'rows', tape.parameter('prefix', [4, 3]), tape.weight('w', [3]));
  lose(tape, apply(tape, 'b', tape.input('ids', [2, 5], 'f32'), rows));
  expect(plan(tape, { samples: 2, gradientSamples: 1 }).dispatches.find(({ label }) => label === 'b dw')!.bindings.out.shape).toEqual([2, 3]);
});

describe('a gradient that is handed on', () => {
  const pass = (tape: Tape, label: string, x: Tensor) => tape.record(through, label, { x }, { y: [2, 3] }, null).y;

  it('shares the buffer, and is added to it when it is not the first', () => {
    const tape = new Tape();
    const a = apply(tape, 'a', tape.parameter('x', [2, 3]));
    lose(tape, pass(tape, 'one', a), 'loss one');
    lose(tape, pass(tape, 'two', a), 'loss two');
    const { added, dispatches } = plan(tape);
    expect(added).toEqual(['d(two.y) += d(one.y)']);
    expect(dispatches.find(({ label }) => label === 'a dx')!.bindings.dy.label).toBe('d(two.y)');
  });

  it('is copied to a parameter, whose gradient has a place of its own', () => {
    const tape = new Tape();
    lose(tape, pass(tape, 'through', tape.parameter('p', [2, 3])));
    expect(plan(tape).added).toEqual(['p = d(through.y)']);
  });

  /** Two tensors that receive one gradient; then something is added to the gradient of the later one, while the other's is still to be read. */
  const both: Op<null> = {
    name: 'both',
    forward() {},
    backward(_, { inputs, outputs }, gradients) {
      gradients.pass(inputs.a, gradients.of(outputs.y)!);
      gradients.pass(inputs.b, gradients.of(outputs.y)!);
    },
  };

  it('is copied before it is added to, while another still reads it', () => {
    const tape = new Tape();
    const a = apply(tape, 'a', tape.parameter('x', [2, 3]));
    const b = apply(tape, 'b', tape.parameter('w', [2, 3]));
    lose(tape, tape.record(both, 'both', { a, b }, { y: [2, 3] }, null).y, 'loss both');
    lose(tape, apply(tape, 'c', b), 'loss c');
    // The walk comes from the end: c is first to write b's gradient, `both` adds to it, and a has the shared one to itself.
    expect(plan(tape).added).toEqual(['d(b.y) += d(both.y)']);
    const other = new Tape();
    const [d, e] = [apply(other, 'd', other.parameter('x', [2, 3])), apply(other, 'e', other.parameter('w', [2, 3]))];
    const f = apply(other, 'f', e);
    lose(other, f, 'loss f');
    lose(other, other.record(both, 'both', { a: d, b: e }, { y: [2, 3] }, null).y, 'loss both');
    // Here f is last: e's gradient is d's buffer, which d still reads.
    const { added, labels, dispatches } = plan(other);
    expect(added).toEqual(['d(e.y) = d(both.y)']);
    expect(labels).toContain('f dx +');
    const target = (label: string, name: string) => dispatches.find((dispatch) => dispatch.label === label)!.bindings[name].label;
    expect(target('f dx', 'out')).toBe('d(e.y)');
    expect(target('e dx', 'dy')).toBe('d(e.y)');
    expect(target('d dx', 'dy')).toBe('d(both.y)');
  });

  /** A residual connection around `depth` operations. */
  const residual = (depth: number) => {
    const tape = new Tape();
    const a = apply(tape, 'a', tape.parameter('x', [2, 3]));
    let branch = a;
    for (let i = 0; i < depth; i++) branch = apply(tape, `branch ${i}`, branch, tape.parameter(`w ${i}`, [3]));
    lose(tape, tape.record(both, 'residual', { a, b: branch }, { y: [2, 3] }, null).y);
    return plan(tape);
  };

  it('is added to in place once the others have been read: a residual connection costs no copy', () => {
    const { added, labels } = residual(2);
    expect(added).toEqual([]);
    expect(labels).toContain('branch 0 dx +');
  });

  it('is copied where one dispatch would read and write it', () => {
    expect(residual(1).added).toEqual(['d(a.y) = d(residual.y)']);
  });

  it('of a seed leaves the seed as it is', () => {
    const tape = new Tape();
    const a = apply(tape, 'a', tape.parameter('x', [2, 3]));
    const seed = tape.input('seed', [2, 3], 'f32');
    const [y, z] = [pass(tape, 'y', a), apply(tape, 'z', a)];
    const { dispatches } = plan(tape, {}, { seeds: new Map([[y, seed], [z, tape.input('other', [2, 3], 'f32')]]) });
    for (const { label, entry, bindings } of dispatches) if (entry !== 'forward' && label !== 'add') expect(bindings.out).not.toBe(seed);
    for (const { bindings } of dispatches) if (bindings.to) expect(bindings.to).not.toBe(seed);
  });
});

it('ends with what finishes the step and with what each micro-batch reports, and keeps what it was told to', () => {
  const tape = new Tape();
  const y = apply(tape, 'a', tape.parameter('x', [2, 3]));
  tape.keep('y', y);
  lose(tape, y);
  const write = (label: string) => (emit: Emitter) => emit.dispatch({ label, shader: nothing, entry: 'forward', grid: [1, 1, 1], bindings: {} });
  const { labels, kept, placement, finish } = plan(tape, {}, { finish: write('update'), report: write('scalars') });
  expect(labels.slice(-2)).toEqual(['update', 'scalars']);
  expect(labels.slice(finish.from, finish.to)).toEqual(['update']);
  expect(kept.get('y')).toBe(y);
  expect(placement.bufferOf.has(y)).toBe(true);
});

describe('grids', () => {
  it('cover every element once, and fold at the limit of an axis', () => {
    for (const count of [1, 64, 65, 2 ** 21, 2 ** 21 + 1, 5_000_000]) {
      const { grid: [x, y, z], row_stride } = linearGrid(count);
      expect(row_stride).toBe(x * 64);
      expect(x * y * z * 64).toBeGreaterThanOrEqual(count);
      expect((x * y - x) * 64).toBeLessThan(count);
      expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
      const block = blockGrid(count);
      expect(block.row_stride).toBe(block.grid[0]);
      expect(block.grid[0] * block.grid[1] * 256).toBeGreaterThanOrEqual(count);
    }
  });

  it('of a reduction fold too, with fewer workgroups to spare than rows of the grid', () => {
    // 65,536 rows of 64 lanes each: what 16 texts of prompt tuning with 64 virtual tokens need on a GPU without subgroups.
    for (const [count, lanes] of [[1, 64], [65_535, 64], [65_536, 64], [131_071, 64], [1_000_003, 64], [5_000_000, 1], [300_000, 16]]) {
      const { constants: { ROWS }, grid: [x, y, z] } = new Emitter(new Tape(), { ...OPTIONS, profile: 'gpu', lanes }).reduction(count, 100);
      expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
      expect(x * y * ROWS).toBeGreaterThanOrEqual(count);
      expect((x * y - y) * ROWS).toBeLessThan(count);
      expect(z).toBe(1);
    }
  });

  it('refuses one that no adapter runs', () => {
    const emit = new Emitter(new Tape(), OPTIONS);
    expect(() => emit.dispatch({ label: 'scores', shader: nothing, entry: 'forward', grid: [1, 1, 70_000], bindings: {} })).toThrow('scores needs a grid of 1×1×70000 workgroups, 65535 is the limit');
  });
});

describe('lanes of a reduction', () => {
  const lanes = (options: Partial<CompileOptions>, count: number, columns: number) => {
    const { constants: { LANES, ROWS }, grid } = new Emitter(new Tape(), { ...OPTIONS, ...options }).reduction(count, columns);
    expect(grid[0] * ROWS).toBeGreaterThanOrEqual(count);
    expect((grid[0] - 1) * ROWS).toBeLessThan(count);
    expect(LANES * ROWS).toBeLessThanOrEqual(256); // WebGPU's default limit
    return LANES;
  };

  it('software: one, as barriers cost more than rows', () => {
    expect(lanes({}, 100, 1000)).toBe(1);
  });

  it('gpu: as many as the row has use for, within a subgroup where there are any', () => {
    expect(lanes({ profile: 'gpu', subgroupSize: 32 }, 100, 1000)).toBe(32);
    expect(lanes({ profile: 'gpu', subgroupSize: 64 }, 100, 1000)).toBe(32);
    expect(lanes({ profile: 'gpu', subgroupSize: 4 }, 100, 1000)).toBe(4);
    expect(lanes({ profile: 'gpu', subgroupSize: 0 }, 100, 1000)).toBe(64);
    expect(lanes({ profile: 'gpu', subgroupSize: 32 }, 100, 5)).toBe(8);
    expect(lanes({ profile: 'gpu', subgroupSize: 32 }, 3, 1)).toBe(1);
  });

  it('as told', () => {
    for (const given of [1, 2, 8, 64]) expect(lanes({ profile: 'gpu', subgroupSize: 32, lanes: given }, 100, 3)).toBe(given);
  });
});
