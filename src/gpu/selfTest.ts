/**
 * Small computations with known results, run before anything else: a driver that gets them wrong must not train. They cover what compilers and
 * drivers stumble over: the reduction and the product that the profile would use.
 */
import columnSumCode from '../../shaders/column_sum.wgsl?raw';
import matmulCode from '../../shaders/matmul.wgsl?raw';
import quadsCode from '../../shaders/matmul_quads.wgsl?raw';
import stored from '../../shaders/lib/stored_f32.wgsl?raw';
import { CompilerRefusal } from './compilerRefusal';
import type { Gpu } from './device';
import type { Pipelines } from './pipelines';
import { readRanges } from './readback';
import { packParams, paramsBytes, type Shader, shader } from './shader';

const columnSum = shader('column_sum', columnSumCode);
const matmul = shader('matmul', matmulCode, [stored]);
const matmulQuads = shader('matmul_quads', quadsCode, [stored]);

/** Small whole numbers, whose sums and products have no rounding. */
const numbers = (count: number, factor: number) => Float32Array.from({ length: count }, (_, index) => ((index * factor) % 11) - 5);

interface Trial {
  shader: Shader;
  entry: string;
  constants: Record<string, number>;
  params: Record<string, number>;
  /** Storage buffers that are read, by their names in the WGSL. */
  inputs: Record<string, Float32Array<ArrayBuffer>>;
  /** The one that is written, and what should stand in it. */
  output: { name: string; expected: Float32Array };
  grid: [number, number];
  /** "the sum of a column with 8 lanes" */
  what: string;
}

/** Runs one dispatch. @returns what is wrong with the result, undefined when it is right; rejects with a `CompilerRefusal` */
async function run({ device }: Gpu, pipelines: Pipelines, trial: Trial): Promise<string | undefined> {
  const { pipeline, layout, bindings } = await pipelines.get(trial);
  const made: GPUBuffer[] = [];
  const buffer = (values: ArrayBuffer, usage: number) => {
    const one = device.createBuffer({ label: 'self-test', size: values.byteLength, usage: usage | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(one, 0, values);
    made.push(one);
    return one;
  };
  const packed = new DataView(new ArrayBuffer(paramsBytes(trial.shader)));
  packParams(trial.shader, trial.params, packed, 0);
  const { name, expected } = trial.output;
  const output = buffer(new Float32Array(expected.length).fill(-1).buffer, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  const unused = buffer(new ArrayBuffer(16), GPUBufferUsage.STORAGE);
  const resources: Record<string, GPUBuffer> = { params: buffer(packed.buffer, GPUBufferUsage.UNIFORM), [name]: output };
  for (const [input, values] of Object.entries(trial.inputs)) resources[input] = buffer(values.buffer, GPUBufferUsage.STORAGE);
  const group = device.createBindGroup({ layout, entries: bindings.map((one) => ({ binding: one.binding, resource: { buffer: resources[one.name] ?? unused } })) });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...trial.grid);
  pass.end();
  device.queue.submit([encoder.finish()]);
  const [result] = await readRanges(device, [{ buffer: output, bytes: expected.byteLength }]);
  for (const one of made) one.destroy();
  const wrong = expected.findIndex((value, index) => result[index] !== value);
  return wrong < 0 ? undefined : `${trial.what} came out as ${result[wrong]} instead of ${expected[wrong]}`;
}

/** Columns of a small matrix, summed with `lanes` lanes each. */
function sumOfColumns(lanes: number): Trial {
  const [rows, columns] = [37, 5];
  const x = numbers(rows * columns, 7);
  const expected = Float32Array.from({ length: columns }, (_, column) => x.reduce((sum, value, index) => (index % columns === column ? sum + value : sum), 0));
  const ROWS = Math.max(1, Math.floor(64 / lanes));
  return {
    shader: columnSum, entry: 'forward', constants: { LANES: lanes, ROWS, ACCUMULATE: 0 }, params: { rows, columns },
    inputs: { x }, output: { name: 'y', expected }, grid: [Math.ceil(columns / ROWS), 1], what: `the sum of a column with ${lanes} lanes`,
  };
}

/** What the kernels of products have in common: sizes and strides of row-major matrices, no batch. */
const strides = (rows: number, columns: number, depth: number) => ({
  rows, columns, depth, inner: 1, a_row: depth, a_depth: 1, a_outer: 0, a_inner: 0, b_depth: columns, b_column: 1, b_outer: 0, b_inner: 0,
  c_row: columns, c_outer: 0, c_inner: 0, scale: 1, a_start: 0, b_start: 0, c_start: 0, bias_start: 0, b_group: 1,
});

/** A product with edges that no tile divides, by one of the kernels that the profiles use, as the smaller layers have it. */
function product(form: 'registers' | 'quads' | 'tiles'): Trial {
  const [rows, columns, depth] = [37, 35, 21];
  const [a, b] = [numbers(rows * depth, 7), numbers(depth * columns, 3)];
  const expected = Float32Array.from({ length: rows * columns }, (_, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += a[row * depth + k] * b[k * columns + column];
    return sum;
  });
  const shared = { inputs: { a, stored: b }, output: { name: 'c', expected }, what: `a product in ${form}` };
  const params = strides(rows, columns, depth);
  // Six tiles of 16×32, two a workgroup.
  if (form === 'quads') return { ...shared, shader: matmulQuads, entry: form, constants: {}, params: { ...params, products: 1, a_group: 1, c_column: 1, accumulate: 0, biased: 0, group_stride: 3 }, grid: [3, 1] };
  const [WX, owned] = form === 'tiles' ? [8, 32] : [4, 32];
  return {
    ...shared, shader: matmul, entry: form, params, grid: [Math.ceil(columns / owned), Math.ceil(rows / owned)],
    constants: { WX, WY: WX, ACCUMULATE: 0, BIAS: 0, ...(form === 'tiles' && { TILE_K: 16, ROW_BLOCKS: 1, COLUMN_BLOCKS: 1, A_BY_K: 1, B_BY_K: 0 }) },
  };
}

/**
 * Tests what the profile would use. Where subgroups give a wrong result, or do not compile, the device is used without them.
 * @param pipelines those of the engine, so that what is compiled here need not be compiled again
 * @returns which numbers are wrong, undefined when the device can be used
 * @throws CompilerRefusal where a kernel does not compile
 */
export async function selfTest(gpu: Gpu, pipelines: Pipelines): Promise<string | undefined> {
  const { profile, subgroupSize } = gpu;
  const [ofProduct, ofSum] = profile === 'gpu'
    ? [[product('tiles')], [...(subgroupSize > 1 ? [sumOfColumns(Math.min(subgroupSize, 32))] : []), sumOfColumns(64)]]
    : [[...(subgroupSize >= 4 ? [product('quads')] : []), product('registers')], [sumOfColumns(1)]];
  const [wrongProduct, wrongSum] = await Promise.all([firstThatWorks(gpu, pipelines, ofProduct), firstThatWorks(gpu, pipelines, ofSum)]);
  return wrongProduct ?? wrongSum;
}

/** Of several forms all but the last need subgroups, which are taken away where one of them fails. */
async function firstThatWorks(gpu: Gpu, pipelines: Pipelines, trials: Trial[]): Promise<string | undefined> {
  const last = trials[trials.length - 1];
  for (const trial of trials.slice(0, -1)) {
    const wrong = await run(gpu, pipelines, trial).catch((error: unknown) => {
      if (error instanceof CompilerRefusal) return error.message;
      throw error;
    });
    if (!wrong) return undefined;
    gpu.subgroupSize = 0;
  }
  return run(gpu, pipelines, last);
}
